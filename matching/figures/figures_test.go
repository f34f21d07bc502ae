package figures_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ehrenamt/matching"
	"ehrenamt/matching/figures"
)

func needs(n int, c matching.Category, district string) []figures.Row {
	rows := make([]figures.Row, n)
	for i := range rows {
		rows[i] = figures.Row{
			Kind: matching.Need, Category: c, District: district, Places: 2, Filled: i % 3, Alerts: 10, People: []string{fmt.Sprint(c, i)},
			Answered: true, FirstAnswer: time.Duration(i) * time.Minute, IsFull: i%2 == 0, Full: time.Hour, Replies: []time.Duration{time.Hour},
		}
	}
	return rows
}

func TestWhatIsTold(t *testing.T) {
	rows := append(needs(20, matching.Sport, "Aachen-Brand"), needs(10, matching.Animals, "Aachen-Mitte")...)
	r := figures.Make(rows, 40)
	if r.Needs.N != 30 || r.Offers.N != 0 || r.Offers.Hidden || r.People.N != 30 || r.Subscribers.N != 40 {
		t.Errorf("%+v", r)
	}
	if r.Filled == nil || r.Filled.Places != 60 || r.Filled.Filled != 28 || !r.FirstAnswer.Told || r.FirstAnswer.Minutes != 7 || r.PerFilled < 10 {
		t.Errorf("%+v %+v", r.Filled, r)
	}
	if len(r.Areas) != 2 || r.Areas[0].Key != "sport" || r.Areas[1].Key != "nature" || r.Areas[1].Needs.N != 10 {
		t.Errorf("areas %+v", r.Areas)
	}
	if r.Districts[0].Key != "Aachen-Brand" {
		t.Errorf("districts %+v", r.Districts)
	}
}

func TestFewAreNotTold(t *testing.T) {
	rows := append(needs(20, matching.Sport, "Brand"), needs(3, matching.Animals, "Mitte")...)
	rows = append(rows, needs(6, matching.Seniors, "Forst")...)
	r := figures.Make(rows, 4)
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Subscribers.Hidden || !strings.Contains(string(out), `"subscribers":null`) {
		t.Errorf("%s", out)
	}
	for _, ls := range [][]figures.Line{r.Areas, r.Categories, r.Districts} {
		hidden := 0
		for _, l := range ls {
			if l.Needs.Hidden {
				hidden++
				if l.Filled != nil {
					t.Errorf("%s: share of what is hidden", l.Key)
				}
			}
		}
		if hidden != 2 { // the 3, and the 6 from which it could be worked out
			t.Errorf("%d hidden in %+v", hidden, ls)
		}
	}
	few := figures.Make(needs(4, matching.Sport, ""), 0)
	if !few.Needs.Hidden || few.Filled != nil || few.FirstAnswer.Told || few.Full.Told || few.PerFilled != 0 || !few.People.Hidden {
		t.Errorf("%+v", few)
	}
}

// What is hidden in a column cannot be worked out from the sum of all: it is none, or two or more that sum up to five.
func TestNothingHiddenCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := map[matching.Category]int{}
		var rows []figures.Row
		for _, c := range matching.Categories {
			n := rapid.IntRange(0, 9).Draw(t, string(c))
			if rapid.Bool().Draw(t, "any") {
				n = 0
			}
			counts[c] = n
			rows = append(rows, needs(n, c, "")...)
		}
		r := figures.Make(rows, 0)
		areas := map[matching.Area]int{}
		for c, n := range counts {
			areas[c.Area()] += n
		}
		hiddenArea := map[matching.Area]bool{}
		check := func(what string, ls []figures.Line, of func(string) int) {
			hidden, sum := 0, 0
			for _, l := range ls {
				n := of(l.Key)
				switch {
				case l.Needs.Hidden:
					hidden++
					sum += n
				case n > 0 && n < figures.K:
					t.Fatalf("%s %s tells %d", what, l.Key, n)
				case l.Needs.N != n:
					t.Fatalf("%s %s tells %d instead of %d", what, l.Key, l.Needs.N, n)
				}
			}
			if hidden > 0 && len(rows) >= figures.K && (hidden < 2 || sum < figures.K) && len(ls) > hidden {
				t.Fatalf("%s: %d hidden, %d together", what, hidden, sum)
			}
		}
		for _, l := range r.Areas {
			hiddenArea[matching.Area(l.Key)] = l.Needs.Hidden
		}
		check("areas", r.Areas, func(k string) int { return areas[matching.Area(k)] })
		for _, a := range matching.Areas {
			var within []figures.Line
			for _, l := range r.Categories {
				if matching.Category(l.Key).Area() == a {
					within = append(within, l)
				}
			}
			if hiddenArea[a] {
				for _, l := range within {
					if !l.Needs.Hidden {
						t.Fatalf("%s is told although its area is not", l.Key)
					}
				}
				continue
			}
			check(string(a), within, func(k string) int { return counts[matching.Category(k)] })
		}
	})
}
