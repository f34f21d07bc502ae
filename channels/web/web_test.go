package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/net/html"
)

// words reads the proposed words and fails the test where one is missing.
func words(t testing.TB) func(lang, key string, _ map[string]any) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/words.toml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := toml.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return func(lang, key string, _ map[string]any) string {
		node := all[lang]
		for _, part := range strings.Split(key, ".") {
			m, _ := node.(map[string]any)
			node = m[part]
		}
		if m, ok := node.(map[string]any); ok {
			node = m["text"]
		}
		s, ok := node.(string)
		if !ok || s == "" {
			t.Errorf("no word for %s %s", lang, key)
		}
		return s
	}
}

// desk counts what is done and gives each token its outcome.
type desk struct{ confirmed, unsubscribed, answered []string }

func outcomeOf(token string) (Outcome, error) {
	if token == "broken" {
		return "", errors.New("store is away")
	}
	return Outcome(token), nil
}

func (d *desk) Confirm(_ context.Context, token string) (Outcome, error) {
	d.confirmed = append(d.confirmed, token)
	return outcomeOf(token)
}

func (d *desk) Unsubscribe(_ context.Context, token string) (Outcome, error) {
	d.unsubscribed = append(d.unsubscribed, token)
	return outcomeOf(token)
}

func (d *desk) Look(_ context.Context, token string) (Question, Outcome, error) {
	o, err := outcomeOf(token)
	return Question{Label: "Ich <komme>", About: "Sa 28.11. 14 Uhr, Brand: <Aufbau>", Name: "Anna"}, o, err
}

func (d *desk) Answer(_ context.Context, token string) (string, Outcome, error) {
	d.answered = append(d.answered, token)
	o, err := outcomeOf(token)
	return "Super, danke!\nBis <dann>.", o, err
}

func site(t testing.TB) (*Site, *desk) {
	t.Helper()
	d := &desk{}
	s, err := New(Config{Front: "Ehrenamt <Aachen>", Langs: []string{"de", "en"}, Words: words(t), Confirmer: d, Unsubscriber: d, Answerer: d})
	if err != nil {
		t.Fatal(err)
	}
	return s, d
}

func ask(s http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestLookingChangesNothing(t *testing.T) {
	s, d := site(t)
	for _, path := range []string{"/c/done", "/u/done", "/a/done"} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"} {
			w := ask(s, method, path, "")
			want := http.StatusOK
			if method != "GET" && method != "HEAD" {
				want = http.StatusMethodNotAllowed
			}
			if w.Code != want {
				t.Errorf("%s %s gave %d, want %d", method, path, w.Code, want)
			}
		}
		if w := ask(s, "GET", path, ""); !strings.Contains(w.Body.String(), `<form method="post" action="`+path) {
			t.Errorf("no button on %s", path)
		}
	}
	if len(d.confirmed)+len(d.unsubscribed)+len(d.answered) > 0 {
		t.Errorf("looking did something: %+v", d)
	}
}

func TestPressingActsAndTellsWhatCameOfIt(t *testing.T) {
	s, d := site(t)
	for token, want := range map[string]int{"done": 200, "already": 200, "expired": 410, "unknown": 404, "surprise": 404, "broken": 503} {
		for _, path := range []string{"/c/", "/u/", "/a/"} {
			w := ask(s, "POST", path+token, "")
			if w.Code != want {
				t.Errorf("POST %s%s gave %d, want %d", path, token, w.Code, want)
			}
			if strings.Contains(w.Body.String(), "store is away") {
				t.Error("an internal error is shown")
			}
		}
	}
	if len(d.confirmed) != 6 || len(d.unsubscribed) != 6 || len(d.answered) != 6 {
		t.Errorf("acted %d, %d and %d times, want 6 each", len(d.confirmed), len(d.unsubscribed), len(d.answered))
	}
}

func TestALinkShowsTheAnswerAndThenWhatWasSaidToIt(t *testing.T) {
	s, _ := site(t)
	before := ask(s, "GET", "/a/done", "").Body.String()
	for _, want := range []string{"Ich &lt;komme&gt;</button>", "Brand: &lt;Aufbau&gt;"} {
		if !strings.Contains(before, want) {
			t.Errorf("no %q before", want)
		}
	}
	after := ask(s, "POST", "/a/done", "").Body.String()
	if !strings.Contains(after, "Super, danke!<br>\nBis &lt;dann&gt;.") || strings.Contains(after, "<form") {
		t.Errorf("after: %s", after)
	}
	for _, token := range []string{"unknown", "expired", "already", "broken"} {
		if body := ask(s, "GET", "/a/"+token, "").Body.String(); strings.Contains(body, "komme") {
			t.Errorf("a link that is %s shows its answer", token)
		}
	}
}

