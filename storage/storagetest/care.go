package storagetest

import (
	"context"
	"testing"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// fillCare writes what follows a match, with the person on either side of it.
func fillCare(ctx context.Context, tx *storage.Tx, id string, now time.Time) error {
	for _, x := range []storage.Thread{
		{Answer: "as person", Person: id, Author: "other", State: storage.ThreadOpen, PersonContact: Marker, At: now},
		{Answer: "as author", Person: "other", Author: id, State: storage.ThreadOpen, PosterContact: Marker, At: now},
		{Answer: "as member", Person: "other", Author: id, Organisation: "o", State: storage.ThreadOpen, Speaker: id, At: now},
	} {
		if err := tx.Threads.SaveThread(ctx, &x); err != nil {
			return err
		}
	}
	if err := tx.Replies.AskReply(ctx, storage.Reply{Answer: "a", Carrier: "person:" + id, Asked: now}); err != nil {
		return err
	}
	for _, v := range []storage.Visit{
		{Answer: "mine", Person: id, Carrier: "o", At: now, PersonFeels: Marker},
		{Answer: "others", Person: "other", Carrier: "person:" + id, At: now},
	} {
		if err := tx.Visits.SaveVisit(ctx, &v); err != nil {
			return err
		}
	}
	return tx.DigestNotes.PutNote(ctx, storage.DigestNote{Person: id, Front: "ac", Posting: "p", Kind: "result", At: now})
}

func threads(b *bench) {
	mine := storage.Thread{Answer: "a1", Posting: "p", Front: "ac", Person: "anna", Author: "ben", State: storage.ThreadOpen, Last: "person", InRow: 2, PersonContact: "0241", PersonTrace: "01 71", PosterTrace: "12", At: b.now}
	club := storage.Thread{Answer: "a2", Posting: "q", Front: "ac", Person: "chris", Author: "ben", Organisation: "o", State: storage.ThreadOpen, Closes: b.now.Add(time.Hour), At: b.now.Add(time.Minute)}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Threads.SaveThread(ctx, &mine); err != nil {
			return err
		}
		return tx.Threads.SaveThread(ctx, &club)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Threads.Thread(ctx, mine.ID)
		b.equal("thread", got, mine)
		if err != nil {
			return err
		}
		got, err = tx.Threads.ThreadOf(ctx, "a2")
		b.equal("thread of an answer", got, club)
		if err != nil {
			return err
		}
		_, err = tx.Threads.ThreadOf(ctx, "a3")
		b.is("no thread", err, storage.ErrNotFound)
		for _, c := range []struct {
			who  string
			orgs []string
			want []string
		}{
			{"anna", nil, []string{mine.ID}}, {"chris", nil, []string{club.ID}}, {"ben", nil, []string{mine.ID}},
			{"ben", []string{"o", "p", "r"}, []string{club.ID, mine.ID}}, {"derya", []string{"o"}, []string{club.ID}}, {"derya", nil, nil},
		} {
			all, err := tx.Threads.ThreadsOf(ctx, c.who, c.orgs, 9)
			if err != nil {
				return err
			}
			var ids []string
			for _, x := range all {
				ids = append(ids, x.ID)
			}
			b.equal("threads of "+c.who, ids, c.want)
		}
		return nil
	})
	b.Run("revisions and one for each answer", func(t *testing.T) {
		old := mine
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			mine.State, mine.BlockedBy = storage.ThreadBlocked, "poster"
			return tx.Threads.SaveThread(ctx, &mine)
		})
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { return tx.Threads.SaveThread(ctx, &old) })
		b.is("outdated", err, storage.ErrConflict)
		err = b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
			return tx.Threads.SaveThread(ctx, &storage.Thread{Answer: "a1", State: storage.ThreadOpen})
		})
		b.is("a second one", err, storage.ErrConflict)
	})
	b.Run("forgetting", func(t *testing.T) {
		b.do(func(ctx context.Context, tx *storage.Tx) error {
			n, err := tx.Threads.ForgetThreads(ctx, b.now.Add(2*time.Hour))
			b.equal("forgotten: only what has an end", n, 1)
			return err
		})
	})
}

