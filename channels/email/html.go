package email

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of HTML reading.
const (
	maxOpen  = 400     // elements open at once that are kept track of
	maxCited = 10      // nesting of quotes that is still shown
	maxPlain = 1 << 19 // bytes of text made of one HTML part
)

// openElement is one element not yet closed, and what its end will undo.
type openElement struct {
	name   string
	end    rune // mark written when it closes
	hidden bool
	quote  bool
	apart  bool // an empty line follows it
	count  int  // of an ordered list
}

// htmlWriter turns a stream of tags into lines of text. Quoted blocks get "> " before every line, so
// that the splitter sees the same thing in HTML and in plain text; other structure becomes marks.
type htmlWriter struct {
	out    strings.Builder
	line   strings.Builder
	space  bool // a space is due before the next word
	pre    int
	depth  int // of quotes
	hidden int
	blank  bool // the last line written was empty
	stack  []openElement
}

// htmlText renders HTML as text. It keeps no tree, so its work grows with the bytes alone.
func htmlText(s string) string {
	w := &htmlWriter{blank: true}
	z := html.NewTokenizer(strings.NewReader(s))
	skip := ""
	for w.out.Len() < maxPlain {
		switch z.Next() {
		case html.ErrorToken:
			w.flush()
			for len(w.stack) > 0 {
				w.pop()
			}
			return w.out.String()
		case html.TextToken:
			if skip == "" && w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if skip == "" && mute(t.Data) && t.Type == html.StartTagToken {
				skip = t.Data
			} else if skip == "" {
				w.start(t)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch {
			case skip == string(name):
				skip = ""
			case skip == "":
				w.close(string(name))
			}
		}
	}
	return w.out.String()
}

// mute tells the elements whose text nobody sees.
func mute(name string) bool {
	switch name {
	case "script", "style", "title", "template", "noscript", "textarea", "select", "svg", "object", "xml":
		return true
	}
	return false
}

func void(name string) bool {
	switch name {
	case "br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "wbr", "source", "o:p":
		return true
	}
	return false
}

func blockElement(name string) bool {
	switch name {
	case "div", "p", "blockquote", "table", "tr", "ul", "ol", "li", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "center",
		"address", "section", "article", "header", "footer", "dl", "dt", "dd", "form", "body", "hr", "fieldset", "tbody":
		return true
	}
	return false
}

func (w *htmlWriter) start(t html.Token) {
	name := t.Data
	switch name {
	case "br":
		w.breakLine()
		return
	case "td", "th":
		w.space = w.line.Len() > 0
	}
	if blockElement(name) {
		w.flush()
	}
	if void(name) || t.Type == html.SelfClosingTagToken {
		return
	}
	e := openElement{name: name}
	a := attributes(t)
	begin, end := a.marks(name)
	e.end, e.hidden = end, a.hidden
	if spaced(name, a) {
		w.gap()
		e.apart = true
	}
	switch name {
	case "blockquote":
		if !strings.Contains(a.style, "margin:0 0 0 40px") && !strings.Contains(a.style, "margin: 0 0 0 40px") || a.class != "" || a.kind == "cite" {
			e.quote = true
		}
	case "ol":
		e.count, _ = strconv.Atoi(a.from)
		e.count = max(e.count-1, 0)
	case "pre":
		w.pre++
	}
	if begin != 0 && w.depth == 0 && w.hidden == 0 {
		w.mark(begin)
	} else {
		e.end = 0
	}
	w.push(e)
	if name == "li" {
		w.bullet()
	}
}

func (w *htmlWriter) push(e openElement) {
	if len(w.stack) >= maxOpen {
		return
	}
	if e.hidden {
		w.hidden++
	}
	if e.quote {
		w.depth++
	}
	w.stack = append(w.stack, e)
}

// close ends the nearest open element of that name, and what was left open inside it.
func (w *htmlWriter) close(name string) {
	if void(name) {
		return
	}
	at := -1
	for i := len(w.stack) - 1; i >= 0 && i >= len(w.stack)-64; i-- {
		if w.stack[i].name == name {
			at = i
			break
		}
	}
	if at < 0 {
		return
	}
	for len(w.stack) > at {
		w.pop()
	}
}

func (w *htmlWriter) pop() {
	e := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	if blockElement(e.name) || e.end != 0 {
		w.flush()
	}
	if e.hidden {
		w.hidden--
	}
	if e.quote {
		w.depth--
	}
	if e.name == "pre" {
		w.pre--
	}
	if e.end != 0 && w.depth == 0 {
		w.mark(e.end)
	}
	if e.apart {
		w.gap()
	}
}

func (w *htmlWriter) bullet() {
	for i := len(w.stack) - 2; i >= 0; i-- {
		switch w.stack[i].name {
		case "ol":
			w.stack[i].count++
			w.line.WriteString(strconv.Itoa(w.stack[i].count) + ". ")
			return
		case "ul":
			w.line.WriteString("- ")
			return
		}
	}
}

func (w *htmlWriter) text(s string) {
	if w.pre > 0 {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				w.breakLine()
			}
			w.line.WriteString(l)
		}
		return
	}
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && !blankByte(s[j]) {
			j++
		}
		if j > i {
			if w.space && w.line.Len() > 0 {
				w.line.WriteByte(' ')
			}
			w.space = false
			w.line.WriteString(s[i:j])
		}
		for j < len(s) && blankByte(s[j]) {
			w.space = true
			j++
		}
		i = j
	}
}

