package web

import (
	"bytes"
	_ "embed" // the templates and the style sheet are files
	"errors"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ehrenamt/channels"
)

//go:embed board.html
var boardSource string

//go:embed board.css
var boardStyle string

// boardTemplates are parsed once; they have no state.
var boardTemplates = template.Must(template.New("board").Parse(boardSource))

// shownPostings is how many postings a page lists.
const shownPostings = 24

// board shows what a Showcase has. What it looked up it keeps for a short while, so that many readers are one.
type board struct {
	site *Site
	show Showcase
	now  func() time.Time
	mu   sync.Mutex
	kept map[string]keptList
}

type keptList struct {
	until time.Time
	list  []Posting
}

const (
	keepLists = 20 * time.Second
	keptMost  = 200
)

// boards serves the pages of fronts: under /f/ and their id, and at the root of a host of their own.
func (s *Site) boards(show Showcase) {
	b := &board{site: s, show: show, now: s.cfg.Now, kept: map[string]keptList{}}
	s.mux.HandleFunc("/f/{front}", func(w http.ResponseWriter, r *http.Request) { b.byID(w, r, r.PathValue("front"), "") })
	s.mux.HandleFunc("/f/{front}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
		b.byID(w, r, r.PathValue("front"), r.PathValue("rest"))
	})
	s.mux.HandleFunc("/", b.root)
}

func (b *board) byID(w http.ResponseWriter, r *http.Request, id, rest string) {
	f, err := b.show.Front(r.Context(), id, "")
	if err != nil {
		b.failed(w, r, err)
		return
	}
	b.serve(w, r, f, "/f/"+f.ID, rest)
}

// root is the page of the front whose host it is, of the only front there is, or a list of all.
func (b *board) root(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	f, err := b.show.Front(r.Context(), "", strings.ToLower(host))
	switch {
	case err == nil:
		b.serve(w, r, f, "", strings.TrimPrefix(r.URL.Path, "/"))
		return
	case !errors.Is(err, ErrNone):
		b.failed(w, r, err)
		return
	case r.URL.Path != "/":
		b.failed(w, r, ErrNone)
		return
	}
	all, err := b.show.Fronts(r.Context())
	switch {
	case err != nil || len(all) == 0:
		b.failed(w, r, cmpErr(err))
	case len(all) == 1:
		http.Redirect(w, r, "/f/"+all[0].ID, http.StatusFound)
	default:
		v := b.view(r, Front{Langs: b.site.cfg.Langs}, "")
		v.Fronts, v.Title = all, v.say("web.board.all.title")
		b.write(w, r, http.StatusOK, "fronts", v)
	}
}

func cmpErr(err error) error {
	if err == nil {
		return ErrNone
	}
	return err
}

// serve shows one page of a front. base is where its pages are.
func (b *board) serve(w http.ResponseWriter, r *http.Request, f Front, base, rest string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		b.site.page(w, r, http.StatusMethodNotAllowed, view{Name: "missing"})
		return
	}
	v := b.view(r, f, base)
	name, arg, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	if f.Suspended && name != "imprint" && name != "privacy" && name != "arms" {
		v.Title = v.say("web.board.rests.title")
		b.write(w, r, http.StatusOK, "rests", v)
		return
	}
	var err error
	switch {
	case name == "" && arg == "":
		err = b.home(w, r, v)
	case name == "calendar" && arg == "":
		err = b.calendar(w, r, v)
	case name == "p" && strings.HasSuffix(arg, ".ics"):
		err = b.entry(w, r, v, strings.TrimSuffix(arg, ".ics"))
	case name == "p" && tokenLike(arg):
		err = b.posting(w, r, v, arg)
	case name == "arms" && arg == "":
		err = b.arms(w, r, f)
	case (name == "imprint" || name == "privacy" || name == "terms") && arg == "":
		err = b.text(w, r, v, name)
	default:
		err = ErrNone
	}
	if err != nil {
		b.failed(w, r, err)
	}
}

func (b *board) failed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrNone) {
		b.site.page(w, r, http.StatusNotFound, view{Name: "missing"})
		return
	}
	b.site.cfg.Log.Error("page failed", "error", err)
	w.Header().Set("Retry-After", "60")
	b.site.page(w, r, http.StatusServiceUnavailable, view{Name: "missing"})
}

// listed are the postings of a front, not older than a few seconds.
func (b *board) listed(r *http.Request, front, lang string) ([]Posting, error) {
	key := front + " " + lang
	b.mu.Lock()
	k, ok := b.kept[key]
	b.mu.Unlock()
	if ok && b.now().Before(k.until) {
		return k.list, nil
	}
	list, err := b.show.Listed(r.Context(), front, lang)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) >= keptMost {
		clear(b.kept)
	}
	b.kept[key] = keptList{b.now().Add(keepLists), list}
	return list, nil
}

// wish is what somebody looks for on the page.
type wish struct{ Kind, Category, Words string }

func (q wish) String() string {
	v := url.Values{}
	for name, value := range map[string]string{"kind": q.Kind, "c": q.Category, "q": q.Words} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v.Encode()
}

// longestWish is how much of the words somebody looks for counts, in bytes.
const longestWish = 100

func wishOf(r *http.Request) wish {
	q := r.URL.Query()
	w := wish{Category: q.Get("c"), Words: strings.TrimSpace(q.Get("q"))}
	if k := q.Get("kind"); k == "need" || k == "offer" {
		w.Kind = k
	}
	if len(w.Words) > longestWish {
		w.Words = strings.ToValidUTF8(w.Words[:longestWish], "")
	}
	return w
}

