package email

import "strings"

// CalendarReply is what a calendar part says (RFC 5545, RFC 5546).
type CalendarReply struct {
	Method   string `json:"method"`
	PartStat string `json:"partstat"`
	UID      string `json:"uid"`
	Attendee string `json:"-"` // address in lower case
}

// Bounds of calendar reading.
const (
	maxCalendarLines = 5000
	maxCalendarLine  = 4 << 10
)

// readCalendars reads the first calendar part that holds an event; nil if there is none.
func readCalendars(in []calendarPart) *CalendarReply {
	for _, p := range in {
		if c, ok := readCalendar(p.text); ok {
			if c.Method == "" {
				c.Method = cleanWord(p.method)
			}
			return &c
		}
	}
	return nil
}

// readCalendar reads the first VEVENT, and its only attendee. In an answer there is exactly one;
// where several attendees are listed none of them is taken for the sender.
func readCalendar(text string) (c CalendarReply, ok bool) {
	var inside []string
	attendees := 0
	for _, l := range unfoldCalendar(text) {
		name, params, value, fine := contentLine(l)
		if !fine {
			continue
		}
		switch name {
		case "BEGIN":
			if len(inside) < 10 {
				inside = append(inside, strings.ToUpper(value))
			}
			continue
		case "END":
			if len(inside) > 0 {
				inside = inside[:len(inside)-1]
			}
			continue
		}
		where := ""
		if len(inside) > 0 {
			where = inside[len(inside)-1]
		}
		switch {
		case name == "METHOD" && where == "VCALENDAR":
			c.Method = cleanWord(value)
		case where != "VEVENT":
		case name == "UID" && c.UID == "":
			c.UID, ok = strings.TrimSpace(value), true
		case name == "ATTENDEE":
			attendees++
			c.Attendee = strings.ToLower(strings.TrimSpace(trimPrefixFold(value, "mailto:")))
			c.PartStat = cleanWord(params["PARTSTAT"])
		}
	}
	if attendees > 1 {
		c.Attendee, c.PartStat = "", ""
	}
	if len(c.UID) > 500 {
		return CalendarReply{}, false
	}
	return c, ok
}

func trimPrefixFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):]
	}
	return s
}

// cleanWord keeps an iana-token in upper case, so that nothing odd travels on.
func cleanWord(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) > 30 {
		return ""
	}
	for _, c := range s {
		if (c < 'A' || c > 'Z') && c != '-' {
			return ""
		}
	}
	return s
}

// unfoldCalendar joins folded lines (RFC 5545 section 3.1).
func unfoldCalendar(text string) []string {
	var out []string
	var cur strings.Builder
	flush := func() {
		if cur.Len() > 0 {
			out = append(out, cur.String())
		}
		cur.Reset()
	}
	for n := 0; text != "" && n < maxCalendarLines; n++ {
		var l string
		l, text, _ = strings.Cut(text, "\n")
		l = strings.TrimSuffix(l, "\r")
		if l != "" && (l[0] == ' ' || l[0] == '\t') {
			if cur.Len()+len(l) < maxCalendarLine {
				cur.WriteString(l[1:])
			}
			continue
		}
		flush()
		cur.WriteString(l[:min(len(l), maxCalendarLine)])
	}
	flush()
	return out
}

// contentLine reads NAME;PARAM=value;PARAM="quoted":value.
func contentLine(l string) (name string, params map[string]string, value string, ok bool) {
	i := strings.IndexAny(l, ":;")
	if i <= 0 {
		return "", nil, "", false
	}
	name = strings.ToUpper(l[:i])
	for l[i] == ';' {
		start := i + 1
		quoted := false
		for i = start; i < len(l) && (quoted || l[i] != ':' && l[i] != ';'); i++ {
			if l[i] == '"' {
				quoted = !quoted
			}
		}
		if i >= len(l) {
			return "", nil, "", false
		}
		if k, v, cut := strings.Cut(l[start:i], "="); cut {
			if params == nil {
				params = map[string]string{}
			}
			params[strings.ToUpper(k)] = strings.Trim(v, `"`)
		}
	}
	return name, params, l[i+1:], true
}
