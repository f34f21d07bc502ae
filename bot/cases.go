package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// How much working time may pass before the next editor is asked, and before operators are.
const (
	nextAfter     = 4 * time.Hour
	operatorAfter = 24 * time.Hour
	casesListed   = 200
	inGroup       = "#group" // stands in Case.Asked for the group chat of the editors
)

func caseOn(kind storage.CaseKind, front, subject string) storage.Case {
	return storage.Case{Kind: kind, Front: front, Subject: subject}
}

// subjectOf is the id a subject names, "" if it is of another kind.
func subjectOf(c *storage.Case, kind string) string {
	id, ok := strings.CutPrefix(c.Subject, kind+":")
	if !ok {
		return ""
	}
	return id
}

// onPerson tells whether a case is about what somebody does or writes, not about something everybody sees.
func onPerson(c *storage.Case) bool {
	return subjectOf(c, "person") != "" || subjectOf(c, "thread") != ""
}

// file opens a case and gives it to whoever is to decide.
func (t *turn) file(ctx context.Context, c *storage.Case) error {
	c.State, c.Opened = storage.CaseOpen, t.now
	if err := t.tx.Cases.SaveCase(ctx, c); err != nil {
		return fmt.Errorf("case: %w", err)
	}
	e := storage.Entry{Front: c.Front, Action: "case-" + string(c.Kind), Subject: "case:" + c.ID, At: t.now}
	if err := t.tx.Audit.Append(ctx, e); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return t.hand(ctx, c)
}

// openCase finds what is to be decided about a subject.
func (t *turn) openCase(ctx context.Context, kind storage.CaseKind, subject string) (storage.Case, bool, error) {
	cs, err := t.tx.Cases.CasesAbout(ctx, subject, casesListed)
	if err != nil {
		return storage.Case{}, false, fmt.Errorf("cases: %w", err)
	}
	i := slices.IndexFunc(cs, func(c storage.Case) bool { return c.Kind == kind && c.State == storage.CaseOpen })
	if i < 0 {
		return storage.Case{}, false, nil
	}
	return cs[i], true, nil
}

// theirs tells whether somebody has to do with a case so much that another one has to decide it.
func (t *turn) theirs(ctx context.Context, person string, c *storage.Case) (bool, error) {
	if person == c.Person || person == c.About {
		return true, nil
	}
	if id := subjectOf(c, "posting"); id != "" {
		p, err := t.tx.Postings.Posting(ctx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("posting: %w", err)
		}
		return t.mayActFor(ctx, person, &p)
	}
	if id := subjectOf(c, "organisation"); id != "" {
		return t.mayActFor(ctx, person, &matching.Posting{Organisation: id})
	}
	if x, err := t.reportedThread(ctx, c); err == nil {
		mine, err := t.mayActFor(ctx, person, &matching.Posting{Organisation: x.Organisation, Author: x.Author})
		return mine || person == x.Person, err
	} else if !errors.Is(err, storage.ErrNotFound) {
		return false, err
	}
	return false, nil
}

// decidedBefore is who made the decision a complaint is about, "" for other cases.
func (t *turn) decidedBefore(ctx context.Context, c *storage.Case) (string, error) {
	if c.Kind != storage.ComplaintCase {
		return "", nil
	}
	before, err := t.tx.Cases.Case(ctx, subjectOf(c, "case"))
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil
	}
	return before.DecidedBy, err
}

// deciders are those of some people who may decide a case. A complaint about a decision goes to somebody else than
// who made it, if there is anybody.
func (t *turn) deciders(ctx context.Context, people []string, c *storage.Case) ([]string, error) {
	before, err := t.decidedBefore(ctx, c)
	if err != nil {
		return nil, err
	}
	var who, last []string
	for _, e := range people {
		theirs, err := t.theirs(ctx, e, c)
		switch {
		case err != nil:
			return nil, err
		case theirs:
		case e == before:
			last = append(last, e)
		default:
			who = append(who, e)
		}
	}
	if len(who) == 0 {
		who = last
	}
	return who, nil
}

// reviewers are the editors of a front who may judge a posting: those whose own it is not.
func (t *turn) reviewers(ctx context.Context, f storage.Front, p *matching.Posting) ([]string, error) {
	c := caseOn(storage.PostingCase, f.ID, "posting:"+p.ID)
	return t.deciders(ctx, f.Editors, &c)
}

