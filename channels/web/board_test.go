package web

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"ehrenamt/channels/web/face"
)

// stall shows one front with postings; "broken" is a front whose store is away.
type stall struct{ many int }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func (stall) front(id string) Front {
	f := Front{
		ID: id, Name: "Ehrenamt <" + id + ">", Place: "Aachen", Langs: []string{"de", "en"}, Accent: "#9c1c2b", Arms: "1", Telegram: "https://t.me/hilft_bot?start=t_x",
		Mail: "hilft@ehrenamt.example", Page: "https://ehrenamt.example/f/" + id, Texts: []string{"imprint", "privacy"},
	}
	f.Suspended = id == "resting"
	return f
}

func (s stall) Fronts(context.Context) ([]Front, error) {
	return []Front{s.front("aachen"), s.front("dueren")}, nil
}

func (s stall) Front(_ context.Context, id, host string) (Front, error) {
	switch {
	case id == "broken":
		return Front{}, errors.New("store is away")
	case id == "" && host == "ehrenamt.aachen.example":
		f := s.front("aachen")
		f.Own, f.Page = true, "https://ehrenamt.aachen.example"
		return f, nil
	case id == "aachen" || id == "resting":
		f := s.front(id)
		f.Neighbours = []Front{s.front("dueren")}
		return f, nil
	}
	return Front{}, ErrNone
}

func (s stall) Listed(context.Context, string, string) ([]Posting, error) {
	all := []Posting{
		{
			Code: "ABCDEFGHJK", Kind: "need", Category: "sport", Title: "Aufbau <b>Sommerfest</b> beim Turnverein in der Donaudampfschifffahrtsgesellschaftshalle", When: "Samstag, 28. November, 14–18 Uhr",
			Place: "Aachen-Brand", Carrier: "TV Brand", CategoryName: "Sport", Facts: []string{"Gut wäre: Führerschein"}, Description: "Wir bauen auf.\nMit Musik.\n\n<script>alert(1)</script>",
			Telegram: "https://t.me/hilft_bot?start=p_ABCDEFGHJK", Dated: true,
			Dates: []Date{{noon.AddDate(0, 0, 4), "Sa 28.11., 14–18 Uhr"}, {noon.AddDate(0, 0, 11), "Sa 5.12., 14–18 Uhr"}},
		},
		{Code: "ZZZZZZZZZZ", Kind: "offer", Category: "resources_lending", Title: "Transporter", When: "Auf Anfrage, nur Mo–Fr 8–17 Uhr", Place: "Aachen", CategoryName: "Leihen", Taken: []string{"Mo 14.12., 9–15 Uhr"}},
	}
	for i := range s.many {
		all = append(all, Posting{Code: fmt.Sprintf("M%09d", i), Kind: "need", Category: "sport", Title: fmt.Sprint("Eintrag ", i), CategoryName: "Sport"})
	}
	return all, nil
}

func (s stall) Posting(ctx context.Context, front, code, lang string) (Posting, error) {
	all, _ := s.Listed(ctx, front, lang)
	for _, p := range all {
		if p.Code == code {
			return p, nil
		}
	}
	return Posting{}, ErrNone
}

func (stall) PostingCalendar(_ context.Context, _, code, _ string) ([]byte, error) {
	if code != "ABCDEFGHJK" {
		return nil, ErrNone
	}
	return []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), nil
}

func (stall) Text(_ context.Context, _, kind, _ string) (string, string, error) {
	if kind == "terms" {
		return "", "", ErrNone
	}
	return "Stadt <Aachen>\nMarkt 1\n\nTelefon", "2027-01", nil
}

func (stall) Arms(context.Context, string) (string, []byte, error) {
	return "image/svg+xml", []byte("<svg/>"), nil
}

