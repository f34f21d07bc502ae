package face

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Limits of a drawing.
const (
	maxDepth    = 40
	maxElements = 20000
)

const svgSpace = "http://www.w3.org/2000/svg"

// elements are those that draw, or say what is drawn. Everything else is left out with all that is in it.
func drawsElement(name string) bool {
	switch name {
	case "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
		"linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "title", "desc":
		return true
	}
	return false
}

// drawsAttribute tells whether an attribute says how something is drawn.
func drawsAttribute(name string) bool {
	switch name {
	case "id", "class", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height", "points",
		"viewBox", "preserveAspectRatio", "version", "transform", "gradientTransform", "patternTransform", "gradientUnits",
		"patternUnits", "patternContentUnits", "clipPathUnits", "maskUnits", "maskContentUnits", "spreadMethod", "offset",
		"pathLength", "href":
		return true
	}
	return drawsProperty(name)
}

// drawsProperty are presentation attributes, which a style may set, too.
func drawsProperty(name string) bool {
	switch name {
	case "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
		"stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity", "opacity", "color",
		"clip-path", "clip-rule", "mask", "display", "visibility", "vector-effect", "paint-order":
		return true
	}
	return false
}

// plainValue is what a value may be: no brackets but those of transformations, colours and references within the
// drawing, no backslash, nothing that names a place elsewhere.
var (
	plainValue = regexp.MustCompile(`^[\pL\pN\s.,:;#%+\-_'()/&|*=!?"]*$`)
	reference  = regexp.MustCompile(`(?i)url\s*\(\s*['"]?\s*([^)'"]*)`)
	local      = regexp.MustCompile(`^#[\pL\pN_.\-]+$`)
	elsewhere  = regexp.MustCompile(`(?i)(javascript|data|vbscript|https?|file|ftp)\s*:|//|@import|expression`)
)

func harmless(value string) bool {
	if !plainValue.MatchString(value) || elsewhere.MatchString(value) {
		return false
	}
	for _, m := range reference.FindAllStringSubmatch(value, -1) {
		if !local.MatchString(strings.TrimSpace(m[1])) {
			return false
		}
	}
	return true
}

// drawing writes an SVG anew with what draws.
func drawing(data []byte) ([]byte, error) {
	in := xml.NewDecoder(bytes.NewReader(data))
	in.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("only UTF-8 is read") }
	var out bytes.Buffer
	var open []string
	depth, elements, skip := 0, 0, 0
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrPicture, err)
		}
		switch t := token.(type) {
		case xml.Directive:
			if !plainDoctype(t) { // it declares entities
				return nil, fmt.Errorf("svg: declarations are not taken: %w", ErrPicture)
			}
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return nil, fmt.Errorf("svg: more than %d elements within each other: %w", maxDepth, ErrPicture)
			}
			if elements++; elements > maxElements {
				return nil, fmt.Errorf("svg: more than %d elements: %w", maxElements, ErrPicture)
			}
			root := elements == 1
			if root && (t.Name.Local != "svg" || t.Name.Space != svgSpace) {
				return nil, ErrPicture
			}
			if skip > 0 || t.Name.Space != svgSpace || !drawsElement(t.Name.Local) {
				skip++
				continue
			}
			open = append(open, t.Name.Local)
			begin(&out, t, root)
		case xml.EndElement:
			depth--
			if skip > 0 {
				skip--
				continue
			}
			out.WriteString("</" + open[len(open)-1] + ">")
			open = open[:len(open)-1]
		case xml.CharData:
			if n := len(open); skip == 0 && n > 0 && (open[n-1] == "title" || open[n-1] == "desc") {
				_ = xml.EscapeText(&out, t)
			}
		}
	}
	if elements == 0 || len(open) > 0 {
		return nil, ErrPicture
	}
	return out.Bytes(), nil
}

// plainDoctype tells whether a directive is the usual one, without declarations of its own.
func plainDoctype(d xml.Directive) bool {
	return bytes.HasPrefix(bytes.ToUpper(d), []byte("DOCTYPE")) && !bytes.ContainsAny(d, "[<")
}

// begin writes an element with the attributes that draw.
func begin(out *bytes.Buffer, t xml.StartElement, root bool) {
	out.WriteString("<" + t.Name.Local)
	if root {
		out.WriteString(` xmlns="` + svgSpace + `"`)
	}
	seen := map[string]bool{}
	write := func(name, value string) {
		if seen[name] {
			return
		}
		seen[name] = true
		out.WriteString(" " + name + `="`)
		_ = xml.EscapeText(out, []byte(value))
		out.WriteString(`"`)
	}
	for _, a := range t.Attr {
		name, value := a.Name.Local, strings.TrimSpace(a.Value)
		switch {
		case a.Name.Space != "" && name != "href":
		case name == "style":
			for declaration := range strings.SplitSeq(value, ";") {
				property, v, _ := strings.Cut(declaration, ":")
				property, v = strings.TrimSpace(property), strings.TrimSpace(v)
				if drawsProperty(property) && harmless(v) {
					write(property, v)
				}
			}
		case name == "href" && !local.MatchString(value):
		case drawsAttribute(name) && harmless(value):
			write(name, value)
		}
	}
	out.WriteString(">")
}
