package bot

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/storage"
)

// job is daily work. It runs once per local date, at hour or at the next chance after it.
type job struct {
	name string
	hour int
	run  func(context.Context, *storage.Tx, time.Time) (int, error)
}

// jobLease is how long a run may take before another process may try it.
const jobLease = 10 * time.Minute

// Retention: how long things are kept.
const (
	keepTexts     = 14 * 24 * time.Hour
	keepAnswers   = 183 * 24 * time.Hour
	keepChanges   = 7 * 24 * time.Hour
	keepCaseYears = 3
	keepShown     = 60 * 24 * time.Hour
	keepThreads   = 30 * 24 * time.Hour // after they closed
)

func dailyJobs() []job {
	return []job{
		{"forget-texts", 3, func(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
			a, err := tx.Inbox.Forget(ctx, now.Add(-keepTexts))
			if err != nil {
				return a, err
			}
			b, err := tx.Sent.ForgetSent(ctx, now.Add(-keepTexts))
			return a + b, err
		}},
		{"forget-drafts", 3, func(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
			idle, err := tx.Conversations.Idle(ctx, now.Add(-conversations.DefaultIdle), 10000)
			if err != nil {
				return 0, err
			}
			for _, a := range idle {
				if err := tx.Conversations.Drop(ctx, a); err != nil {
					return 0, err
				}
			}
			return len(idle), nil
		}},
		{"forget-rest", 4, func(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
			n := 0
			for _, forget := range []func() (int, error){
				func() (int, error) { return tx.Shown.ForgetShown(ctx, now.Add(-keepShown)) },
				func() (int, error) { return tx.Tokens.ForgetTokens(ctx, now) },
				func() (int, error) { return tx.Counters.ForgetCounters(ctx, now.Add(-keepChanges)) },
				func() (int, error) { return tx.Changes.ForgetChanges(ctx, now.Add(-keepChanges)) },
				func() (int, error) { return forgetLearnt(ctx, tx, now) },
			} {
				rows, err := forget()
				if err != nil {
					return n, err
				}
				n += rows
			}
			return n, nil
		}},
		{"forget-care", 4, forgetCare},
		{"pseudonymise", 4, func(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
			return tx.Answers.Pseudonymise(ctx, now.Add(-keepAnswers))
		}},
	}
}

// runJobs runs the daily jobs that are due. Dates are those of the zone of the process's first front; a job
// missed for some days runs once.
func (b *Bot) runJobs(ctx context.Context) error {
	z, err := b.zone(ctx)
	if err != nil {
		return err
	}
	now := b.Now().In(z)
	today := now.Format(time.DateOnly)
	if b.jobsDone == today {
		return nil
	}
	done := true
	for _, j := range append(dailyJobs(), b.peopleJobs()...) {
		if now.Hour() < j.hour {
			done = false
			continue
		}
		if b.jobsRun[j.name] == today {
			continue
		}
		err := b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			ok, err := tx.Jobs.StartJob(ctx, j.name, today, b.Holder, b.Now(), jobLease)
			if err != nil || !ok {
				return err
			}
			n, err := j.run(ctx, tx, b.Now())
			if err != nil {
				return err
			}
			return tx.Jobs.FinishJob(ctx, j.name, today, b.Now(), fmt.Sprint(n))
		})
		if err != nil {
			return fmt.Errorf("job %s: %w", j.name, err)
		}
		b.jobsRun[j.name] = today // by us, or by another process that has its lease
	}
	if done {
		b.jobsDone = today
	}
	return nil
}

// zone is that of the first front.
func (b *Bot) zone(ctx context.Context) (*time.Location, error) {
	z := time.UTC
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Fronts.AllFronts(ctx)
		if err == nil && len(all) > 0 {
			z = b.fronts.zone(all[0])
		}
		return err
	})
	return z, err
}

// forgetCare forgets what follows a match once nobody needs it any more.
func forgetCare(ctx context.Context, tx *storage.Tx, now time.Time) (int, error) {
	n := 0
	for _, forget := range []func() (int, error){
		func() (int, error) { return tx.Threads.ForgetThreads(ctx, now.Add(-keepThreads)) },
		func() (int, error) { return tx.Cases.ForgetCases(ctx, now.AddDate(-keepCaseYears, 0, 0)) },
		func() (int, error) { return tx.Replies.ForgetReplies(ctx, now.Add(-2*keepAnswers)) },
		func() (int, error) { return tx.DigestNotes.ForgetNotes(ctx, now.Add(-keepThreads)) },
	} {
		rows, err := forget()
		if err != nil {
			return n, err
		}
		n += rows
	}
	return n, nil
}
