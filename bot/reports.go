package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// complainWithin is how long a decision may be complained about (DSA, article 20: six months at least).
const complainWithin = 183 * 24 * time.Hour

// reportable is what the person saw or has to do with lately.
func (t *turn) reportable(ctx context.Context, k *talk) (conversations.Fact, error) {
	var out flows.Reportable
	alerts, err := t.tx.Alerts.AlertsTo(ctx, k.person.ID, t.now.AddDate(0, 0, -14))
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	for _, a := range slices.Backward(alerts) {
		p, err := t.tx.Postings.Posting(ctx, a.Posting)
		if errors.Is(err, storage.ErrNotFound) || err == nil && !p.State.Visible() {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("posting: %w", err)
		}
		if out.Postings = append(out.Postings, p.Public()); len(out.Postings) == 4 {
			break
		}
	}
	if out.Threads, err = t.reportableThreads(ctx, k); err != nil {
		return nil, err
	}
	mine, err := t.myPostings(ctx, k, running...)
	if err != nil {
		return nil, err
	}
	for _, p := range mine {
		answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}
		for _, a := range answers {
			if !a.State.Live() && !a.State.Takes() || len(out.People) == 4 {
				continue
			}
			name, err := t.nameOf(ctx, a.Person)
			if err != nil {
				return nil, err
			}
			out.People = append(out.People, flows.ReportablePerson{Answer: a.ID, Name: name, Title: p.Title})
		}
	}
	return out, nil
}

// report files what somebody reports with the editors of the front it belongs to.
func (t *turn) report(ctx context.Context, k *talk, r flows.Report) (conversations.Fact, error) {
	c, why, err := t.reported(ctx, k, r)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	before, why, err := t.reportedBefore(ctx, k, &c)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if before.mine {
		return flows.Reported{Before: true}, nil
	}
	c.Person, c.Why, c.Text = k.person.ID, []string{string(r.Ground)}, r.Text
	if err := t.file(ctx, &c); err != nil {
		return nil, err
	}
	if before.open+1 >= heldAfter {
		return flows.Reported{}, t.holdReported(ctx, &c)
	}
	return flows.Reported{}, nil
}

// earlier is what was reported about the same before and waits.
type earlier struct {
	open int
	mine bool // by the same person
}

// reportedBefore looks at what waits about the same already, and counts the report of somebody who has not said so yet.
func (t *turn) reportedBefore(ctx context.Context, k *talk, c *storage.Case) (earlier, flows.Refusal, error) {
	var e earlier
	before, err := t.tx.Cases.CasesAbout(ctx, c.Subject, casesListed)
	if err != nil {
		return e, "", fmt.Errorf("cases: %w", err)
	}
	for _, x := range before {
		if x.Kind == storage.ReportCase && x.State == storage.CaseOpen {
			e.open++
			e.mine = e.mine || x.Person == k.person.ID
		}
	}
	if e.mine {
		return e, "", nil
	}
	return e, "", t.limit(ctx, t.b.Limits.Reports, ofBoth("reports", k)...)
}

// heldAfter is how many people have to report a posting until it is held until somebody has looked.
const heldAfter = 3

// holdReported takes a posting that several people have reported out of sight until an editor has looked.
func (t *turn) holdReported(ctx context.Context, c *storage.Case) error {
	p, err := t.tx.Postings.LockPosting(ctx, subjectOf(c, "posting"))
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.State.Visible() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	p.State = matching.Review
	if err := t.savePosting(ctx, &p); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if err := t.stopAsking(ctx, &p); err != nil {
		return err
	}
	return t.review(ctx, &p, []string{"reported"})
}