func blankByte(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// flush ends the current line if there is something on it.
func (w *htmlWriter) flush() {
	if w.line.Len() > 0 {
		w.breakLine()
	}
	w.space = false
}

func (w *htmlWriter) breakLine() {
	if w.hidden > 0 {
		w.line.Reset()
		return
	}
	for range min(w.depth, maxCited) {
		w.out.WriteString("> ")
	}
	text := strings.TrimRight(cleanText(w.line.String()), " ")
	w.out.WriteString(text)
	w.out.WriteByte('\n')
	w.blank = text == ""
	w.line.Reset()
	w.space = false
}

// gap makes sure that an empty line separates what comes next.
func (w *htmlWriter) gap() {
	w.flush()
	if !w.blank {
		w.breakLine()
	}
}

func (w *htmlWriter) mark(r rune) {
	w.flush()
	w.out.WriteRune(r)
	w.out.WriteByte('\n')
}

// traits are the attributes that matter.
type traits struct {
	class, id, style, kind, name, from, smart string
	hidden                                    bool
}

func attributes(t html.Token) traits {
	var a traits
	for _, at := range t.Attr {
		switch at.Key {
		case "class":
			a.class = strings.ToLower(at.Val)
		case "id":
			a.id = strings.ToLower(at.Val)
		case "style":
			a.style = strings.ToLower(at.Val)
		case "type":
			a.kind = strings.ToLower(at.Val)
		case "name":
			a.name = strings.ToLower(at.Val)
		case "start":
			a.from = at.Val
		case "data-smartmail":
			a.smart = at.Val
		case "hidden":
			a.hidden = true
		}
	}
	squeezed := strings.ReplaceAll(a.style, " ", "")
	a.hidden = a.hidden || strings.Contains(squeezed, "display:none") || strings.Contains(squeezed, "mso-hide:all")
	return a
}

// spaced tells whether a paragraph keeps a distance. Outlook's do not.
func spaced(name string, a traits) bool {
	if len(name) == 2 && name[0] == 'h' && name != "hr" {
		return true
	}
	if name != "p" {
		return false
	}
	squeezed := strings.ReplaceAll(a.style, " ", "")
	return !strings.Contains(a.class, "mso") && !strings.Contains(squeezed, "margin:0") && !strings.Contains(squeezed, "margin-bottom:0") && !strings.Contains(squeezed, "margin-top:0")
}

// marks tells which structure the well-known clients announce with this element.
func (a traits) marks(name string) (begin, end rune) {
	switch {
	case a.hasClass("gmail_attr"), a.hasClass("moz-cite-prefix"), a.hasClass("moz-forward-container"), a.hasClass("yahoo_quoted"),
		name == "div" && a.hasClass("protonmail_quote"), name == "div" && a.hasClass("tutanota_quote"), name == "div" && a.name == "quote",
		strings.HasPrefix(a.id, "yahoo_quoted"), a.id == "olk_src_body_section", a.id == "replycontent":
		return markQuote, markQuoteEnd
	case a.hasClass("gmail_signature"), a.hasClass("moz-signature"), a.smart == "gmail_signature", a.id == "signature", a.id == "signatur",
		a.id == "ms-outlook-mobile-signature", a.id == "applemailsignature", a.hasClass("protonmail_signature_block-user"),
		a.hasClass("protonmail_signature_block"), strings.HasPrefix(a.id, "ms-outlook-mobile-body-separator-signature"):
		return markSign, markSignEnd
	case a.id == "divrplyfwdmsg", a.id == "mail-editor-reference-message-container", a.hasClass("ms-outlook-mobile-reference-message"),
		a.id == "isreplycontent", a.id == "isforwardcontent", a.hasClass("outlookmessageheader"):
		return markTail, 0
	}
	squeezed := strings.ReplaceAll(a.style, " ", "")
	if strings.Contains(squeezed, "border-top:solid#e1e1e1") || strings.Contains(squeezed, "border-top:solid#b5c4df") {
		return markTail, 0
	}
	return 0, 0
}

func (a traits) hasClass(c string) bool {
	for rest := a.class; rest != ""; {
		var one string
		one, rest, _ = strings.Cut(rest, " ")
		if one == c {
			return true
		}
	}
	return false
}
