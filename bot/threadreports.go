package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// reported is how much of what was written last an editor sees with a report.
const reportedMessages = 6

// reportThread puts a thread before the editors of the posting's front, with what was written in it last.
func (t *turn) reportThread(ctx context.Context, k *talk, c flows.ReportThread) (conversations.Fact, error) {
	x, why, err := t.threadWith(ctx, k, c.Answer)
	if why == flows.ThreadAway || why == flows.ThreadOver && x.side != "" {
		why = ""
	}
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	about, err := t.others(ctx, &x)
	if err != nil || about == "" {
		return flows.Refused{Why: flows.ThreadGone}, err
	}
	if x.ID == "" {
		if err := t.saveThread(ctx, &x); err != nil {
			return nil, err
		}
	}
	file := caseOn(storage.ReportCase, x.posting.Front, "thread:"+x.ID)
	file.About, file.Person, file.Why = about, k.person.ID, []string{string(flows.GroundThread)}
	before, why, err := t.reportedBefore(ctx, k, &file)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if before.mine {
		return flows.ThreadReported{ThreadSeen: x.seen, Before: true}, nil
	}
	said, err := t.lastSaid(ctx, x.Answer)
	if err != nil {
		return nil, err
	}
	file.Text = strings.TrimSpace(c.Text + "\n\n" + said)
	return flows.ThreadReported{ThreadSeen: x.seen}, t.file(ctx, &file)
}

// reportableThreads are the other sides of what somebody answered.
func (t *turn) reportableThreads(ctx context.Context, k *talk) ([]flows.ReportablePerson, error) {
	answers, err := t.tx.Answers.OfAnswerer(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	var out []flows.ReportablePerson
	for _, a := range answers {
		if !a.State.Takes() && !a.State.Live() {
			continue
		}
		x, why, err := t.threadWith(ctx, k, a.ID)
		if err != nil {
			return nil, err
		}
		if why != "" {
			continue
		}
		if out = append(out, flows.ReportablePerson{Answer: a.ID, Name: x.seen.Other, Title: x.posting.Title}); len(out) == 4 {
			break
		}
	}
	return out, nil
}

// others is whom a side of a thread has to do with: whoever would be written to, or was responsible last; "" where
// nobody is known any more.
func (t *turn) others(ctx context.Context, x *thread) (string, error) {
	candidates := []string{x.to, x.Person}
	if x.side == sidePerson {
		candidates = []string{x.to, x.Speaker, x.posting.Author}
	}
	for _, id := range candidates {
		if id == "" {
			continue
		}
		if _, err := t.tx.People.Person(ctx, id); err == nil {
			return id, nil
		} else if !errors.Is(err, storage.ErrNotFound) {
			return "", fmt.Errorf("person: %w", err)
		}
	}
	return "", nil
}

// lastSaid is what was passed on last in a thread, as it was shown.
func (t *turn) lastSaid(ctx context.Context, answer string) (string, error) {
	ds, err := t.tx.Sent.About(ctx, "relay:"+answer)
	if err != nil {
		return "", fmt.Errorf("sent: %w", err)
	}
	ds = ds[max(0, len(ds)-reportedMessages):]
	var lines []string
	for _, d := range ds {
		if d.Reply.Text != "" {
			lines = append(lines, "· "+clipped(d.Reply.Text, 160))
		}
	}
	return strings.Join(lines, "\n"), nil
}

// clipped cuts a text for whoever judges it.
func clipped(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// reportedThread is the thread a case is about; ErrNotFound where it is none.
func (t *turn) reportedThread(ctx context.Context, c *storage.Case) (storage.Thread, error) {
	id := subjectOf(c, "thread")
	if id == "" {
		return storage.Thread{}, storage.ErrNotFound
	}
	x, err := t.tx.Threads.Thread(ctx, id)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return x, fmt.Errorf("thread: %w", err)
	}
	return x, err
}

// endThread ends the thread a report is about, for both sides, and tells whoever is reported why.
func (t *turn) endThread(ctx context.Context, k *talk, c *storage.Case, reason string) (flows.Refusal, error) {
	if subjectOf(c, "thread") == "" {
		return flows.Unknown, nil
	}
	if err := t.shutThread(ctx, c, storage.ThreadOpen, storage.ThreadClosed); err != nil {
		return "", err
	}
	if err := t.closeCase(ctx, k, c, flows.Ended, reason); err != nil {
		return "", err
	}
	var x flows.Waiting
	if err := t.subjectInto(ctx, c, &x); err != nil {
		return "", err
	}
	piece := flows.Piece{Kind: flows.NewsThreadEnded, Posting: x.Posting, Text: reason, Waiting: decisionOf(c)}
	if _, err := t.tell(ctx, c.About, "", piece, urgent("person:"+c.About)); err != nil {
		return "", err
	}
	return "", t.audit(ctx, k, "thread-ended", c.Subject)
}

// shutThread moves the thread of a case from one state to another; one in any other state stays as it is.
func (t *turn) shutThread(ctx context.Context, c *storage.Case, from, to storage.ThreadState) error {
	x, err := t.reportedThread(ctx, c)
	if errors.Is(err, storage.ErrNotFound) || err == nil && x.State != from {
		return nil
	}
	if err != nil {
		return err
	}
	x.State = to
	if err := t.tx.Threads.SaveThread(ctx, &x); err != nil {
		return fmt.Errorf("thread: %w", err)
	}
	return nil
}