// reported finds what a report is about: a posting that can be seen, or the other side of an answer. Nobody can
// report, and so find out about, anything else.
func (t *turn) reported(ctx context.Context, k *talk, r flows.Report) (storage.Case, flows.Refusal, error) {
	if r.Answer != "" {
		return t.reportedPerson(ctx, k, r.Answer)
	}
	p, err := t.posting(ctx, k, r.Posting)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.State.Visible() {
		return storage.Case{}, flows.Unknown, nil
	}
	if err != nil {
		return storage.Case{}, "", fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil || mine {
		return storage.Case{}, flows.Own, err
	}
	c := caseOn(storage.ReportCase, p.Front, "posting:"+p.ID)
	c.About = p.Author
	return c, "", nil
}

func (t *turn) reportedPerson(ctx context.Context, k *talk, answer string) (storage.Case, flows.Refusal, error) {
	a, err := t.tx.Answers.Answer(ctx, answer)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Case{}, flows.Unknown, nil
	}
	if err != nil {
		return storage.Case{}, "", fmt.Errorf("answer: %w", err)
	}
	p, err := t.tx.Postings.Posting(ctx, a.Posting)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Case{}, flows.Unknown, nil
	}
	if err != nil {
		return storage.Case{}, "", fmt.Errorf("posting: %w", err)
	}
	mine, err := t.mayActFor(ctx, k.person.ID, &p)
	if err != nil {
		return storage.Case{}, "", err
	}
	about := p.Author
	switch {
	case mine:
		about = a.Person
	case a.Person != k.person.ID:
		return storage.Case{}, flows.Unknown, nil
	}
	person, err := t.tx.People.Person(ctx, about)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Case{}, flows.Unknown, nil
	}
	if err != nil {
		return storage.Case{}, "", fmt.Errorf("person: %w", err)
	}
	c := caseOn(storage.ReportCase, p.Front, "person:"+person.ID)
	c.About = person.ID
	return c, "", nil
}

// decisions are those about the person, or about what they reported, that may still be complained about.
func (t *turn) decisions(ctx context.Context, k *talk) (conversations.Fact, error) {
	cs, err := t.tx.Cases.CasesOf(ctx, k.person.ID, casesListed)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	var out flows.Decisions
	for i := range cs {
		c := &cs[i]
		if len(out.All) == 8 || t.mayComplain(k, c) != "" {
			continue
		}
		if made, err := t.tx.Cases.CasesAbout(ctx, "case:"+c.ID, 1); err != nil {
			return nil, fmt.Errorf("cases: %w", err)
		} else if len(made) > 0 {
			continue
		}
		var x flows.Waiting
		if err := t.subjectInto(ctx, c, &x); err != nil {
			return nil, err
		}
		if c.About == k.person.ID && subjectOf(c, "posting") != "" && x.Posting.State.Visible() {
			continue // it was mended
		}
		if c.About == k.person.ID && onPerson(c) {
			x.About = ""
		}
		out.All = append(out.All, flows.Decision{Case: c.ID, Verdict: flows.Verdict(c.Verdict), Title: x.About, Reason: c.Reason, At: c.Decided})
	}
	return out, nil
}

// mayComplain tells why somebody may not complain about a decision, "" where they may: it has to be about them, to
// their disadvantage, and not too long ago. Whoever reported something may complain that nothing came of it.
func (t *turn) mayComplain(k *talk, c *storage.Case) flows.Refusal {
	v := flows.Verdict(c.Verdict)
	concerned := c.About == k.person.ID && (v == flows.Rejected || v == flows.Down || v == flows.Ended || v == flows.Block) ||
		c.Person == k.person.ID && c.Kind == storage.ReportCase && v == flows.Fine
	switch {
	case c.State != storage.CaseDecided || !concerned:
		return flows.Unknown
	case t.now.Sub(c.Decided) > complainWithin:
		return flows.Past
	}
	return ""
}

