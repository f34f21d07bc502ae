package matching_test

import (
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
)

func TestNeedsAndOffersMeet(t *testing.T) {
	z := berlin(t)
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, z)
	at := func(day, from, to int) []matching.Span {
		start := time.Date(2026, 11, 23+day, from, 0, 0, 0, z)
		return []matching.Span{{Start: start, End: start.Add(time.Duration(to-from) * time.Hour)}}
	}
	day := func(n int) []matching.Span {
		start := time.Date(2026, 11, 23+n, 0, 0, 0, 0, z)
		return []matching.Span{{Start: start, End: start.AddDate(0, 0, 1), AllDay: true}}
	}
	need := func(fs ...change) matching.Posting {
		p := matching.Posting{ID: "n", Author: "a", Kind: matching.Need, State: matching.Open, Title: "Möbel fahren", Category: matching.TransportDriving,
			Tasks: []matching.Task{matching.Drive}, Place: matching.Place{Point: north(0)}, Dates: at(4, 14, 16)}
		for _, f := range fs {
			f(&p)
		}
		return p
	}
	offer := func(fs ...change) matching.Posting {
		p := matching.Posting{ID: "o", Author: "b", Kind: matching.Offer, State: matching.Open, Title: "Transporter", Category: matching.TransportDriving,
			Tasks: []matching.Task{matching.Drive}, Place: matching.Place{Point: north(3)}, Dates: day(4), Recurrence: "FREQ=WEEKLY;BYDAY=FR"}
		for _, f := range fs {
			f(&p)
		}
		return p
	}
	for _, c := range []struct {
		name        string
		need, offer matching.Posting
		want        bool
	}{
		{"a van offered on Fridays and transport needed on a Friday", need(), offer(), true},
		{"on a Friday three weeks later", need(func(p *matching.Posting) { p.Dates = at(25, 14, 16) }), offer(), true},
		{"not on a Thursday", need(func(p *matching.Posting) { p.Dates = at(3, 14, 16) }), offer(), false},
		{"another cause needs to be driven for too", need(func(p *matching.Posting) { p.Category = matching.Sport }), offer(), true},
		{"not what is over", need(func(p *matching.Posting) { p.Dates = at(-3, 14, 16) }), offer(), false},
		{"not too far away", need(), offer(func(p *matching.Posting) { p.Place.Point = north(11) }), false},
		{"as far as one would go", need(), offer(func(p *matching.Posting) { p.Place.Point, p.Radius = north(11), 20 }), true},
		{"not one's own", need(), offer(func(p *matching.Posting) { p.Author = "a" }), false},
		{"not within an organisation", need(func(p *matching.Posting) { p.Organisation = "x" }), offer(func(p *matching.Posting) { p.Organisation = "x" }), false},
		{"not what is taken", need(), offer(func(p *matching.Posting) { p.State = matching.Filled }), false},
		{"times by agreement fit any", need(), offer(func(p *matching.Posting) { p.Dates, p.Recurrence = nil, "" }), true},
		{"not another hour of that day", need(), offer(func(p *matching.Posting) { p.Dates, p.Recurrence = at(4, 8, 12), "" }), false},
		{"the thing that is lent", need(func(p *matching.Posting) {
			p.Category, p.Tasks, p.Things = matching.ResourcesLending, nil, []string{"Raum"}
		}),
			offer(func(p *matching.Posting) {
				p.Category, p.Tasks, p.Things = matching.ResourcesLending, []matching.Task{matching.Lend}, []string{"raum"}
			}), true},
		{"not another thing", need(func(p *matching.Posting) {
			p.Category, p.Tasks, p.Things = matching.ResourcesLending, nil, []string{"Raum"}
		}),
			offer(func(p *matching.Posting) {
				p.Category, p.Tasks, p.Things = matching.ResourcesLending, []matching.Task{matching.Lend}, []string{"Anhänger"}
			}), false},
		{"the thing needed is in the title of the offer", need(func(p *matching.Posting) {
			p.Category, p.Tasks, p.Things = matching.ResourcesLending, nil, []string{"Transporter"}
		}), offer(), true},
		{"not another task of the same cause", need(func(p *matching.Posting) { p.Tasks = []matching.Task{matching.Cook} }), offer(), false},
		{"teaching, in the same field", need(func(p *matching.Posting) {
			p.Category, p.Tasks = matching.EducationMentoring, []matching.Task{matching.Explain}
		}),
			offer(func(p *matching.Posting) {
				p.Category, p.Tasks = matching.EducationMentoring, []matching.Task{matching.Explain}
			}), true},
		{"not teaching in another", need(func(p *matching.Posting) { p.Category, p.Tasks = matching.ITDigital, []matching.Task{matching.Explain} }),
			offer(func(p *matching.Posting) {
				p.Category, p.Tasks = matching.EducationMentoring, []matching.Task{matching.Explain}
			}), false},
		{"not without a place", need(func(p *matching.Posting) { p.Place.Point = matching.Point{} }), offer(), false},
		{"not two needs", need(), need(func(p *matching.Posting) { p.Author = "b" }), false},
	} {
		if got := matching.Meet(&c.need, &c.offer, monday, z, strings.ToLower); got.OK != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	n, o := need(func(p *matching.Posting) { p.Dates = append(at(3, 14, 16), at(4, 14, 16)...) }), offer()
	got := matching.Meet(&n, &o, monday, z, strings.ToLower)
	if got.Need != 1 || len(got.Reasons) != 2 || got.Reasons[0].KM != 3 || got.Reasons[1].Slots == 0 {
		t.Errorf("they meet at %+v", got)
	}
}
