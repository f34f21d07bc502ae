package email

import (
	"bytes"
	"strings"

	"ehrenamt/channels"
)

// Bounds of the walk. A mail that exceeds one is read as far as it goes and marked doubtful.
const (
	maxDepth   = 8
	maxParts   = 50
	maxText    = 256 << 10 // bytes decoded of one part
	maxDecoded = 1 << 20   // bytes decoded in all
	maxNamed   = 100       // characters of an attachment's name
)

// Work counts what reading a mail took; tests hold it to the bounds.
type Work struct{ Parts, Decoded, Depth int }

// segment is one stretch of readable text, in the forms in which it was sent.
type segment struct {
	plain, html       string
	hasPlain, hasHTML bool
	flowed, delSp     bool
}

// found is what the walk collects.
type found struct {
	segments  []segment
	files     []channels.FileInfo
	calendars []calendarPart
	embedded  []embedded // whole mails attached
	status    string     // text of message/delivery-status
	mdn       bool       // a disposition notification
	returned  header     // header of the mail a report is about
	encrypted bool
	cut       bool // a bound was reached
	work      Work
}

type calendarPart struct{ text, method string }

// embedded is a mail inside a mail: its subject and its own readable text.
type embedded struct {
	name, subject string
	segments      []segment
}

type walker struct{ out *found }

// walk reads one entity and everything in it.
func walk(h header, body []byte) *found {
	w := walker{out: &found{}}
	w.out.segments = w.entity(h, body, 0, false)
	return w.out
}

// entity returns the readable segments of one entity; everything else goes to found.
func (w *walker) entity(h header, body []byte, depth int, related bool) []segment {
	o := w.out
	o.work.Depth = max(o.work.Depth, depth)
	if o.work.Parts >= maxParts || depth > maxDepth {
		o.cut = true
		return nil
	}
	o.work.Parts++
	typ, params := mediaType(h.get("content-type"))
	if typ == "" || !strings.Contains(typ, "/") {
		typ, params = "text/plain", map[string]string{}
	}
	switch {
	case strings.HasPrefix(typ, "multipart/"):
		return w.multipart(typ, params, body, depth)
	case typ == "message/rfc822" || typ == "message/global":
		return w.mail(h, params, body, depth)
	}
	return w.leaf(typ, params, h, body, related)
}

func (w *walker) multipart(typ string, params map[string]string, body []byte, depth int) []segment {
	if typ == "multipart/encrypted" {
		w.out.encrypted = true
	}
	boundary := params["boundary"]
	pieces, ok := split(body, boundary, maxParts-w.out.work.Parts+1)
	if !ok {
		var h header
		if bytes.Contains(firstBytes(body, 4096), []byte("<html")) {
			h.fields = []field{{"content-type", "text/html"}}
		}
		return w.leaf("text/plain", map[string]string{}, h, body, false)
	}
	var out []segment
	for _, p := range pieces {
		h, b := splitHeader(p)
		out = append(out, w.entity(h, b, depth+1, typ == "multipart/related")...)
	}
	if typ == "multipart/alternative" {
		return merge(out)
	}
	return out
}

// merge joins the forms of one text that a multipart/alternative offers.
func merge(in []segment) []segment {
	if len(in) < 2 {
		return in
	}
	var m segment
	for _, s := range in {
		if s.hasPlain && !s.hasHTML {
			if m.hasPlain {
				m.plain += "\n\n"
			}
			m.plain, m.hasPlain, m.flowed, m.delSp = m.plain+s.plain, true, s.flowed, s.delSp
		}
		if s.hasHTML {
			m.html, m.hasHTML = m.html+s.html, true
		}
	}
	return []segment{m}
}

// split cuts a multipart body at its boundary, into at most limit parts. ok is false if the boundary never occurs.
func split(body []byte, boundary string, limit int) (parts [][]byte, ok bool) {
	if boundary == "" || len(boundary) > 200 {
		return nil, false
	}
	delim := []byte("--" + boundary)
	start, pos := -1, 0
	for pos < len(body) {
		i := bytes.Index(body[pos:], delim)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delim)
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		line, rest := cutLine(body[pos:])
		tail := bytes.TrimRight(line, " \t")
		last := bytes.Equal(tail, []byte("--"))
		if len(tail) > 0 && !last {
			continue
		}
		if start >= 0 {
			parts = append(parts, trimLineEnd(body[start:at]))
		}
		ok = true
		start = len(body) - len(rest)
		pos = start
		if last || len(parts) >= limit {
			return parts, ok
		}
	}
	if start >= 0 && start < len(body) {
		parts = append(parts, body[start:])
	}
	return parts, ok
}

