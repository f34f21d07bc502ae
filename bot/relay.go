package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/masking"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Bounds of a thread.
const (
	patience      = 5                   // messages of one side without an answer of the other
	threadAfter   = 14 * 24 * time.Hour // a thread is closed that long after the date
	threadRecent  = 48 * time.Hour      // words without an address are taken for whoever wrote within that time
	threadsListed = 20
)

// The sides of a thread.
const (
	sidePerson = "person"
	sidePoster = "poster"
)

// performRelay does what is asked for about threads; ok is false for other commands.
func (t *turn) performRelay(ctx context.Context, k *talk, cmd conversations.Command) (fact conversations.Fact, ok bool, err error) {
	switch c := cmd.(type) {
	case flows.ThreadWith:
		var x thread
		var why flows.Refusal
		if x, why, err = t.threadWith(ctx, k, c.Answer); why != "" {
			return flows.Refused{Why: why}, true, err
		}
		fact = x.seen
	case flows.MyThreads:
		fact, err = t.myThreads(ctx, k)
	case flows.Pass:
		fact, err = t.passOn(ctx, k, c)
	case flows.ShareContact:
		fact, err = t.shareContact(ctx, k, c)
	case flows.ReportThread:
		fact, err = t.reportThread(ctx, k, c)
	case flows.BlockThread:
		fact, err = t.blockThread(ctx, k, c)
	default:
		return nil, false, nil
	}
	return fact, true, err
}

// thread is a thread as one of its sides sees it.
type thread struct {
	storage.Thread
	posting matching.Posting
	answer  matching.Answer
	side    string
	to      string // who would be written to
	seen    flows.ThreadSeen
}

// threadWith loads the thread of an answer for one of its sides. It is refused to everybody else, and where there is
// nobody on the other side, or it is over. A thread that nobody has written in yet is not stored.
func (t *turn) threadWith(ctx context.Context, k *talk, answer string) (thread, flows.Refusal, error) {
	x := thread{}
	a, err := t.tx.Answers.Answer(ctx, answer)
	if errors.Is(err, storage.ErrNotFound) {
		return x, flows.Unknown, nil
	}
	if err != nil {
		return x, "", fmt.Errorf("answer: %w", err)
	}
	if x.posting, err = t.tx.Postings.Posting(ctx, a.Posting); err != nil {
		return x, "", fmt.Errorf("posting: %w", err)
	}
	x.answer = a
	mine, err := t.mayActFor(ctx, k.person.ID, &x.posting)
	switch {
	case err != nil:
		return x, "", err
	case a.Person == k.person.ID:
		x.side = sidePerson
	case mine:
		x.side = sidePoster
	default:
		return x, flows.Unknown, nil
	}
	x.Thread, err = t.tx.Threads.ThreadOf(ctx, answer)
	if errors.Is(err, storage.ErrNotFound) {
		if !a.State.Live() && a.State != matching.Attended && a.State != matching.NoShow {
			return x, flows.ThreadOver, nil
		}
		x.Thread = storage.Thread{
			Answer: a.ID, Posting: a.Posting, Front: x.posting.Front, Person: a.Person, Author: x.posting.Author,
			Organisation: x.posting.Organisation, State: storage.ThreadOpen, At: t.now,
		}
	} else if err != nil {
		return x, "", fmt.Errorf("thread: %w", err)
	}
	x.Closes = t.closes(ctx, &x.posting, &x.answer)
	why, err := t.otherSide(ctx, &x)
	return x, why, err
}

// closes is when a thread does: two weeks after the date. What has no date stays open for as long as it is.
func (t *turn) closes(ctx context.Context, p *matching.Posting, a *matching.Answer) time.Time {
	if d, ok := t.spanOf(ctx, p, a); ok && a.Date != matching.EveryDate {
		return d.Until().Add(threadAfter)
	}
	if p.State.Over() || !a.State.Live() {
		return a.Changed.Add(threadAfter)
	}
	return time.Time{}
}