func (q wish) fits(p *Posting) bool {
	if q.Kind != "" && p.Kind != q.Kind || q.Category != "" && p.Category != q.Category {
		return false
	}
	if q.Words == "" {
		return true
	}
	all := channels.Fold(strings.Join(append([]string{p.Title, p.Description, p.Place, p.Carrier, p.CategoryName}, p.Facts...), " "))
	for _, word := range strings.Fields(channels.Fold(q.Words)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

func (b *board) home(w http.ResponseWriter, r *http.Request, v *boardView) error {
	all, err := b.listed(r, v.Front.ID, v.Lang)
	if err != nil {
		return err
	}
	v.Wish = wishOf(r)
	seen := map[string]bool{}
	for _, p := range all {
		if !seen[p.Category] {
			seen[p.Category] = true
			v.Categories = append(v.Categories, option{p.Category, p.CategoryName, p.Category == v.Wish.Category})
		}
		if v.Wish.fits(&p) {
			v.Postings = append(v.Postings, p)
		}
	}
	slices.SortFunc(v.Categories, func(a, b option) int { return strings.Compare(channels.Fold(a.Label), channels.Fold(b.Label)) })
	v.Total = len(v.Postings)
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = max(1, min(page, (v.Total+shownPostings-1)/shownPostings))
	from := min((page-1)*shownPostings, v.Total)
	to := min(from+shownPostings, v.Total)
	if to < v.Total {
		v.More = "?" + v.Wish.query("page", strconv.Itoa(page+1))
	}
	if page > 1 {
		v.Less = "?" + v.Wish.query("page", strconv.Itoa(page-1))
	}
	v.Postings = v.Postings[from:to]
	v.Title, v.Current = v.Front.Name, "home"
	v.Counted = v.say("web.board.count", "Count", v.Total)
	b.write(w, r, http.StatusOK, "home", v)
	return nil
}

func (q wish) query(name, value string) string {
	v, _ := url.ParseQuery(q.String())
	v.Set(name, value)
	return v.Encode()
}

func (b *board) posting(w http.ResponseWriter, r *http.Request, v *boardView, code string) error {
	p, err := b.show.Posting(r.Context(), v.Front.ID, code, v.Lang)
	if err != nil {
		return err
	}
	v.Posting, v.Title = &p, p.Title
	v.Paragraphs = paragraphs(p.Description)
	if v.Front.Mail != "" {
		// net/url writes spaces as plus signs, which mail programs take for what they are
		v.Mailto = template.URL("mailto:" + url.PathEscape(v.Front.Mail) + "?subject=" + url.PathEscape(p.Title+" ("+p.Code+")")) //nolint:gosec // both parts are escaped
	}
	at := p.Telegram
	if v.Front.Page != "" {
		at = v.Front.Page + "/p/" + p.Code
	}
	v.QR = code2D(at)
	b.write(w, r, http.StatusOK, "posting", v)
	return nil
}

func (b *board) entry(w http.ResponseWriter, r *http.Request, v *boardView, code string) error {
	if !tokenLike(code) {
		return ErrNone
	}
	data, err := b.show.PostingCalendar(r.Context(), v.Front.ID, code, v.Lang)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="ehrenamt-`+code+`.ics"`)
	h.Set("Cache-Control", "public, max-age=60")
	if r.Method != http.MethodHead {
		_, _ = w.Write(data)
	}
	return nil
}

// text shows a text of the front, paragraph by paragraph.
func (b *board) text(w http.ResponseWriter, r *http.Request, v *boardView, kind string) error {
	words, version, err := b.show.Text(r.Context(), v.Front.ID, kind, v.Lang)
	if err != nil {
		return err
	}
	v.Title, v.Paragraphs, v.Version, v.Current = v.say("web.board."+kind), paragraphs(words), version, kind
	b.write(w, r, http.StatusOK, "text", v)
	return nil
}

// arms serves a picture that nothing can be done with but looking at it.
func (b *board) arms(w http.ResponseWriter, r *http.Request, f Front) error {
	mediaType, picture, err := b.show.Arms(r.Context(), f.ID)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cache-Control", "public, max-age=3600")
	if r.Method != http.MethodHead {
		_, _ = w.Write(picture)
	}
	return nil
}

// paragraphs divides a text at empty lines; lines within stay lines.
func paragraphs(text string) [][]string {
	var out [][]string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		var lines []string
		for line := range strings.SplitSeq(part, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			out = append(out, lines)
		}
	}
	return out
}

// write fills a template and sends it with the policy that its own style sheets need.
func (b *board) write(w http.ResponseWriter, r *http.Request, status int, name string, v *boardView) {
	v.Style, v.Colours = template.CSS(boardStyle), colours(v.Front.Accent, v.Front.Ink)
	var out bytes.Buffer
	if err := boardTemplates.ExecuteTemplate(&out, name, v); err != nil {
		b.site.cfg.Log.Error("page", "error", err)
		plain(w, http.StatusInternalServerError, "")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+digest(boardStyle)+"' 'sha256-"+digest(string(v.Colours))+
		"'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", "public, max-age=30")
	h.Del("X-Robots-Tag") // what everybody may know may be found
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.Bytes())
	}
}
