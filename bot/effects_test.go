package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ehrenamt/channels"
	"ehrenamt/conversations/transcript"
	"ehrenamt/storage"
)

// effects is what a story has changed, in words that do not depend on how it was told: one line for each thing.
func (w *world) effects(ctx context.Context, story transcript.Story) (out []string, err error) {
	err = w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		out = nil
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{Limit: 1000})
		if err != nil {
			return err
		}
		titles := map[string]string{}
		for _, p := range ps {
			titles[p.ID] = p.Title
			var dates []string
			for _, d := range p.Dates {
				dates = append(dates, d.Start.In(berlin()).Format("2.1. 15:04")+"-"+d.End.In(berlin()).Format("15:04"))
			}
			out = append(out, fmt.Sprint("posting ", p.Kind, " ", p.Title, " ", p.State, " ", dates, " ", p.Place.Name, " ", p.Places, " ", p.Carrier, " ", p.Address, p.Private, p.Contact))
		}
		for _, who := range speakers(story) {
			lines, err := w.effectsOn(ctx, tx, who, titles)
			if err != nil {
				return err
			}
			out = append(out, lines...)
		}
		slices.Sort(out)
		return nil
	})
	return out, err
}

func speakers(story transcript.Story) (names []string) {
	for _, s := range story.Steps {
		if s.Who != "" && !slices.Contains(names, s.Who) {
			names = append(names, s.Who)
		}
	}
	return names
}

func (w *world) effectsOn(ctx context.Context, tx *storage.Tx, who string, titles map[string]string) (out []string, err error) {
	rec, err := tx.Addresses.Owner(ctx, channels.Address{Channel: w.channel, Account: w.account, ID: who})
	if errors.Is(err, storage.ErrNotFound) {
		return []string{who + " is not known"}, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := tx.People.Person(ctx, rec.Person)
	if err != nil {
		return nil, err
	}
	out = append(out, fmt.Sprint(who, " is ", p.Name, " ", p.Lang, p.Register, " ", p.Place.Name, " ", p.Stopped, " ", p.PausedUntil.Format("2.1."), " ", p.PerWeek, " ", p.QuietFrom, "-", p.QuietTo))
	subs, err := tx.Subscriptions.OfSubscriber(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range subs {
		out = append(out, fmt.Sprint(who, " wants ", s.Place.Name, " ", s.Radius, " ", s.Categories, " ", s.Slots, " ", s.Cadence, " ", s.Stopped, " ", len(s.Muted), " ", s.PausedUntil.Format("2.1.")))
	}
	answers, err := tx.Answers.OfAnswerer(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range answers {
		out = append(out, fmt.Sprint(who, " answered ", titles[a.Posting], " ", a.Date, " ", a.State, " ", a.Party, " ", a.Note))
	}
	members, err := tx.Members.OfMember(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		o, err := tx.Organisations.Organisation(ctx, m.Organisation)
		if err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprint(who, " belongs to ", o.Name, " ", m.Role))
	}
	return out, nil
}