// TestOneClick is what a mail provider sends (RFC 8058): no cookie, no login, no page before.
func TestOneClick(t *testing.T) {
	s, d := site(t)
	w := ask(s, "POST", "/u/done", "List-Unsubscribe=One-Click")
	if w.Code != http.StatusOK || len(d.unsubscribed) != 1 || d.unsubscribed[0] != "done" || w.Header().Get("Location") != "" {
		t.Errorf("status %d, done %v", w.Code, d.unsubscribed)
	}
}

func TestOddLinksReachNobody(t *testing.T) {
	s, d := site(t)
	for _, path := range []string{"/c/", "/c/a%20b", "/c/a%2Fb", "/c/" + strings.Repeat("a", 129), "/c/%3Cscript%3E", "/u/..", "/a/a.b", "/a/a%2F", "/c/x/y", "/nothing", "/c/t%00"} {
		if w := ask(s, "POST", path, ""); w.Code != 404 && w.Code != 307 && w.Code != 301 && w.Code != 308 {
			t.Errorf("POST %s gave %d", path, w.Code)
		}
	}
	if len(d.confirmed)+len(d.unsubscribed) > 0 {
		t.Errorf("somebody was asked: %+v", d)
	}
}

func TestStrictHeadersOnEveryAnswer(t *testing.T) {
	s, _ := site(t)
	for _, target := range []string{"/c/done", "/u/done", "/a/done", "/c/a%20b", "/nothing", "/healthz", "/readyz"} {
		for _, method := range []string{"GET", "POST"} {
			h := ask(s, method, target, "").Header()
			for name, want := range map[string]string{
				"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
			} {
				if h.Get(name) != want {
					t.Errorf("%s %s: %s is %q", method, target, name, h.Get(name))
				}
			}
			csp := h.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
				if !strings.Contains(csp, want) {
					t.Errorf("%s %s: policy lacks %s", method, target, want)
				}
			}
			if strings.Contains(csp, "unsafe") || h.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: %s", method, target, csp)
			}
		}
	}
}

func TestThePolicyAllowsTheStyleSheet(t *testing.T) {
	s, _ := site(t)
	body := ask(s, "GET", "/c/done", "").Body.String()
	_, rest, _ := strings.Cut(body, "<style>")
	sheet, _, ok := strings.Cut(rest, "</style>")
	if !ok || !strings.Contains(policy, "'sha256-"+digest(sheet)+"'") {
		t.Error("the style sheet on the page is not the one that the policy allows")
	}
}

func TestTheLanguageIsTheReaders(t *testing.T) {
	s, _ := site(t)
	for _, c := range []struct{ target, accept, want string }{
		{"/c/done", "", "de"}, {"/c/done", "en-GB,en;q=0.9", "en"}, {"/c/done", "fr", "de"}, {"/c/done", "de-AT", "de"},
		{"/c/done?l=en", "de", "en"}, {"/c/done?l=xx", "en", "en"}, {"/c/done", ";;;", "de"},
	} {
		w := ask(s, "GET", c.target, "", "Accept-Language", c.accept)
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`">`) || w.Header().Get("Content-Language") != c.want {
			t.Errorf("%s with %q is in %q, want %q", c.target, c.accept, w.Header().Get("Content-Language"), c.want)
		}
	}
}

// TestPagesAreAccessible checks what can be checked without eyes: one heading, a title, a language, a viewport,
// named buttons, no script, nothing from elsewhere.
func TestPagesAreAccessible(t *testing.T) {
	s, _ := site(t)
	for _, target := range []string{"/c/done", "/u/done", "/a/done", "/nothing"} {
		for _, method := range []string{"GET", "POST"} {
			body := ask(s, method, target, "").Body.String()
			doc, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			count := map[string]int{}
			for n := range doc.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				count[n.Data]++
				if (n.Data == "button" || n.Data == "h1" || n.Data == "title" || n.Data == "a") && (n.FirstChild == nil || strings.TrimSpace(n.FirstChild.Data) == "") {
					t.Errorf("%s %s: <%s> says nothing", method, target, n.Data)
				}
			}
			if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 || count["script"]+count["img"]+count["iframe"]+count["link"] > 0 {
				t.Errorf("%s %s: %v", method, target, count)
			}
			if strings.Contains(body, "<Aachen>") || regexp.MustCompile(`https?://`).MatchString(body) {
				t.Errorf("%s %s: unescaped or foreign content", method, target)
			}
		}
	}
}

func TestReadiness(t *testing.T) {
	s, _ := site(t)
	s.cfg.Ready = func(context.Context) error { return errors.New("secret detail") }
	w := ask(s, "GET", "/readyz", "")
	if w.Code != 503 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("healthz %d", w.Code)
	}
}
