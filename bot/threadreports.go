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
	if why == flows.ThreadAway || why == flows.ThreadGone || why == flows.ThreadOver && x.side != "" {
		why = ""
	}
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if x.ID == "" {
		if err := t.saveThread(ctx, &x); err != nil {
			return nil, err
		}
	}
	said, err := t.lastSaid(ctx, x.Answer)
	if err != nil {
		return nil, err
	}
	r := storage.Report{
		Front: x.posting.Front, Thread: x.ID, Posting: x.posting.ID, Reporter: k.person.ID, About: x.to,
		Text: strings.TrimSpace(c.Text + "\n\n" + said), At: t.now,
	}
	if err := t.tx.Reports.SaveReport(ctx, &r); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	f, err := t.tx.Fronts.Front(ctx, r.Front)
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	editors, err := t.reviewers(ctx, f, &x.posting)
	if err != nil {
		return nil, err
	}
	piece := flows.Piece{Kind: flows.NewsReported, Posting: x.posting.Public(), Name: t.callsItself(k, &x), Text: r.Text, Person: r.ID}
	told := false
	for _, e := range editors {
		if e == k.person.ID || e == x.to {
			continue
		}
		ok, err := t.tell(ctx, e, "report:"+r.ID+":"+e, piece, urgent("report:"+r.ID))
		if err != nil {
			return nil, err
		}
		told = told || ok
	}
	return flows.ThreadReported{ThreadSeen: x.seen, Editors: told}, t.audit(ctx, k, "reported", "thread:"+x.ID)
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

// handleReport shows a report to an editor, or closes it.
func (t *turn) handleReport(ctx context.Context, k *talk, c flows.HandleReport, look bool) (conversations.Fact, error) {
	r, err := t.tx.Reports.Report(ctx, c.Report)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.NotEditor)
	}
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	ok, err := t.edits(ctx, k, r.Front)
	if err != nil {
		return nil, err
	}
	if !ok || r.About == k.person.ID || r.Reporter == k.person.ID {
		return refused(flows.NotEditor)
	}
	seen, err := t.reportSeen(ctx, r)
	if err != nil || look {
		return seen, err
	}
	if !r.Handled.IsZero() {
		return refused(flows.Decided)
	}
	r.Handled, r.By = t.now, k.person.ID
	if err := t.tx.Reports.SaveReport(ctx, &r); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	seen.Handled, seen.Closed = true, c.Close
	if c.Close {
		x, err := t.tx.Threads.Thread(ctx, r.Thread)
		if err == nil && x.State == storage.ThreadOpen {
			x.State = storage.ThreadClosed
			err = t.tx.Threads.SaveThread(ctx, &x)
		}
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, fmt.Errorf("thread: %w", err)
		}
	}
	return seen, t.audit(ctx, k, "report-handled", "report:"+r.ID)
}

func (t *turn) reportSeen(ctx context.Context, r storage.Report) (seen flows.ReportSeen, err error) {
	seen = flows.ReportSeen{ID: r.ID, Text: r.Text}
	if seen.Reporter, err = t.nameOf(ctx, r.Reporter); err != nil {
		return seen, err
	}
	if seen.About, err = t.nameOf(ctx, r.About); err != nil {
		return seen, err
	}
	p, err := t.tx.Postings.Posting(ctx, r.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return seen, nil
	}
	seen.Posting = p.Public()
	return seen, err
}

// reportsFor are those an editor may handle.
func (t *turn) reportsFor(ctx context.Context, k *talk) ([]flows.ReportSeen, error) {
	all, err := t.tx.Reports.OpenReports(ctx, k.front.ID, 20)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	var out []flows.ReportSeen
	for _, r := range all {
		if r.About == k.person.ID || r.Reporter == k.person.ID {
			continue
		}
		seen, err := t.reportSeen(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, seen)
	}
	return out, nil
}