// otherSide finds whom this side would write to, and how they are called.
func (t *turn) otherSide(ctx context.Context, x *thread) (flows.Refusal, error) {
	if x.State != storage.ThreadOpen || !x.Closes.IsZero() && !t.now.Before(x.Closes) {
		return flows.ThreadOver, nil
	}
	x.to = x.Person
	if x.side == sidePerson {
		who, err := t.responsibleFor(ctx, &x.posting, x.Speaker)
		if err != nil {
			return "", err
		}
		x.to = who
	}
	if x.to == "" {
		return flows.ThreadGone, nil
	}
	p, err := t.tx.People.Person(ctx, x.to)
	if errors.Is(err, storage.ErrNotFound) {
		return flows.ThreadGone, nil
	}
	if err != nil {
		return "", fmt.Errorf("person: %w", err)
	}
	_, reachable, err := t.reach(ctx, x.to)
	if err != nil {
		return "", err
	}
	if p.Stopped || !reachable {
		return flows.ThreadAway, nil
	}
	other := x.Last != "" && x.Last != x.side
	x.seen = flows.ThreadSeen{Posting: x.posting.Public(), Answer: x.Answer, Other: p.Name, Mine: x.PersonContact, Wanted: x.PosterContact != "", Newest: other && t.now.Sub(x.At) < threadRecent}
	if x.side == sidePoster {
		x.seen.Mine, x.seen.Wanted = x.PosterContact, x.PersonContact != ""
	} else {
		x.seen.Other = calledFor(p.Name, &x.posting)
	}
	return "", nil
}

// calledFor is how somebody is called who acts for an organisation: "Ben (TV Brand)".
func calledFor(name string, p *matching.Posting) string {
	switch {
	case p.Organisation == "" || p.Carrier == "":
		return name
	case name == "":
		return p.Carrier
	}
	return name + " (" + p.Carrier + ")"
}

// responsibleFor is who hears what is said to the side of a posting: whoever spoke for it last, else the author or who
// else there is; whoever wants no messages only where nobody else is left.
func (t *turn) responsibleFor(ctx context.Context, p *matching.Posting, speaker string) (string, error) {
	if p.Organisation == "" {
		return p.Author, nil
	}
	members, err := t.tx.Members.OfOrganisation(ctx, p.Organisation)
	if err != nil {
		return "", fmt.Errorf("members: %w", err)
	}
	var awake []storage.Member
	for _, m := range members {
		who, err := t.tx.People.Person(ctx, m.Person)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return "", fmt.Errorf("person: %w", err)
		}
		if err == nil && !who.Stopped {
			awake = append(awake, m)
		}
	}
	if len(awake) > 0 {
		members = awake
	}
	if slices.ContainsFunc(members, func(m storage.Member) bool { return m.Person == speaker }) {
		return speaker, nil
	}
	return responsible(members, p.Author), nil
}