// hand gives a case to the next editor: to the group, if they have one, then to one after the other, or to all at
// once where there is no time to wait. Where nobody is left, or a day's work has passed thrice, it is the operators'.
func (t *turn) hand(ctx context.Context, c *storage.Case) error {
	f, err := t.tx.Fronts.Front(ctx, c.Front)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	who, err := t.deciders(ctx, f.Editors, c)
	if err != nil {
		return err
	}
	late := len(c.Asked) > 0
	left := slices.DeleteFunc(slices.Clone(who), func(e string) bool { return slices.Contains(c.Asked, e) })
	local := t.now.In(t.b.fronts.zone(f))
	work := calendarFor(f.State)
	end := work.after(c.Opened.In(local.Location()), operatorAfter)
	var ask []string
	switch {
	case len(who) > 0 && f.Group.ID != "" && !late:
		ask = []string{inGroup}
	case len(left) > 1 && !t.waitsWell(ctx, c, end):
		ask = left
	case len(left) > 0:
		next, err := t.nextEditor(ctx, c, left)
		if err != nil {
			return err
		}
		ask = []string{next}
	}
	c.Asked = append(c.Asked, ask...)
	if c.Operator = c.Operator || len(who) == 0 || !t.now.Before(end); c.Operator {
		ops, err := t.operators(ctx, c)
		if err != nil {
			return err
		}
		ask = append(ask, ops...)
		if len(ask) == 0 {
			t.b.Log.Warn("nobody is there to decide", "front", c.Front, "case", c.ID)
		}
	}
	if err := t.tx.Cases.SaveCase(ctx, c); err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if err := t.showCase(ctx, c, ask, late); err != nil || c.Operator {
		return err
	}
	due := work.after(local, nextAfter)
	if due.After(end) || len(left) <= len(ask) && f.Group.ID == "" {
		due = end
	}
	return t.timer(ctx, storage.Timer{Key: "case:" + c.ID, Kind: "case", Subject: "case:" + c.ID, Due: due})
}

// operators are those who may decide a case in the place of editors, and were not asked yet.
func (t *turn) operators(ctx context.Context, c *storage.Case) ([]string, error) {
	all, err := t.tx.Operators.AllOperators(ctx)
	if err != nil {
		return nil, fmt.Errorf("operators: %w", err)
	}
	who, err := t.deciders(ctx, all, c)
	who = slices.DeleteFunc(who, func(p string) bool { return slices.Contains(c.Asked, p) })
	c.Asked = append(c.Asked, who...)
	return who, err
}

// waitsWell tells whether one editor after the other can be asked: what begins before that would come to an end is
// shown to all of them.
func (t *turn) waitsWell(ctx context.Context, c *storage.Case, end time.Time) bool {
	p, err := t.tx.Postings.Posting(ctx, subjectOf(c, "posting"))
	if err != nil || c.Kind != storage.PostingCase {
		return true
	}
	d, dated := p.Next(t.now, t.zone(ctx, &p))
	return !dated || d.Start.After(end)
}

// nextEditor is whoever decided about the same before, for they know what it is about; else the one who was asked for
// the fewest of the cases that are open.
func (t *turn) nextEditor(ctx context.Context, c *storage.Case, editors []string) (string, error) {
	before, err := t.tx.Cases.CasesAbout(ctx, c.Subject, casesListed)
	if err != nil {
		return "", fmt.Errorf("cases: %w", err)
	}
	for _, x := range before {
		if x.Kind == c.Kind && slices.Contains(editors, x.DecidedBy) {
			return x.DecidedBy, nil
		}
	}
	open, err := t.tx.Cases.OpenCases(ctx, c.Front, casesListed)
	if err != nil {
		return "", fmt.Errorf("cases: %w", err)
	}
	busy := map[string]int{}
	for _, c := range open {
		for _, e := range c.Asked {
			busy[e]++
		}
	}
	return slices.MinFunc(editors, func(a, b string) int { return busy[a] - busy[b] }), nil
}

