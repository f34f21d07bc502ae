package bot

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// teamHours is how many hours the teams of an organisation gave, all together: of its offers of a group that somebody
// took up and that are over. Nobody's name goes into it.
func (t *turn) teamHours(ctx context.Context, organisation string) (int, error) {
	ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{
		Organisation: organisation, Kind: matching.Offer, States: []matching.PostingState{matching.Done, matching.Filled, matching.Expired},
	})
	if err != nil {
		return 0, fmt.Errorf("postings: %w", err)
	}
	var sum time.Duration
	for i := range ps {
		p := &ps[i]
		if p.GroupMax == 0 || len(p.Dates) == 0 {
			continue
		}
		as, err := t.tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return 0, fmt.Errorf("answers: %w", err)
		}
		given := map[int]bool{}
		for _, a := range as {
			if a.State.Takes() && a.State != matching.NoShow && a.Date < len(p.Dates) && over(p, a.Date, t) && !given[a.Date] {
				given[a.Date] = true
				sum += time.Duration(p.GroupMax) * hoursOf(p.Dates[a.Date])
			}
		}
	}
	return int(sum.Hours()), nil
}

// wholeDay is how long people help on a day of which only the date is known.
const wholeDay = 6 * time.Hour

// hoursOf is how long somebody helps on a date.
func hoursOf(s matching.Span) time.Duration {
	if !s.AllDay {
		return s.Until().Sub(s.Start)
	}
	days := max(1, int(s.End.Sub(s.Start).Hours()+12)/24)
	return time.Duration(days) * wholeDay
}
