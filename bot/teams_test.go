package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

func TestHoursOfTeamsAreASumWithoutNames(t *testing.T) {
	w := newWorld(t, false)
	w.play("firma", "Wir verleihen am Samstag 10–16 Uhr unseren Transporter in Brand", "Firma, Müller Umzüge", "ja")
	err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		os, err := tx.Organisations.Named(ctx, "aachen", "Müller Umzüge")
		if err != nil || len(os) != 1 {
			t.Fatalf("%v %v", os, err)
		}
		at := w.now.Add(-48 * time.Hour)
		for _, p := range []matching.Posting{
			{GroupMax: 12, Dates: []matching.Span{{Start: at, End: at.Add(4 * time.Hour)}, {Start: at, End: at.Add(time.Hour)}}}, // 48, nobody took the second
			{GroupMax: 3, Dates: []matching.Span{{Start: at, End: at.AddDate(0, 0, 1), AllDay: true}}},                           // 18
			{Dates: []matching.Span{{Start: at, End: at.Add(4 * time.Hour)}}},                                                    // no team
		} {
			p.Front, p.Kind, p.State, p.Organisation, p.Created = "aachen", matching.Offer, matching.Done, os[0].ID, at
			if err := tx.Postings.SavePosting(ctx, &p, at); err != nil {
				return err
			}
			a := matching.Answer{Posting: p.ID, Person: "x", State: matching.Accepted, Party: 1, Created: at, Changed: at}
			if err := tx.Answers.SaveAnswer(ctx, &a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Heard(t.Context())
	w.play("firma", "/verein")
	all, _ := w.Heard(t.Context())
	if len(all) == 0 || !strings.Contains(all[len(all)-1].Text, "66 Stunden") {
		t.Errorf("%+v", all)
	}
}