// mayDecide tells why somebody may not decide a case, "" where they may. Whoever is no editor learns nothing of it.
func (t *turn) mayDecide(ctx context.Context, k *talk, c *storage.Case) (flows.Refusal, error) {
	f, err := t.tx.Fronts.Front(ctx, c.Front)
	if errors.Is(err, storage.ErrNotFound) {
		return flows.NotEditor, nil
	}
	if err != nil {
		return "", fmt.Errorf("front: %w", err)
	}
	all := f.Editors
	if !slices.Contains(all, k.person.ID) && (c.Operator || len(f.Editors) == 0) {
		if all, err = t.tx.Operators.AllOperators(ctx); err != nil {
			return "", fmt.Errorf("operators: %w", err)
		}
	}
	if !slices.Contains(all, k.person.ID) {
		return flows.NotEditor, nil
	}
	who, err := t.deciders(ctx, all, c)
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(who, k.person.ID):
		return flows.OwnReview, nil
	case c.State != storage.CaseOpen:
		return flows.Decided, nil
	}
	return "", nil
}

// closeCase notes a decision and takes the case out of everybody else's hands.
func (t *turn) closeCase(ctx context.Context, k *talk, c *storage.Case, v flows.Verdict, reason string) error {
	c.State, c.Verdict, c.Reason, c.DecidedBy, c.Decided = storage.CaseDecided, string(v), reason, k.person.ID, t.now
	if err := t.tx.Cases.SaveCase(ctx, c); err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if err := t.tx.Timers.ClearTimer(ctx, "case:"+c.ID); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	if err := t.caseOver(ctx, c, k.person.ID, k.person.Name); err != nil {
		return err
	}
	e := storage.Entry{Front: c.Front, Actor: k.person.ID, Action: "decided-" + string(v), Subject: "case:" + c.ID, At: t.now}
	if err := t.tx.Audit.Append(ctx, e); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// dropCase ends what was to be decided about something that is no longer there.
func (t *turn) dropCase(ctx context.Context, kind storage.CaseKind, subject string) error {
	c, open, err := t.openCase(ctx, kind, subject)
	if err != nil || !open {
		return err
	}
	c.State, c.Decided = storage.CaseDropped, t.now
	if err := t.tx.Cases.SaveCase(ctx, &c); err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if err := t.tx.Timers.ClearTimer(ctx, "case:"+c.ID); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return t.caseOver(ctx, &c, "", "")
}

// caseOver edits what people were shown of a case, so that nobody decides twice; but for the one who did.
func (t *turn) caseOver(ctx context.Context, c *storage.Case, by, name string) error {
	subject := "case:" + c.ID
	if _, err := t.tx.Outbox.Cancel(ctx, subject, storage.Must); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	shown, err := t.tx.Sent.About(ctx, subject, storage.Delivered)
	if err != nil || len(shown) == 0 {
		return err
	}
	piece, err := t.pieceOf(ctx, c)
	if err != nil {
		return err
	}
	piece.Kind, piece.Name, piece.Posting = flows.NewsReviewed, name, piece.Posting.Public()
	for _, d := range shown {
		if d.Edit != "" || d.Ref == "" || d.Person != "" && d.Person == by {
			continue
		}
		k, ok, err := t.shownTo(ctx, d)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		edit := storage.Delivery{Class: storage.Nice, Priority: storage.UrgentPriority, Subject: "over:" + c.ID, Edit: d.Ref}
		key := "over:" + strconv.FormatInt(c.Rev, 10) + ":" + d.Key
		if err := t.sendAs(ctx, k, key, t.b.Book.Tell(piece, k.env), edit); err != nil {
			return err
		}
	}
	return nil
}

// goOnWith gives a case that nobody decided in time to the next one.
func (t *turn) goOnWith(ctx context.Context, id string) error {
	c, err := t.tx.Cases.Case(ctx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && c.State != storage.CaseOpen {
		return nil
	}
	if err != nil {
		return fmt.Errorf("case: %w", err)
	}
	if gone, err := t.moot(ctx, &c); err != nil || gone {
		return err
	}
	return t.hand(ctx, &c)
}

// moot drops a case about a posting that no longer waits; true if it did.
func (t *turn) moot(ctx context.Context, c *storage.Case) (bool, error) {
	id := subjectOf(c, "posting")
	if c.Kind != storage.PostingCase || id == "" {
		return false, nil
	}
	p, err := t.tx.Postings.Posting(ctx, id)
	if err == nil && p.State == matching.Review {
		return false, nil
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return false, fmt.Errorf("posting: %w", err)
	}
	return true, t.dropCase(ctx, storage.PostingCase, c.Subject)
}