// complain files a complaint about a decision with somebody who did not make it.
func (t *turn) complain(ctx context.Context, k *talk, r flows.Complain) (conversations.Fact, error) {
	before, err := t.tx.Cases.Case(ctx, r.Case)
	if errors.Is(err, storage.ErrNotFound) {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	if why := t.mayComplain(k, &before); why != "" {
		return refused(why)
	}
	subject := "case:" + before.ID
	earlier, err := t.tx.Cases.CasesAbout(ctx, subject, 1)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	if len(earlier) > 0 {
		return flows.Complained{Before: true}, nil
	}
	if err := t.limit(ctx, t.b.Limits.Reports, ofBoth("reports", k)...); err != nil {
		return nil, err
	}
	c := caseOn(storage.ComplaintCase, before.Front, subject)
	c.Person, c.Text = k.person.ID, r.Text
	return flows.Complained{}, t.file(ctx, &c)
}

// decide carries out what was decided about an organisation, a report or a complaint, and tells whom it concerns.
func (t *turn) decide(ctx context.Context, k *talk, d flows.DecideCase) (conversations.Fact, error) {
	c, why, err := t.toDecide(ctx, k, d.Case)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	var x flows.Waiting
	about := c
	if c.Kind == storage.ComplaintCase {
		if about, err = t.tx.Cases.Case(ctx, subjectOf(&c, "case")); err != nil {
			return refused(flows.Unknown)
		}
	}
	if err := t.subjectInto(ctx, &about, &x); err != nil {
		return nil, err
	}
	do := map[storage.CaseKind]func(context.Context, *talk, *storage.Case, flows.DecideCase, *storage.Case) (flows.Refusal, error){
		storage.OrganisationCase: t.decideOrganisation, storage.ReportCase: t.decideReport, storage.ComplaintCase: t.decideComplaint,
	}[c.Kind]
	if do == nil {
		return refused(flows.Unknown)
	}
	if why, err := do(ctx, k, &c, d, &about); err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	return flows.CaseDecided{Kind: flows.CaseKind(c.Kind), Verdict: d.Verdict, About: x.About, Posting: x.Posting}, nil
}

func (t *turn) decideOrganisation(ctx context.Context, k *talk, c *storage.Case, d flows.DecideCase, _ *storage.Case) (flows.Refusal, error) {
	o, err := t.tx.Organisations.Organisation(ctx, subjectOf(c, "organisation"))
	if errors.Is(err, storage.ErrNotFound) {
		return flows.Unknown, nil
	}
	if err != nil {
		return "", fmt.Errorf("organisation: %w", err)
	}
	switch d.Verdict {
	case flows.Fine:
		return "", t.closeCase(ctx, k, c, d.Verdict, "")
	case flows.Rejected:
	default:
		return flows.Unknown, nil
	}
	o.Barred = true
	if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
		return "", fmt.Errorf("organisation: %w", err)
	}
	if err := t.closeCase(ctx, k, c, d.Verdict, d.Reason); err != nil {
		return "", err
	}
	ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Organisation: o.ID, States: []matching.PostingState{matching.Review, matching.Open, matching.Filled}})
	if err != nil {
		return "", fmt.Errorf("postings: %w", err)
	}
	for i := range ps {
		if err := t.reject(ctx, &ps[i], d.Reason); err != nil {
			return "", err
		}
		if err := t.dropCase(ctx, storage.PostingCase, "posting:"+ps[i].ID); err != nil {
			return "", err
		}
	}
	piece := flows.Piece{Kind: flows.NewsOrganisationRejected, Organisation: named(&o), Text: d.Reason, Waiting: decisionOf(c)}
	_, err = t.tell(ctx, c.About, "", piece, urgent("org:"+o.ID))
	return "", err
}

func (t *turn) decideReport(ctx context.Context, k *talk, c *storage.Case, d flows.DecideCase, _ *storage.Case) (flows.Refusal, error) {
	switch d.Verdict {
	case flows.Fine:
	case flows.Down:
		if why, err := t.takeDown(ctx, k, c, d.Reason); err != nil || why != "" {
			return why, err
		}
	case flows.Ended:
		if why, err := t.endThread(ctx, k, c, d.Reason); err != nil || why != "" {
			return why, err
		}
	case flows.Block:
		if why, err := t.keepOut(ctx, k, c, d.Reason); err != nil || why != "" {
			return why, err
		}
	default:
		return flows.Unknown, nil
	}
	if c.State == storage.CaseOpen {
		if err := t.closeCase(ctx, k, c, d.Verdict, d.Reason); err != nil {
			return "", err
		}
	}
	return "", t.tellReporters(ctx, k, c, d)
}

// tellReporters tells everybody who reported the same what was decided, and closes their reports with it.
func (t *turn) tellReporters(ctx context.Context, k *talk, c *storage.Case, d flows.DecideCase) error {
	all, err := t.tx.Cases.CasesAbout(ctx, c.Subject, casesListed)
	if err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	for i := range all {
		x := &all[i]
		if x.Kind != storage.ReportCase || x.ID != c.ID && x.State != storage.CaseOpen {
			continue
		}
		if x.ID != c.ID {
			if err := t.closeCase(ctx, k, x, d.Verdict, d.Reason); err != nil {
				return err
			}
		}
		w := decisionOf(x)
		if d.Verdict != flows.Fine {
			w.Case = "" // what they asked for was done
		}
		var about flows.Waiting
		if err := t.subjectInto(ctx, x, &about); err != nil {
			return err
		}
		piece := flows.Piece{Kind: flows.NewsReportDecided, Posting: about.Posting.Public(), Waiting: w}
		if x.Person == "" {
			continue
		}
		if _, err := t.tell(ctx, x.Person, "", piece, urgent("case:"+x.ID+":answer")); err != nil {
			return err
		}
	}
	return nil
}

