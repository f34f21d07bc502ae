// Package figures sums up what an exchange achieved: counts, shares and medians over postings and the answers to them,
// by category, area and district. It never names a person or a posting, and no count that stands for fewer than five
// of them leaves it. It is pure: it reads no clock and no store.
package figures

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"ehrenamt/matching"
)

// K is how many people or postings a count has to stand for (k-anonymity). Zero is told.
const K = 5

// Outside is the district of what lies in none of the municipalities of a front's area.
const Outside = "-"

// Row is one posting with what came of it.
type Row struct {
	Kind        matching.Kind
	Category    matching.Category
	District    string   // municipality and district, or Outside
	Places      int      // asked for, over all dates; 0: any number
	Filled      int      // taken
	Alerts      int      // people told
	People      []string // who answered or posted, under any name; only counted
	FirstAnswer time.Duration
	Answered    bool
	Full        time.Duration // from publishing to the last place
	IsFull      bool
	Replies     []time.Duration // how long people waited for a yes or no
}

// Count is a number that may be told, or "fewer than five", or "not told" since others could be worked out from it.
type Count struct {
	N      int
	Hidden bool
}

// MarshalJSON writes hidden counts as null.
func (c Count) MarshalJSON() ([]byte, error) {
	if c.Hidden {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(c.N), 10), nil
}

// Span is a median of durations in minutes, and how many there were; Told is false where there are fewer than five.
type Span struct {
	Minutes float64 `json:"minutes"`
	Of      int     `json:"of"`
	Told    bool    `json:"told"`
}

// Line is one part of a whole.
type Line struct {
	Key    string `json:"key"`
	Needs  Count  `json:"needs"`
	Offers Count  `json:"offers"`
	Filled *Share `json:"filled"` // of the needs of this part; null where they are too few
	Times
}

// Times is how soon things went, and with how much asking; part of Report and Line.
type Times struct {
	FirstAnswer Span    `json:"time_to_first_answer"`
	Full        Span    `json:"time_to_full"`
	Reply       Span    `json:"reply_time"`
	PerFilled   float64 `json:"alerts_per_filled_place"` // 0 where too few
	People      Count   `json:"active_people"`
}

// Share is a part of places.
type Share struct {
	Filled  int     `json:"filled"`
	Places  int     `json:"places"`
	Percent float64 `json:"percent"`
}

// Report is everything that may be told of a time.
type Report struct {
	Front       string    `json:"front"`
	From        time.Time `json:"from"`
	To          time.Time `json:"to"` // exclusive
	Needs       Count     `json:"needs"`
	Offers      Count     `json:"offers"`
	Filled      *Share    `json:"filled"`
	Subscribers Count     `json:"subscribers"` // now
	Times
	Areas      []Line `json:"areas"`
	Categories []Line `json:"categories"`
	Districts  []Line `json:"districts"`
}

// Make sums rows up.
func Make(rows []Row, subscribers int) Report {
	r := Report{Subscribers: told(subscribers), Areas: []Line{}, Categories: []Line{}, Districts: []Line{}}
	all := sum{}
	for _, x := range rows {
		all.add(x)
	}
	r.Needs, r.Offers, r.Filled, r.Times = told(all.needs), told(all.offers), all.share(), all.times()
	r.parts(rows)
	return r
}

// parts divides the rows by area, by category within each area, and by district.
func (r *Report) parts(rows []Row) {
	areas, categories, districts := map[string]*sum{}, map[string]*sum{}, map[string]*sum{}
	for _, x := range rows {
		into(areas, string(x.Category.Area())).add(x)
		into(categories, string(x.Category)).add(x)
		if x.District != "" {
			into(districts, x.District).add(x)
		}
	}
	var order []string
	for _, a := range matching.Areas {
		order = append(order, string(a))
	}
	r.Areas = lines(areas, order)
	hidden := map[string]Line{}
	for _, l := range r.Areas {
		hidden[l.Key] = l
	}
	// Categories sum up to their area: each area is divided on its own, and one that is hidden hides its categories.
	for _, a := range matching.Areas {
		within := map[string]*sum{}
		var keys []string
		for _, c := range matching.Categories {
			if s := categories[string(c)]; s != nil && c.Area() == a {
				within[string(c)] = s
				keys = append(keys, string(c))
			}
		}
		for _, l := range lines(within, keys) {
			if hidden[string(a)].Needs.Hidden {
				l.Needs, l.Filled = Count{Hidden: true}, nil
			}
			if hidden[string(a)].Offers.Hidden {
				l.Offers = Count{Hidden: true}
			}
			l.cover()
			r.Categories = append(r.Categories, l)
		}
	}
	keys := make([]string, 0, len(districts))
	for k := range districts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(-cmp.Compare(districts[a].needs+districts[a].offers, districts[b].needs+districts[b].offers), cmp.Compare(a, b))
	})
	r.Districts = lines(districts, keys)
}