func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

func firstBytes(b []byte, n int) []byte { return b[:min(n, len(b))] }

// mail reads an attached mail: in a report the one returned, else one that was passed on.
func (w *walker) mail(h header, params map[string]string, body []byte, depth int) []segment {
	if cte := strings.ToLower(h.get("content-transfer-encoding")); cte == "base64" || cte == "quoted-printable" {
		body = w.decode(h, body)
	}
	inner, text := splitHeader(body)
	if len(w.out.returned.fields) == 0 {
		w.out.returned = inner
	}
	name := fileName(h, params)
	if name != "" {
		w.out.files = append(w.out.files, channels.FileInfo{Name: name, Type: "message/rfc822", Size: int64(len(body))})
	}
	segments := w.entity(inner, text, depth+1, false)
	w.out.embedded = append(w.out.embedded, embedded{name, inner.text("subject"), segments})
	return nil
}

func (w *walker) leaf(typ string, params map[string]string, h header, body []byte, related bool) []segment {
	disposition, _ := mediaType(h.get("content-disposition"))
	name := fileName(h, params)
	switch typ {
	case "message/delivery-status", "message/global-delivery-status":
		w.out.status += string(w.decode(h, body)) + "\n\n"
		return nil
	case "message/disposition-notification", "message/global-disposition-notification":
		w.out.mdn = true
		return nil
	case "text/rfc822-headers", "message/global-headers":
		w.out.returned, _ = splitHeader(w.decode(h, body))
		return nil
	case "text/calendar", "application/ics":
		text := toUTF8(w.decode(h, body), params["charset"])
		w.out.calendars = append(w.out.calendars, calendarPart{text, strings.ToUpper(params["method"])})
		if disposition == "attachment" && name != "" {
			w.file(name, typ, h, body)
		}
		return nil
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		w.out.encrypted = true
		return nil
	case "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-encrypted":
		return nil
	}
	readable := strings.HasPrefix(typ, "text/") && disposition != "attachment" && (name == "" || typ == "text/html" || typ == "text/plain" && disposition == "inline")
	if !readable || typ == "text/x-amp-html" {
		inline := related && disposition != "attachment" && h.has("content-id")
		if !inline && typ != "text/x-amp-html" {
			w.file(name, typ, h, body)
		}
		return nil
	}
	text := cleanText(toUTF8(w.decode(h, body), params["charset"]))
	if typ == "text/html" || h.get("content-type") == "text/html" {
		return []segment{{html: text, hasHTML: true}}
	}
	return []segment{{plain: text, hasPlain: true, flowed: strings.EqualFold(params["format"], "flowed"), delSp: strings.EqualFold(params["delsp"], "yes")}}
}

func (w *walker) file(name, typ string, h header, body []byte) {
	if name == "" {
		name = "(" + typ + ")"
	}
	size := int64(len(body))
	if strings.EqualFold(h.get("content-transfer-encoding"), "base64") {
		size = size / 78 * 57
	}
	w.out.files = append(w.out.files, channels.FileInfo{Name: name, Type: typ, Size: size})
}

// decode undoes the transfer encoding, within the bounds.
func (w *walker) decode(h header, body []byte) []byte {
	limit := min(maxText, maxDecoded-w.out.work.Decoded)
	if limit <= 0 {
		w.out.cut = true
		return nil
	}
	var b []byte
	switch strings.ToLower(strings.TrimSpace(h.get("content-transfer-encoding"))) {
	case "base64":
		b = decodeBase64(body, limit)
	case "quoted-printable":
		b = decodeQuoted(body, limit)
	default:
		b = firstBytes(body, limit)
	}
	if len(b) >= limit {
		w.out.cut = true
		b = b[:limit]
	}
	w.out.work.Decoded += len(b)
	return b
}

func fileName(h header, params map[string]string) string {
	_, disp := mediaType(h.get("content-disposition"))
	name := disp["filename"]
	if name == "" {
		name = params["name"]
	}
	name = strings.Join(strings.Fields(cleanText(decodeWords(name))), " ")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	if r := []rune(name); len(r) > maxNamed {
		name = string(r[:maxNamed])
	}
	return name
}