// takeDown takes a reported posting out of sight and tells its author why.
func (t *turn) takeDown(ctx context.Context, k *talk, c *storage.Case, reason string) (flows.Refusal, error) {
	p, err := t.tx.Postings.LockPosting(ctx, subjectOf(c, "posting"))
	if errors.Is(err, storage.ErrNotFound) {
		return flows.Unknown, nil
	}
	if err != nil {
		return "", fmt.Errorf("posting: %w", err)
	}
	if p.State.To(matching.Rejected) != nil {
		return flows.Over, nil
	}
	if err := t.reject(ctx, &p, reason); err != nil {
		return "", err
	}
	if err := t.dropCase(ctx, storage.PostingCase, c.Subject); err != nil {
		return "", err
	}
	if err := t.closeCase(ctx, k, c, flows.Down, reason); err != nil {
		return "", err
	}
	piece := flows.Piece{Kind: flows.NewsDown, Posting: p, Text: reason, Waiting: decisionOf(c)}
	if err := t.tellPoster(ctx, &p, piece); err != nil {
		return "", err
	}
	return "", t.audit(ctx, k, "taken-down", "posting:"+p.ID)
}

func (t *turn) decideComplaint(ctx context.Context, k *talk, c *storage.Case, d flows.DecideCase, before *storage.Case) (flows.Refusal, error) {
	switch d.Verdict {
	case flows.Upheld:
	case flows.Reversed:
		if err := t.reverse(ctx, k, before); err != nil {
			return "", err
		}
	default:
		return flows.Unknown, nil
	}
	if err := t.closeCase(ctx, k, c, d.Verdict, d.Reason); err != nil {
		return "", err
	}
	var x flows.Waiting
	if err := t.subjectInto(ctx, before, &x); err != nil {
		return "", err
	}
	piece := flows.Piece{Kind: flows.NewsComplaintDecided, Posting: x.Posting.Public(), Text: d.Reason, Waiting: decisionOf(c)}
	_, err := t.tell(ctx, c.Person, "", piece, urgent("case:"+c.ID+":answer"))
	return "", err
}

// reverse undoes a decision that a complaint was right about.
func (t *turn) reverse(ctx context.Context, k *talk, before *storage.Case) error {
	switch v := flows.Verdict(before.Verdict); {
	case v == flows.Block:
		_, err := t.tx.Blocks.LiftBlock(ctx, before.Front, before.About)
		return err
	case v == flows.Ended:
		return t.shutThread(ctx, before, storage.ThreadClosed, storage.ThreadOpen)
	case v == flows.Fine: // a report that was not followed: somebody else looks at it
		again := caseOn(storage.ReportCase, before.Front, before.Subject)
		again.Person, again.About, again.Why, again.Text = before.Person, before.About, before.Why, before.Text
		return t.file(ctx, &again)
	case before.Kind == storage.OrganisationCase:
		o, err := t.tx.Organisations.Organisation(ctx, subjectOf(before, "organisation"))
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("organisation: %w", err)
		}
		o.Barred = false
		return t.tx.Organisations.SaveOrganisation(ctx, &o)
	}
	p, err := t.tx.Postings.LockPosting(ctx, subjectOf(before, "posting"))
	if errors.Is(err, storage.ErrNotFound) || err == nil && (p.State != matching.Rejected || past(&p, t.now, t.zone(ctx, &p))) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	if _, err := t.letOut(ctx, &p); err != nil {
		return err
	}
	return t.audit(ctx, k, "reversed", "posting:"+p.ID)
}

// tellDeserted tells the editors of a front that nobody is left in an organisation. What it had open is taken back.
func (t *turn) tellDeserted(ctx context.Context, k *talk, o *storage.Organisation, withdrawn int) error {
	f, err := t.tx.Fronts.Front(ctx, o.Front)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	for _, e := range f.Editors {
		if e == k.person.ID {
			continue
		}
		piece := flows.Piece{Kind: flows.NewsDeserted, Organisation: named(o), Taken: withdrawn}
		if _, err := t.tell(ctx, e, "", piece, urgent("org:"+o.ID)); err != nil {
			return err
		}
	}
	return nil
}