func boardSite(t testing.TB, many int) *Site {
	t.Helper()
	s, err := New(Config{Langs: []string{"de", "en"}, Words: boardWords(t), Showcase: stall{many}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// boardWords speaks German for one half, and says keys for the other; words have their own test.
func boardWords(testing.TB) func(lang, key string, args map[string]any) string {
	return func(lang, key string, args map[string]any) string {
		return lang + " " + key[strings.LastIndexByte(key, '.')+1:]
	}
}

// publicPages are all sorts of pages for everybody.
var publicPages = []string{
	"/", "/f/aachen", "/f/aachen?q=sommer&kind=need&c=sport", "/f/aachen?l=en", "/f/aachen/calendar", "/f/aachen/p/ABCDEFGHJK", "/f/aachen/p/ZZZZZZZZZZ",
	"/f/aachen/imprint", "/f/resting",
}

// TestPublicPagesAreAccessible checks what can be checked without eyes: landmarks, one heading of the first order and none
// left out, labels, names, languages; nothing from elsewhere, no script, no style but those that the policy names.
func TestPublicPagesAreAccessible(t *testing.T) {
	s := boardSite(t, 0)
	for _, target := range publicPages {
		w := ask(s, "GET", target, "")
		body := w.Body.String()
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", target, w.Code, err)
		}
		count, labels, ids, level := map[string]int{}, map[string]bool{}, map[string]bool{}, 0
		attr := func(n *html.Node, name string) string {
			for _, a := range n.Attr {
				if a.Key == name {
					return a.Val
				}
			}
			return ""
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			count[n.Data]++
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: two of %s", target, id)
				}
				ids[id] = true
			}
			switch n.Data {
			case "label":
				labels[attr(n, "for")] = true
			case "h1", "h2", "h3":
				now := int(n.Data[1] - '0')
				if now > level+1 {
					t.Errorf("%s: <%s> behind level %d", target, n.Data, level)
				}
				level = now
			case "a":
				if strings.TrimSpace(textOf(n)) == "" && attr(n, "aria-label") == "" {
					t.Errorf("%s: a link says nothing: %v", target, n.Attr)
				}
			case "img":
				if !strings.HasPrefix(attr(n, "src"), "/") {
					t.Errorf("%s: picture from %s", target, attr(n, "src"))
				}
			case "style":
				if !strings.Contains(w.Header().Get("Content-Security-Policy"), "'sha256-"+digest(textOf(n))+"'") {
					t.Errorf("%s: a style sheet is not allowed by the policy", target)
				}
			case "nav", "aside":
				if attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
					t.Errorf("%s: <%s> has no name", target, n.Data)
				}
			}
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "select" || n.Data == "input" && attr(n, "type") != "hidden") && !labels[attr(n, "id")] {
				t.Errorf("%s: %s has no label", target, attr(n, "id"))
			}
		}
		if count["h1"] != 1 || count["main"] != 1 || count["header"] != 1 || count["footer"] != 1 {
			t.Errorf("%s: %v", target, count)
		}
		if count["script"]+count["iframe"]+count["link"] > 0 || regexp.MustCompile(`(?i)url\(|@import|\son\w+=|\sstyle=`).MatchString(body) {
			t.Errorf("%s: something is run or loaded", target)
		}
		if strings.Contains(body, "<b>Sommerfest") || strings.Contains(body, "<aachen>") {
			t.Errorf("%s: unescaped", target)
		}
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestPublicPagesKeepTheStrictPolicy(t *testing.T) {
	s := boardSite(t, 0)
	for _, target := range append([]string{"/f/aachen/arms", "/f/aachen/p/ABCDEFGHJK.ics", "/f/nowhere"}, publicPages...) {
		h := ask(s, "GET", target, "").Header()
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || strings.Contains(csp, "http") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s", target, csp)
		}
		if strings.Contains(csp, "unsafe-inline") && !strings.Contains(csp, "sandbox") {
			t.Errorf("%s: %s", target, csp)
		}
	}
	for target, want := range map[string]int{
		"/f/nowhere": 404, "/f/aachen/p/NOTHERE": 404, "/f/aachen/p/%3Cb%3E": 404, "/f/aachen/terms": 404, "/f/aachen/p/ZZZZZZZZZZ.ics": 404, "/f/broken": 503,
		"/f/resting/calendar": 200, "/f/resting/imprint": 200, "/f/aachen/../../etc/passwd": 301, "/nothing": 404, "/f/aachen/whatever/else": 404,
	} {
		w := ask(s, "GET", target, "")
		if w.Code != want && !(want == 301 && (w.Code == 307 || w.Code == 404)) || strings.Contains(w.Body.String(), "store is away") {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		if w := ask(s, method, "/f/aachen", ""); w.Code != 405 {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

func TestAFrontIsFoundByItsHostAndByItsPath(t *testing.T) {
	s := boardSite(t, 60)
	get := func(host, target string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", target, nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	own := get("EHRENAMT.aachen.example:443", "/").Body.String()
	if !strings.Contains(own, `href="/calendar"`) || strings.Contains(own, `href="/f/aachen`) {
		t.Error("a host of its own has its pages at the root")
	}
	if w := get("ehrenamt.aachen.example", "/p/ABCDEFGHJK"); w.Code != 200 {
		t.Errorf("posting on a host of its own: %d", w.Code)
	}
	shared := get("ehrenamt.example", "/f/aachen").Body.String()
	if !strings.Contains(shared, `href="/f/aachen/calendar"`) || !strings.Contains(shared, "page=2") {
		t.Error("a front below a path, page by page")
	}
	if body := get("ehrenamt.example", "/f/aachen?page=3").Body.String(); !strings.Contains(body, "Eintrag 59") || strings.Contains(body, "page=4") {
		t.Error("the last page has the last ones")
	}
	if body := get("ehrenamt.example", "/f/aachen?q=Transporter").Body.String(); strings.Contains(body, "Sommerfest") || !strings.Contains(body, "Transporter") {
		t.Error("a search finds what has the word")
	}
	if body := get("ehrenamt.example", "/").Body.String(); !strings.Contains(body, `href="/f/dueren"`) {
		t.Error("the operator's root lists the fronts")
	}
}

func TestThePostingLeadsToTheConversation(t *testing.T) {
	body := ask(boardSite(t, 0), "GET", "/f/aachen/p/ABCDEFGHJK", "").Body.String()
	for _, want := range []string{"https://t.me/hilft_bot?start=p_ABCDEFGHJK", "mailto:hilft@ehrenamt.example?subject=Aufbau%20", "ABCDEFGHJK.ics", "<svg viewBox"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestLinksCanBeReadInEveryColour: whatever accent a front may have, links can be read in the dark, too.
func TestLinksCanBeReadInEveryColour(t *testing.T) {
	link := regexp.MustCompile(`--link:(#[0-9a-f]{6})`)
	rapid.Check(t, func(t *rapid.T) {
		accent := face.Colour{R: rapid.Byte().Draw(t, "r"), G: rapid.Byte().Draw(t, "g"), B: rapid.Byte().Draw(t, "b")}
		found := link.FindAllStringSubmatch(string(colours(accent.String(), "")), -1)
		if len(found) != 2 {
			t.Fatalf("%v", found)
		}
		for i, grounds := range [][]string{{"#ffffff", "#f6f5f2", softGround}, {darkGround, darkSoft}} {
			c, _ := face.ParseColour(found[i][1])
			for _, g := range grounds {
				if ground, _ := face.ParseColour(g); face.Contrast(c, ground) < face.Readable {
					t.Fatalf("%s on %s: %.2f", c, g, face.Contrast(c, ground))
				}
			}
		}
	})
	for _, bad := range []string{"", "red", "#fff", "#ffff00;}body{display:none"} {
		if css := string(colours(bad, "")); strings.Contains(css, "display") || !strings.Contains(css, ourAccent) {
			t.Errorf("%q gives %s", bad, css)
		}
	}
}

func FuzzBoard(f *testing.F) {
	for _, p := range publicPages {
		f.Add(p)
	}
	s := boardSite(f, 3)
	f.Fuzz(func(t *testing.T, target string) {
		r := httptest.NewRequest("GET", "/f/aachen", nil)
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut("/f/aachen/"+target, "?")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%q: %d", target, w.Code)
		}
	})
}
