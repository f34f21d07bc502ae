package email

import "strings"

// textLines cuts text into lines without trailing blanks.
func textLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return lines
}

// joinLines is the inverse for people: no empty lines at the ends, at most one in a row, no marks.
func joinLines(lines []string) string {
	var b strings.Builder
	empty := 0
	for _, l := range lines {
		l = strings.TrimRight(l, " \t")
		if isMark(l) {
			continue
		}
		if l == "" {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if empty > 0 {
				b.WriteByte('\n')
			}
		}
		empty = 0
		b.WriteString(l)
	}
	return strings.TrimSpace(b.String())
}

func isMark(l string) bool {
	return len(l) == 3 && l[0] == 0xEE && l[1] == 0x80 && l[2] >= 0x80 && l[2] <= 0x84
}

// markOf returns the mark a line consists of, or 0.
func markOf(l string) rune {
	if !isMark(l) {
		return 0
	}
	return rune(0xE000 + int(l[2]-0x80))
}

// unflow joins the lines of format=flowed text (RFC 3676), each quote depth for itself.
func unflow(s string, delSp bool) string {
	var out []string
	open := false // the last line of out goes on
	depth := 0
	for _, l := range strings.Split(s, "\n") {
		l = strings.TrimSuffix(l, "\r")
		d := 0
		for d < len(l) && l[d] == '>' {
			d++
		}
		body := strings.TrimPrefix(l[d:], " ")
		soft := strings.HasSuffix(body, " ") && body != "-- "
		if soft && delSp {
			body = strings.TrimSuffix(body, " ")
		}
		if open && d == depth && body != "-- " {
			out[len(out)-1] += body
		} else {
			prefix := ""
			if d > 0 {
				prefix = strings.Repeat(">", d) + " "
			}
			out = append(out, prefix+body)
		}
		// a line that grows without end is cut, so that joining stays linear in practice
		open, depth = soft && len(out[len(out)-1]) < 16<<10, d
	}
	return strings.Join(out, "\n")
}

// quoted tells whether a line is quoted with ">", and what it says one level further out.
func quoted(l string) (string, bool) {
	t := strings.TrimLeft(l, " ")
	if len(l)-len(t) > 2 || !strings.HasPrefix(t, ">") || strings.HasPrefix(t, ">From ") {
		return l, false
	}
	return strings.TrimPrefix(t[1:], " "), true
}

// nextFilled is the index of the first line from i on that is not empty, or len(lines).
func nextFilled(lines []string, i int) int {
	for i < len(lines) && (lines[i] == "" || isMark(lines[i])) {
		i++
	}
	return i
}

func allEmpty(lines []string) bool { return nextFilled(lines, 0) >= len(lines) }
