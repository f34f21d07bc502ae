package web

import (
	"context"
	"net/http"
)

// Question is an answer that a mail offers as a link, before it is given.
type Question struct {
	Label string // the answer: "Ich komme"
	About string // what it is the answer to
	Name  string // whose answer it is, "" if not known
	Lang  string // of the person, "" if not known
}

// Answerer gives the answers that links in mails stand for.
type Answerer interface {
	// Look tells which answer a link would give and changes nothing. Done means that it can be given.
	Look(ctx context.Context, token string) (Question, Outcome, error)
	// Answer gives it, once, and returns what was said to it. Repeats are harmless and give Already.
	Answer(ctx context.Context, token string) (said string, outcome Outcome, err error)
}

// answers serves the links of choices: looking at one shows the answer as a button, pressing the button gives it.
func (s *Site) answers(path string, a Answerer) {
	const name = "answer"
	s.mux.HandleFunc(path+"{token}", func(w http.ResponseWriter, r *http.Request) {
		token := r.PathValue("token")
		if !tokenLike(token) {
			s.page(w, r, http.StatusNotFound, view{Name: name, State: string(Unknown)})
			return
		}
		// the work goes on when the browser is closed: whoever pressed has decided
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), patience)
		defer cancel()
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodPost:
			said, outcome, err := a.Answer(ctx, token)
			s.answered(w, r, view{Name: name, Said: said}, outcome, err)
			return
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			s.page(w, r, http.StatusMethodNotAllowed, view{Name: "missing"})
			return
		}
		q, outcome, err := a.Look(ctx, token)
		if err != nil || outcome != Done {
			s.answered(w, r, view{Name: name, Lang: q.Lang}, outcome, err)
			return
		}
		s.page(w, r, http.StatusOK, view{
			Name: name, State: "ask", Button: true, Action: path + token, Label: q.Label, Lang: q.Lang, Said: q.About,
			Args: map[string]any{"name": q.Name},
		})
	})
}

// answered shows what became of an answer.
func (s *Site) answered(w http.ResponseWriter, r *http.Request, v view, outcome Outcome, err error) {
	if err != nil {
		s.cfg.Log.Error("link failed", "page", v.Name, "error", err)
		w.Header().Set("Retry-After", "60")
		v.State, v.Button, v.Action = "failed", true, r.URL.Path
		s.page(w, r, http.StatusServiceUnavailable, v)
		return
	}
	status := http.StatusOK
	switch outcome {
	case Done, Already:
	case Expired:
		status = http.StatusGone
	default:
		outcome, status = Unknown, http.StatusNotFound
	}
	v.State = string(outcome)
	s.page(w, r, status, v)
}
