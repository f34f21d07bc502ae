package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the template and the style sheet are files
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed page.html
var pageSource string

//go:embed style.css
var style string

// pageTemplate is parsed once; it has no state.
var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// policy allows the one inline style sheet, by its hash, and forms to ourselves. Nothing else.
var policy = "default-src 'none'; style-src 'sha256-" + digest(style) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// view is what one page shows. The words belong to the keys web.<Name>.<State>.title and .text.
type view struct {
	Name, State string
	Button      bool
	Action      string
	Label       string // of the button, "" for that of the page
	Said        string // what was said, or what it is about; lines
	Lang        string // where the reader asks for none
	Args        map[string]any
}

// filled is a view with its words.
type filled struct {
	Lang, Front, Title, Text, Button, Action string
	Said                                     []string // lines
	Style                                    template.CSS
	Others                                   []other
	Status                                   bool // the page tells a result, to be read out
}

// other is a link to the same page in another language.
type other struct{ Lang, Label, URL string }

func (s *Site) page(w http.ResponseWriter, r *http.Request, status int, v view) {
	lang := s.lang(r, v.Lang)
	args := map[string]any{"front": s.cfg.Front}
	maps.Copy(args, v.Args)
	key := "web." + v.Name
	if v.State != "" {
		key += "." + v.State
	}
	f := filled{
		Lang: lang, Front: s.cfg.Front, Style: template.CSS(style), Status: v.State != "ask",
		Title: s.cfg.Words(lang, key+".title", args),
		Text:  s.cfg.Words(lang, key+".text", args),
	}
	if v.Said != "" {
		f.Said = strings.Split(v.Said, "\n")
	}
	if v.Button {
		f.Button = v.Label
		if f.Button == "" {
			f.Button = s.cfg.Words(lang, "web."+v.Name+".button", args)
		}
		f.Action = v.Action + "?l=" + url.QueryEscape(lang)
		for _, l := range s.cfg.Langs {
			if l != lang && r.Method != http.MethodPost {
				f.Others = append(f.Others, other{l, s.cfg.Words(l, "web.language", args), v.Action + "?l=" + url.QueryEscape(l)})
			}
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, f); err != nil {
		s.cfg.Log.Error("page", "error", err)
		plain(w, http.StatusInternalServerError, "")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes())
	}
}

// lang is the language asked for in the link, else the one the person speaks with us, else the best of those that the
// browser prefers.
func (s *Site) lang(r *http.Request, spoken string) string { return s.langOf(r, spoken, s.cfg.Langs) }

// langOf is lang for what is spoken in certain languages, the default first.
func (s *Site) langOf(r *http.Request, spoken string, langs []string) string {
	for _, want := range []string{r.URL.Query().Get("l"), spoken} {
		if slices.Contains(langs, want) {
			return want
		}
	}
	tags := make([]language.Tag, len(langs))
	for i, l := range langs {
		tags[i] = language.Make(l)
	}
	prefer, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(prefer) == 0 {
		return langs[0]
	}
	_, i, confidence := language.NewMatcher(tags).Match(prefer...)
	if confidence == language.No {
		return langs[0]
	}
	return langs[i]
}
