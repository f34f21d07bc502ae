package matching

import (
	"cmp"
	"slices"
	"time"
)

// Uptake is how a posting has been taken up by people so far.
type Uptake struct {
	Places     int           // of the dates ahead; 0: any number
	Taken      int           // of these
	Contacts   int           // people who have answered with anything but a no
	Since      time.Time     // when it was published
	ReplyAfter time.Duration // how long whoever posted lets people wait, 0: not known
}

// Weights of the order of hits beside distance and time, in kilometres.
const (
	takenKM   = 5.0 // a posting nearly full, against an empty one
	unheardKM = 4.0 // people wait a day or longer for an answer
	freshKM   = 4.0 // less for what is a day old or older and nobody has contacted yet
)

// Every window of so many hits has one that nobody has contacted yet, if there is one that is not more than shareKM worse
// than what it takes the place of.
const (
	shareEvery = 5
	shareKM    = 15.0
)

// Order puts hits of a query into the order in which people see them: those with more of the words first, then by what
// it costs to go there, in kilometres: distance, a day later like three of them, places mostly taken, and people left
// without an answer. Those nobody has contacted yet come a little earlier, and have a fair share of every page:
// what counts is how many postings find somebody, not how many clicks the favourites get (after Manshadi,
// Rodilitz, Saban and Suresh, SmartSort). The order depends on nothing but its arguments.
func Order(q Query, hits []Hit, uptake map[string]Uptake, now time.Time) []Hit {
	type ranked struct {
		Hit
		group, late int
		cost        float64
		fresh       bool
	}
	all := make([]ranked, len(hits))
	for i, h := range hits {
		u := uptake[h.Posting.ID]
		r := ranked{Hit: h, group: -h.Words, cost: q.cost(&h, now) + u.cost(now), fresh: u.Contacts == 0}
		if q.asksTime() && len(h.Dates) == 0 {
			r.late = 1
		}
		all[i] = r
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.late, b.late), cmp.Compare(a.cost, b.cost), cmp.Compare(a.Posting.ID, b.Posting.ID))
	})
	for i := shareEvery - 1; i < len(all); i += shareEvery {
		window := all[i-shareEvery+1 : i+1]
		if slices.ContainsFunc(window, func(r ranked) bool { return r.fresh }) {
			continue
		}
		last := all[i]
		j := slices.IndexFunc(all[i+1:], func(r ranked) bool {
			return r.fresh && r.group == last.group && r.late == last.late && r.cost <= last.cost+shareKM
		})
		if j >= 0 {
			r := all[i+1+j]
			all = slices.Insert(slices.Delete(all, i+1+j, i+2+j), i, r)
		}
	}
	out := make([]Hit, len(all))
	for i := range all {
		out[i] = all[i].Hit
	}
	return out
}

func (u Uptake) cost(now time.Time) float64 {
	var km float64
	if u.Places > 0 {
		km += takenKM * min(1, float64(max(0, u.Taken))/float64(u.Places))
	}
	if u.ReplyAfter > 0 {
		km += unheardKM * min(1, u.ReplyAfter.Hours()/24)
	}
	if u.Contacts == 0 && !u.Since.IsZero() && now.Sub(u.Since) >= 24*time.Hour {
		km -= freshKM
	}
	return km
}