// myOpenThreads are those the person can write in.
func (t *turn) myOpenThreads(ctx context.Context, k *talk) ([]thread, error) {
	ms, err := t.tx.Members.OfMember(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	var orgs []string
	for _, m := range ms {
		orgs = append(orgs, m.Organisation)
	}
	all, err := t.tx.Threads.ThreadsOf(ctx, k.person.ID, orgs, threadsListed)
	if err != nil {
		return nil, fmt.Errorf("threads: %w", err)
	}
	var open []thread
	for _, x := range all {
		full, why, err := t.threadWith(ctx, k, x.Answer)
		if err != nil {
			return nil, err
		}
		if why == "" {
			open = append(open, full)
		}
	}
	return open, nil
}

// myThreads lists whom the person can write to: those they did already, and those they come to.
func (t *turn) myThreads(ctx context.Context, k *talk) (conversations.Fact, error) {
	open, err := t.myOpenThreads(ctx, k)
	if err != nil {
		return nil, err
	}
	var out flows.ThreadsOfMine
	have := map[string]bool{}
	for _, x := range open {
		out.Threads, have[x.Answer] = append(out.Threads, x.seen), true
	}
	answers, err := t.tx.Answers.OfAnswerer(ctx, k.person.ID)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	for _, a := range answers {
		if !a.State.Live() || have[a.ID] || len(out.Threads) >= threadsListed {
			continue
		}
		x, why, err := t.threadWith(ctx, k, a.ID)
		if err != nil {
			return nil, err
		}
		if why == "" {
			out.Threads = append(out.Threads, x.seen)
		}
	}
	toMe, err := t.answersToMe(ctx, k)
	if err != nil {
		return nil, err
	}
	for _, a := range toMe {
		if have[a.ID] || len(out.Threads) >= threadsListed {
			continue
		}
		x, why, err := t.threadWith(ctx, k, a.ID)
		if err != nil {
			return nil, err
		}
		if why == "" {
			out.Threads = append(out.Threads, x.seen)
		}
	}
	if len(out.Threads) == 0 {
		return refused(flows.ThreadNone)
	}
	return out, nil
}

// answersToMe are the answers to what the person is responsible for and that are alive.
func (t *turn) answersToMe(ctx context.Context, k *talk) ([]matching.Answer, error) {
	ps, err := t.myPostings(ctx, k, matching.Open, matching.Filled)
	if err != nil {
		return nil, err
	}
	var live []matching.Answer
	for _, p := range ps[:min(len(ps), threadsListed)] {
		answers, err := t.tx.Answers.OfPosting(ctx, p.ID)
		if err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}
		for _, a := range answers {
			if a.State.Live() {
				live = append(live, a)
			}
		}
	}
	return live, nil
}

// passOn passes a message on.
func (t *turn) passOn(ctx context.Context, k *talk, c flows.Pass) (conversations.Fact, error) {
	if c.Answer == "" {
		open, err := t.myOpenThreads(ctx, k)
		if err != nil {
			return nil, err
		}
		recent := slices.DeleteFunc(slices.Clone(open), func(x thread) bool { return !x.seen.Newest })
		switch {
		case len(open) == 0:
			return refused(flows.ThreadOver)
		case len(recent) == 1:
			c.Answer = recent[0].Answer
		case len(open) == 1:
			c.Answer = open[0].Answer
		default:
			var which flows.WhichThread
			for _, x := range open {
				which.Threads = append(which.Threads, x.seen)
			}
			return which, nil
		}
	}
	if utf8.RuneCountInString(c.Text) > flows.MaxPassed {
		return refused(flows.ThreadLong)
	}
	x, why, err := t.threadWith(ctx, k, c.Answer)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if x.Last == x.side && x.InRow >= patience {
		return refused(flows.ThreadPatient)
	}
	if err := t.limit(ctx, t.b.Limits.Passed, ofBoth("passed", k)...); err != nil {
		return nil, err
	}
	text, hidden := strings.TrimSpace(c.Text), []masking.Kind(nil)
	if x.PersonContact == "" || x.PosterContact == "" {
		text, hidden = x.mask(t.now, text)
	}
	piece := flows.Piece{Kind: flows.NewsPassed, Posting: x.posting.Public(), Answer: matching.Answer{ID: x.Answer}, Name: t.callsItself(k, &x), Text: text, Hidden: hidden, First: x.first()}
	told, err := t.tellOn(ctx, x.to, x.channel(), "", piece, urgent("relay:"+x.Answer))
	if err != nil {
		return nil, err
	}
	if !told {
		return refused(flows.ThreadAway)
	}
	x.wrote(k)
	if err := t.saveThread(ctx, &x); err != nil {
		return nil, err
	}
	return flows.Passed{ThreadSeen: x.seen, Hidden: hidden, Files: c.Files}, nil
}

