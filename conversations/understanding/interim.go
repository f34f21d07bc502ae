package understanding

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

type Reader struct{ g *places.Gazetteer }

func New(g *places.Gazetteer) (*Reader, error) { return &Reader{g}, nil }

var hours = regexp.MustCompile(`(\d{1,2})\s*[–-]\s*(\d{1,2})\s*uhr`)
var people = regexp.MustCompile(`(\d+) (leute|helfer|menschen|personen)`)

func (r *Reader) Read(q Request) Reading {
	var out Reading
	if q.Base != nil {
		out.Draft = *q.Base
	}
	t := strings.ToLower(q.Text)
	d := &out.Draft
	out.Lang = "de"
	switch {
	case strings.Contains(t, "suchen"):
		out.Intent, out.IntentConfidence = Need, 0.9
	case strings.Contains(t, "bescheid"):
		out.Intent, out.IntentConfidence = Subscribe, 0.9
	default:
		out.Intent = Other
	}
	if ms := r.g.Find(q.Text, q.Front); len(ms) > 0 {
		p := ms[0].Place
		d.Place, d.PlaceNamed, d.Places = &p, p.Name, []matching.Place{p}
		out.Changed = append(out.Changed, FieldPlace)
	}
	for i, w := range []string{"sonntag", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag"} {
		if strings.Contains(t, w) {
			day := q.Now.AddDate(0, 0, (i-int(q.Now.Weekday())+7)%7)
			from, to := 0, 0
			if m := hours.FindStringSubmatch(t); m != nil {
				from, _ = strconv.Atoi(m[1])
				to, _ = strconv.Atoi(m[2])
			} else if len(d.Dates) > 0 {
				from, to = d.Dates[0].Start.Hour(), d.Dates[0].End.Hour()
			}
			at := func(h int) time.Time {
				return time.Date(day.Year(), day.Month(), day.Day(), h, 0, 0, 0, q.Now.Location())
			}
			d.Start, d.End = Moment{T: at(from)}, Moment{T: at(to)}
			d.Dates = []matching.Span{{Start: at(from), End: at(to)}}
			out.Changed = append(out.Changed, FieldTime)
		}
	}
	if m := people.FindStringSubmatch(t); m != nil {
		n, _ := strconv.Atoi(m[1])
		d.Helpers = &n
		out.Changed = append(out.Changed, FieldHelpers)
	}
	if i := strings.Index(t, "zum "); i >= 0 && d.Title == "" {
		d.Title = strings.SplitN(q.Text[i+4:], ",", 2)[0]
		d.Category = matching.EventsFestivals
	}
	if strings.HasPrefix(t, "ja, aber") {
		out.Condition = Condition{Yes: true, Note: q.Text}
	}
	if len(out.Changed) > 0 {
		out.Found = []Found{{Field: out.Changed[0]}}
	}
	return out
}
