// Package web shows the pages of fronts to everybody (board, calendar, postings,
// texts) and those that a mail or a message links to: answer, confirm, and
// unsubscribe in one click; and it tells supervisors whether the service is well.
//
// It never touches the store: it asks through the small interfaces it declares. It
// writes no sentence: words come from Words. It needs no login, sets no cookie and
// runs no script, and looking at a page (GET) never changes anything.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// Outcome is what became of a link that was used.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"    // it takes effect now
	Already Outcome = "already" // it took effect before; nothing changed
	Expired Outcome = "expired" // it was valid once
	Unknown Outcome = "unknown" // it never was, or is kept no longer
)

// Confirmer confirms what a secret link stands for: an address, a posting, an answer.
type Confirmer interface {
	// Confirm uses the token. Repeats are harmless and give Already.
	Confirm(ctx context.Context, token string) (Outcome, error)
}

// Unsubscriber stops what a mail was sent for.
type Unsubscriber interface {
	// Unsubscribe needs no confirmation (RFC 8058). Repeats are harmless and give Already.
	Unsubscribe(ctx context.Context, token string) (Outcome, error)
}

// Resubscriber takes back what an Unsubscriber did.
type Resubscriber interface {
	// Resubscribe takes the token of Unsubscribe. Repeats are harmless and give Already.
	Resubscribe(ctx context.Context, token string) (Outcome, error)
}

// Config is what the pages need.
type Config struct {
	Front        string   // name of the municipality's front, shown on every page
	Langs        []string // languages offered, BCP 47, the default first
	Words        func(lang, key string, args map[string]any) string
	Confirmer    Confirmer
	Unsubscriber Unsubscriber
	Answerer     Answerer
	Showcase     Showcase                    // nil: there are no pages for everybody
	Now          func() time.Time            // with Showcase
	Ready        func(context.Context) error // nil: always ready
	Log          *slog.Logger
}

// Site serves the pages.
type Site struct {
	cfg Config
	mux *http.ServeMux
}

// New makes the Site.
func New(cfg Config) (*Site, error) {
	if cfg.Words == nil || len(cfg.Langs) == 0 {
		return nil, errors.New("web: words and languages are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{cfg: cfg, mux: http.NewServeMux()}
	if cfg.Confirmer != nil {
		s.link("/c/", "confirm", cfg.Confirmer.Confirm)
	}
	if cfg.Unsubscriber != nil {
		s.link("/u/", "unsubscribe", cfg.Unsubscriber.Unsubscribe)
		if back, ok := cfg.Unsubscriber.(Resubscriber); ok {
			s.link("/b/", "resubscribe", back.Resubscribe)
		}
	}
	if cfg.Answerer != nil {
		s.answers("/a/", cfg.Answerer)
	}
	s.mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	s.mux.HandleFunc("/readyz", s.ready)
	if cfg.Showcase != nil && cfg.Now != nil {
		s.boards(cfg.Showcase)
		return s, nil
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.page(w, r, http.StatusNotFound, view{Name: "missing"})
	})
	return s, nil
}

// ServeHTTP implements http.Handler. Every answer carries the same strict headers.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer") // the path is a secret
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "interest-cohort=(), camera=(), microphone=(), geolocation=()")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s.mux.ServeHTTP(w, r)
}

// Bounds of a request.
const (
	maxBody  = 4 << 10
	maxToken = 128
)

// patience is how long a link may take to act.
const patience = 20 * time.Second

// link serves one kind of link: looking at it shows a button, pressing the button acts.
func (s *Site) link(path, name string, act func(context.Context, string) (Outcome, error)) {
	s.mux.HandleFunc(path+"{token}", func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		if !tokenLike(token) {
			s.page(w, r, http.StatusNotFound, view{Name: name, State: string(Unknown)})
			return
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			s.page(w, r, http.StatusOK, view{Name: name, State: "ask", Button: true, Action: path + token})
		case http.MethodPost:
			s.act(w, r, name, token, act)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			s.page(w, r, http.StatusMethodNotAllowed, view{Name: "missing"})
		}
	})
}

func (s *Site) act(w http.ResponseWriter, r *http.Request, name, token string, act func(context.Context, string) (Outcome, error)) {
	// the work goes on when the browser is closed: whoever pressed has decided
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
	defer cancel()
	outcome, err := act(ctx, token)
	v := view{Name: name}
	if _, ok := s.cfg.Unsubscriber.(Resubscriber); ok && name == "unsubscribe" && err == nil && (outcome == Done || outcome == Already) {
		v.Button, v.Action, v.Label = true, "/b/"+token, s.cfg.Words(s.lang(r, ""), "web.resubscribe.button", nil) // the way back
	}
	s.answered(w, r, v, outcome, err)
}

// tokenLike keeps everything else away from whoever looks tokens up.
func tokenLike(s string) bool {
	if s == "" || len(s) > maxToken {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Ready != nil {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := s.cfg.Ready(ctx); err != nil {
			s.cfg.Log.Warn("not ready", "error", err)
			plain(w, http.StatusServiceUnavailable, "not ready\n")
			return
		}
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// Server wraps a handler in a server that slow or silent clients cannot hold up.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: patience + 10*time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