func replies(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for i, took := range []time.Duration{time.Hour, 3 * time.Hour, 2 * time.Hour, 0, 0} {
			r := storage.Reply{Answer: string(rune('a' + i)), Carrier: "o", Asked: b.now}
			if err := tx.Replies.AskReply(ctx, r); err != nil {
				return err
			}
			if took > 0 {
				if err := tx.Replies.NoteReply(ctx, r.Answer, b.now.Add(took)); err != nil {
					return err
				}
			}
		}
		if err := tx.Replies.NoteReply(ctx, "a", b.now.Add(9*time.Hour)); err != nil { // the first decision counts
			return err
		}
		if err := tx.Replies.NoteReply(ctx, "unknown", b.now); err != nil {
			return err
		}
		for _, answer := range []string{"e", "a"} { // only what waits
			if err := tx.Replies.DropReply(ctx, answer); err != nil {
				return err
			}
		}
		p, err := tx.Replies.PunctualOf(ctx, "o", b.now, b.now.Add(time.Minute))
		b.equal("punctual", p, storage.Punctual{Asked: 4, Replied: 3, Median: 2 * time.Hour})
		if err != nil {
			return err
		}
		p, err = tx.Replies.PunctualOf(ctx, "o", b.now.Add(time.Minute), b.now.Add(time.Hour))
		b.equal("nothing asked", p, storage.Punctual{})
		if err != nil {
			return err
		}
		a := matching.Answer{Posting: "replied to", Person: "anna", State: matching.Accepted, Created: b.now}
		if err := tx.Answers.SaveAnswer(ctx, &a); err != nil {
			return err
		}
		if err := tx.Replies.AskReply(ctx, storage.Reply{Answer: a.ID, Carrier: "p", Asked: b.now}); err != nil {
			return err
		}
		took, err := tx.Replies.RepliedTo(ctx, "replied to")
		b.equal("waits", took, []time.Duration(nil))
		if err != nil {
			return err
		}
		if err := tx.Replies.NoteReply(ctx, a.ID, b.now.Add(90*time.Minute)); err != nil {
			return err
		}
		took, err = tx.Replies.RepliedTo(ctx, "replied to")
		b.equal("replied to", took, []time.Duration{90 * time.Minute})
		if err != nil {
			return err
		}
		n, err := tx.Replies.ForgetReplies(ctx, b.now.Add(time.Minute))
		b.equal("forgotten", n, 5)
		return err
	})
}

func visits(b *bench) {
	v := storage.Visit{Answer: "a", Posting: "p", Person: "anna", Carrier: "o", At: b.now, Minutes: 90, ByPerson: storage.SaidYes, PersonFeels: "maybe"}
	old := storage.Visit{Answer: "b", Person: "anna", At: b.now.Add(-time.Hour)}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Visits.Visit(ctx, "a")
		b.is("none yet", err, storage.ErrNotFound)
		for _, x := range []*storage.Visit{&v, &old} {
			if err := tx.Visits.SaveVisit(ctx, x); err != nil {
				return err
			}
		}
		v.ByPoster, v.PosterFeels = storage.SaidNo, "poor"
		return tx.Visits.SaveVisit(ctx, &v)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Visits.Visit(ctx, "a")
		b.equal("visit", got, v)
		if err != nil {
			return err
		}
		all, err := tx.Visits.OfVisitor(ctx, "anna")
		b.equal("visits", all, []storage.Visit{v, old})
		return err
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
		x := v
		x.Rev = 1
		return tx.Visits.SaveVisit(ctx, &x)
	})
	b.is("outdated", err, storage.ErrConflict)
}

func digestNotes(b *bench) {
	note := func(person, posting string, n int, after time.Duration) storage.DigestNote {
		return storage.DigestNote{Person: person, Front: "ac", Posting: posting, Kind: "result", N: n, At: b.now.Add(after)}
	}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, n := range []storage.DigestNote{note("anna", "p", 1, 0), note("ben", "p", 1, time.Second), note("anna", "q", 2, time.Minute), note("anna", "p", 3, 2*time.Minute)} {
			if err := tx.DigestNotes.PutNote(ctx, n); err != nil {
				return err
			}
		}
		who, err := tx.DigestNotes.WaitingNotes(ctx, 9)
		b.equal("for whom", who, []string{"ben", "anna"})
		if err != nil {
			return err
		}
		for _, want := range [][]storage.DigestNote{{note("anna", "q", 2, time.Minute), note("anna", "p", 3, 2*time.Minute)}, nil} {
			got, err := tx.DigestNotes.TakeNotes(ctx, "anna", 9)
			b.equal("taken", got, want)
			if err != nil {
				return err
			}
		}
		n, err := tx.DigestNotes.ForgetNotes(ctx, b.now.Add(time.Hour))
		b.equal("forgotten", n, 1)
		return err
	})
}
