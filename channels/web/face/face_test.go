package face

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

func TestColours(t *testing.T) {
	for _, c := range []struct {
		name, accent, ink string
		ok                bool
	}{
		{"a dark blue with white words", "#1a5fb4", "", true},
		{"three digits", "#036", "#fff", true},
		{"yellow with white words", "#ffd700", "", false},
		{"yellow with black words cannot be read as a link", "#ffd700", "#000", false},
		{"grey on grey", "#808080", "#8a8a8a", false},
		{"words, not a colour", "rot", "", false},
		{"a sign", "#+12345", "", false},
		{"nothing", "", "", false},
	} {
		a, ink, err := Pair(c.accent, c.ink)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && Contrast(a, ink) < Readable {
			t.Errorf("%s: let through with %.1f", c.name, Contrast(a, ink))
		}
		var low *ContrastError
		if errors.As(err, &low) {
			if _, _, err := Pair(low.Suggestion.String(), ""); err != nil {
				t.Errorf("%s: the suggestion %s will not do: %v", c.name, low.Suggestion, err)
			}
		}
	}
	if got := Contrast(Colour{}, white()); got < 20.99 || got > 21.01 {
		t.Errorf("black on white: %v", got)
	}
	if got := Contrast(Colour{0x77, 0x77, 0x77}, white()); got < 4.47 || got > 4.49 { // the well-known 4.48
		t.Errorf("#777 on white: %v", got)
	}
}

func picture(t testing.TB, side int, encode func(io.Writer, image.Image) error) []byte {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	img.Set(1, 1, color.RGBA{200, 0, 0, 255})
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreWrittenAnew(t *testing.T) {
	jpg := func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }
	for name, data := range map[string][]byte{
		"png": picture(t, 64, png.Encode), "jpeg": picture(t, 64, jpg),
		"png with a script behind it": append(picture(t, 64, png.Encode), "<script>alert(1)</script>"...),
	} {
		kind, clean, err := Arms(data)
		if err != nil || kind != PNG || bytes.Contains(clean, []byte("script")) {
			t.Errorf("%s: %s %v", name, kind, err)
		}
	}
	for name, data := range map[string][]byte{
		"50 MB": make([]byte, 50<<20), "nothing": nil, "words": []byte("hello"), "a web page": []byte("<html><body>x</body></html>"),
		"too many pixels": picture(t, maxSide+1, png.Encode), "half a picture": picture(t, 64, png.Encode)[:60],
		"a GIF": []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"),
	} {
		if _, _, err := Arms(data); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">`

func TestOnlyWhatDrawsIsLeftOfAnSVG(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"a drawing":                {`<path d="M0 0L9 9z" fill="#c00" transform="scale(2)"/>`, `<path d="M0 0L9 9z" fill="#c00" transform="scale(2)"></path>`},
		"a style":                  {`<rect width="3" style="fill:red;behavior:url(x);stroke:url(#a)"/>`, `<rect width="3" fill="red" stroke="url(#a)"></rect>`},
		"a script":                 {`<script>alert(1)</script>`, ``},
		"a script within":          {`<g><foreignObject><script>x</script><rect/></foreignObject></g>`, `<g></g>`},
		"a handler":                {`<rect onload="alert(1)" onclick="x" width="1"/>`, `<rect width="1"></rect>`},
		"an image":                 {`<image href="https://example.org/x.png"/>`, ``},
		"a link":                   {`<a href="javascript:x"><rect/></a>`, ``},
		"use from outside":         {`<use href="https://example.org/x.svg#a"/>`, `<use></use>`},
		"use from within":          {`<use xlink:href="#a"/>`, `<use href="#a"></use>`},
		"fill from outside":        {`<rect fill="url(//evil.example/x)"/>`, `<rect></rect>`},
		"fill from outside, coded": {`<rect fill="url(&#x68;ttp://evil.example)"/>`, `<rect></rect>`},
		"a style sheet":            {`<style>@import "x"; rect{fill:red}</style>`, ``},
		"animation":                {`<rect><set attributeName="href" to="javascript:x"/></rect>`, `<rect></rect>`},
		"another language":         {`<html:script xmlns:html="http://www.w3.org/1999/xhtml">x</html:script>`, ``},
		"a title":                  {`<title>Aachen &lt;3</title>`, `<title>Aachen &lt;3</title>`},
		"a comment":                {`<!-- <script> -->`, ``},
	} {
		kind, got, err := Arms([]byte(head + c.in + `</svg>`))
		want := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">` + c.want + `</svg>`
		if err != nil || kind != SVG || string(got) != want {
			t.Errorf("%s: %v\n got %s\nwant %s", name, err, got, want)
		}
	}
	for name, in := range map[string]string{
		"entities":     `<!DOCTYPE svg [<!ENTITY a "aaaa">]>` + head + `</svg>`,
		"deep":         head + strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100) + `</svg>`,
		"many":         head + strings.Repeat("<g></g>", maxElements) + `</svg>`,
		"unfinished":   head + `<g>`,
		"without name": `<svg><rect/></svg>`,
		"utf-16":       `<?xml version="1.0" encoding="UTF-16"?>` + head + `</svg>`,
	} {
		if _, _, err := Arms([]byte(in)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// FuzzArms: whatever comes in, what goes out is a picture that comes out of a second round as it is, without anything
// that acts or refers elsewhere.
func FuzzArms(f *testing.F) {
	f.Add(picture(f, 8, png.Encode))
	for _, s := range []string{`<rect onload="x"/>`, `<style>x</style>`, `<use href="#a"/>`, `<g style="fill:url(http://x)"/>`} {
		f.Add([]byte(head + s + `</svg>`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, clean, err := Arms(data)
		if err != nil {
			return
		}
		again, twice, err := Arms(clean)
		if err != nil && !errors.Is(err, ErrLarge) || err == nil && (again != kind || kind == SVG && !bytes.Equal(twice, clean)) {
			t.Fatalf("a second round differs: %v\n%q\n%q", err, clean, twice)
		}
		if kind != SVG {
			return
		}
		in := xml.NewDecoder(bytes.NewReader(clean))
		for {
			token, err := in.Token()
			if err != nil {
				return
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !drawsElement(e.Name.Local) {
				t.Fatalf("element %s in %q", e.Name.Local, clean)
			}
			for _, a := range e.Attr {
				v := strings.ToLower(a.Value)
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local != "xmlns" && (strings.Contains(v, "//") || strings.Contains(v, "script:")) {
					t.Fatalf("attribute %s=%q in %q", a.Name.Local, a.Value, clean)
				}
			}
		}
	})
}