// traceKept is how long it is remembered that a number may have been begun.
const traceKept = 24 * time.Hour

// mask hides how this side could be reached, also where it is told piece by piece.
func (x *thread) mask(now time.Time, text string) (string, []masking.Kind) {
	if now.Sub(x.At) > traceKept {
		x.PersonTrace, x.PosterTrace = "", ""
	}
	trace := &x.PosterTrace
	if x.side == sidePerson {
		trace = &x.PersonTrace
	}
	text, hidden, next := masking.HideAfter(*trace, text)
	*trace = next
	return text, hidden
}

// callsItself is how this side is called towards the other one.
func (t *turn) callsItself(k *talk, x *thread) string {
	if x.side == sidePoster {
		return calledFor(k.person.Name, &x.posting)
	}
	return k.person.Name
}

// first tells whether this side has written nothing yet.
func (x *thread) first() bool {
	return x.side == sidePerson && x.FromPerson == 0 || x.side == sidePoster && x.FromPoster == 0
}

// channel is where the other side is written to: a person on the network they answered on, others where they are.
func (x *thread) channel() string {
	if x.side == sidePoster {
		return x.answer.Address
	}
	return ""
}

// wrote counts a message of this side.
func (x *thread) wrote(k *talk) {
	if x.Last != x.side {
		x.InRow = 0
	}
	x.Last, x.InRow = x.side, x.InRow+1
	if x.side == sidePerson {
		x.FromPerson++
		return
	}
	x.FromPoster++
	x.Speaker = k.person.ID
}

func (t *turn) saveThread(ctx context.Context, x *thread) error {
	x.At = t.now
	if err := t.tx.Threads.SaveThread(ctx, &x.Thread); err != nil {
		return fmt.Errorf("thread: %w", err)
	}
	return nil
}

// shareContact notes what this side wants the other one to have. Once both have said so, both are told.
func (t *turn) shareContact(ctx context.Context, k *talk, c flows.ShareContact) (conversations.Fact, error) {
	x, why, err := t.threadWith(ctx, k, c.Answer)
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	if utf8.RuneCountInString(c.Contact) > flows.MaxContact || c.Contact == "" {
		return refused(flows.ThreadLong)
	}
	theirs := x.PosterContact
	if x.side == sidePerson {
		x.PersonContact = c.Contact
	} else {
		theirs, x.PosterContact, x.Speaker = x.PersonContact, c.Contact, k.person.ID
	}
	piece := flows.Piece{Kind: flows.NewsWantsContact, Posting: x.posting.Public(), Answer: matching.Answer{ID: x.Answer}, Name: t.callsItself(k, &x)}
	if theirs != "" {
		piece.Kind, piece.Text = flows.NewsExchanged, c.Contact
	}
	if _, err := t.tellOn(ctx, x.to, x.channel(), "", piece, urgent("contact:"+x.Answer)); err != nil {
		return nil, err
	}
	x.seen.Mine = c.Contact
	return flows.ContactShared{ThreadSeen: x.seen, Theirs: theirs}, t.saveThread(ctx, &x)
}

// blockThread ends a thread for good. The other side is not told; whoever writes in it learns that it is over.
func (t *turn) blockThread(ctx context.Context, k *talk, c flows.BlockThread) (conversations.Fact, error) {
	x, why, err := t.threadWith(ctx, k, c.Answer)
	if why == flows.ThreadAway || why == flows.ThreadGone {
		why = ""
	}
	if err != nil || why != "" {
		return flows.Refused{Why: why}, err
	}
	x.State, x.BlockedBy = storage.ThreadBlocked, x.side
	if _, err := t.tx.Outbox.Cancel(ctx, "contact:"+x.Answer, storage.Must); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	if err := t.saveThread(ctx, &x); err != nil {
		return nil, err
	}
	return flows.ThreadBlocked{ThreadSeen: x.seen}, t.audit(ctx, k, "thread-blocked", "thread:"+x.ID)
}