// sum counts the rows of a part.
type sum struct {
	needs, offers, places, filled, alerts int
	people                                map[string]bool
	first, full, reply                    []time.Duration
}

func (s *sum) add(x Row) {
	if s.people == nil {
		s.people = map[string]bool{}
	}
	for _, p := range x.People {
		s.people[p] = true
	}
	if x.Answered {
		s.first = append(s.first, x.FirstAnswer)
	}
	s.reply = append(s.reply, x.Replies...)
	if x.Kind == matching.Offer {
		s.offers++
		return
	}
	s.needs++
	s.alerts += x.Alerts
	if x.IsFull {
		s.full = append(s.full, x.Full)
	}
	if x.Places > 0 {
		s.places += x.Places
		s.filled += min(x.Filled, x.Places)
	}
}

// times are medians of five or more, and people of whom there are as many.
func (s *sum) times() Times {
	t := Times{FirstAnswer: median(s.first), Full: median(s.full), Reply: median(s.reply), People: told(len(s.people))}
	if s.filled >= K && s.alerts >= K {
		t.PerFilled = float64(s.alerts) / float64(s.filled)
	}
	return t
}

// cover takes out of a part whose postings are not all told what would tell of them.
func (l *Line) cover() {
	if !l.Needs.Hidden && !l.Offers.Hidden {
		return
	}
	l.Times = Times{People: Count{Hidden: true}}
}

// share is told for five needs or more.
func (s *sum) share() *Share {
	if s.needs < K || s.places < K {
		return nil
	}
	return &Share{Filled: s.filled, Places: s.places, Percent: 100 * float64(s.filled) / float64(s.places)}
}

func into(m map[string]*sum, key string) *sum {
	if m[key] == nil {
		m[key] = &sum{}
	}
	return m[key]
}

// lines tells the parts in the order of keys, those without any left out.
func lines(parts map[string]*sum, keys []string) []Line {
	var ls []Line
	var needs, offers []int
	for _, k := range keys {
		s := parts[k]
		if s == nil {
			continue
		}
		ls = append(ls, Line{Key: k, Filled: s.share(), Times: s.times()})
		needs, offers = append(needs, s.needs), append(offers, s.offers)
	}
	for i, c := range protect(needs) {
		if ls[i].Needs = c; c.Hidden {
			ls[i].Filled = nil
		}
	}
	for i, c := range protect(offers) {
		ls[i].Offers = c
		ls[i].cover()
	}
	return ls
}

// protect hides counts of fewer than five, and as many of the next smallest as it takes that what is hidden cannot be
// worked out from the sum of all: at least two of them, five together.
func protect(ns []int) []Count {
	out := make([]Count, len(ns))
	order := make([]int, len(ns))
	for i, n := range ns {
		out[i].N, order[i] = n, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ns[a], ns[b]) })
	hidden, sum := 0, 0
	for _, i := range order {
		if ns[i] == 0 {
			continue
		}
		if ns[i] >= K && (hidden == 0 || hidden >= 2 && sum >= K) {
			break
		}
		out[i] = Count{Hidden: true}
		hidden++
		sum += ns[i]
	}
	return out
}

func told(n int) Count {
	if n > 0 && n < K {
		return Count{Hidden: true}
	}
	return Count{N: n}
}

func median(ds []time.Duration) Span {
	if len(ds) < K {
		return Span{}
	}
	slices.Sort(ds)
	m := ds[len(ds)/2]
	if len(ds)%2 == 0 {
		m = (ds[len(ds)/2-1] + m) / 2
	}
	return Span{Minutes: m.Minutes(), Of: len(ds), Told: true}
}
