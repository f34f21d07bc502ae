package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// Why a posting is looked at, besides what understanding suspects. Some name something behind a colon.
const (
	firstOf  = "first"   // one of the first of its organisation
	muchNew  = "much"    // somebody new who posts a lot
	likeName = "like:"   // the organisation is named like another one
	doubleOf = "double:" // the same stands there already
)

// newFor is how long somebody is new, and how much of them is no wonder then.
const (
	newFor  = 7 * 24 * time.Hour
	newMost = 3
)

// mayPost counts a new posting of today: of the person, whatever address they write from; of the address, whoever
// they say they are; of the organisation, whoever writes for it.
func (t *turn) mayPost(ctx context.Context, k *talk, o *storage.Organisation) error {
	keys := []string{"posted:person:" + k.person.ID, "posted:address:" + k.addr.String()}
	if o == nil {
		return t.limit(ctx, t.b.Limits.Postings, keys...)
	}
	of := "posted:organisation:" + o.ID
	if o.Verified || o.Good >= goodEnough {
		return t.limit(ctx, t.b.Limits.PostingsTrusted, of)
	}
	return t.limit(ctx, t.b.Limits.Postings, append(keys, of)...)
}

// suspicions is why somebody should look at a posting before others do; the grave ones hold it whoever wrote it.
func (t *turn) suspicions(ctx context.Context, k *talk, p *matching.Posting, o *storage.Organisation) (why []string, grave bool, err error) {
	for _, s := range suspected(p) {
		why, grave = append(why, string(s)), grave || s.Grave()
	}
	if o != nil && !o.Verified && o.Good < goodEnough { // later on an editor has seen its name often enough
		like, err := t.namedLike(ctx, o)
		if err != nil {
			return nil, false, err
		}
		if like != "" {
			why = append(why, likeName+like)
		}
	}
	twins, err := t.doubles(ctx, p)
	if err != nil {
		return nil, false, err
	}
	why = append(why, twins...)
	if t.now.Sub(k.person.Created) < newFor {
		mine, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Author: k.person.ID, Limit: newMost + 1})
		if err != nil {
			return nil, false, fmt.Errorf("postings: %w", err)
		}
		if len(mine) >= newMost && (o == nil || o.Good < goodEnough && !o.Verified) {
			why = append(why, muchNew)
		}
	}
	return why, grave, nil
}

// namedLike is another organisation of the front, or the municipality itself, that an organisation may be taken for.
func (t *turn) namedLike(ctx context.Context, o *storage.Organisation) (string, error) {
	f, err := t.b.fronts.front(ctx, t.tx, o.Front)
	if err != nil {
		return "", err
	}
	if o.Actor != matching.Municipality {
		for _, office := range []string{"Stadt " + f.Name, "Gemeinde " + f.Name, "Stadtverwaltung " + f.Name, "Bürgeramt " + f.Name} {
			if understanding.SameName(o.Name, office) || understanding.NearName(o.Name, office) {
				return office, nil
			}
		}
	}
	all, err := t.tx.Organisations.OfFront(ctx, o.Front)
	if err != nil {
		return "", fmt.Errorf("organisations: %w", err)
	}
	for _, x := range all {
		if x.ID != o.ID && x.Created.Before(o.Created) && understanding.NearName(o.Name, x.Name) {
			return x.Name, nil
		}
	}
	return "", nil
}

// sameKM is how near to each other two postings are that may be one.
const sameKM = 3

// doubles finds postings of somebody else, or of the same, that seem to say the same: near, at the same time, with
// most words of the title in common.
func (t *turn) doubles(ctx context.Context, p *matching.Posting) ([]string, error) {
	if p.Place.Point.IsZero() {
		return nil, nil
	}
	near, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{
		Front: p.Front, States: []matching.PostingState{matching.Open, matching.Filled}, Kind: p.Kind, Near: p.Place.Point, Within: sameKM, Limit: 300,
	})
	if err != nil {
		return nil, fmt.Errorf("postings: %w", err)
	}
	var out []string
	for i := range near {
		x := &near[i]
		if x.ID != p.ID && len(out) < 2 && sameTimes(x, p) && sameWords(x.Title, p.Title) {
			out = append(out, doubleOf+x.ID)
		}
	}
	return out, nil
}

func sameTimes(a, b *matching.Posting) bool {
	if len(a.Dates) == 0 || len(b.Dates) == 0 {
		return len(a.Dates) == len(b.Dates)
	}
	return slices.ContainsFunc(a.Dates, func(x matching.Span) bool {
		return slices.ContainsFunc(b.Dates, func(y matching.Span) bool { return x.Start.Equal(y.Start) })
	})
}

func sameWords(a, b string) bool {
	x, y := strings.Fields(channels.Fold(a)), strings.Fields(channels.Fold(b))
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	common := 0
	for _, w := range x {
		if slices.Contains(y, w) {
			common++
		}
	}
	return 3*common >= 2*max(len(x), len(y))
}

// waits tells whether somebody has to look at a posting first, and why: one of an organisation nobody knows yet, one
// with something suspicious in it, and whatever is gravely so, of whomever. Where neither editors nor operators are
// there to look, only what is grave waits.
func (t *turn) waits(ctx context.Context, k *talk, p *matching.Posting, o *storage.Organisation) (why []string, wait bool, err error) {
	why, grave, err := t.suspicions(ctx, k, p, o)
	if err != nil {
		return nil, false, err
	}
	known := o != nil && (o.Verified || o.Good >= goodEnough)
	fresh := o != nil && p.Actor != matching.Person && !known
	if wait = grave || fresh || len(why) > 0 && !known; !wait {
		return nil, false, nil
	}
	f, err := t.tx.Fronts.Front(ctx, p.Front)
	if err != nil {
		return nil, false, fmt.Errorf("front: %w", err)
	}
	c := caseOn(storage.PostingCase, p.Front, "")
	c.About = p.Author
	who := slices.DeleteFunc(slices.Clone(f.Editors), func(e string) bool { return e == p.Author })
	if o != nil {
		c.Subject = "organisation:" + o.ID
		if who, err = t.deciders(ctx, f.Editors, &c); err != nil {
			return nil, false, err
		}
	}
	if len(who) == 0 && !grave { // its editors are part of it, or it has none
		return nil, false, t.noEditors(ctx, f)
	}
	if fresh && !slices.Contains(why, muchNew) {
		why = append([]string{firstOf}, why...)
	}
	return why, true, nil
}

// noEditors tells operators once a week that first postings go out at a front without anybody looking.
func (t *turn) noEditors(ctx context.Context, f storage.Front) error {
	if len(f.Editors) > 0 {
		return nil
	}
	first, err := t.count(ctx, Limit{1, 7 * 24 * time.Hour}, "no-editors:"+f.ID)
	if err != nil || !first {
		return err
	}
	ops, err := t.tx.Operators.AllOperators(ctx)
	if err != nil {
		return fmt.Errorf("operators: %w", err)
	}
	t.b.Log.Warn("a front has no editors; first postings go out unseen", "front", f.ID)
	for _, op := range ops {
		if _, err := t.tell(ctx, op, "", flows.Piece{Kind: flows.NewsNoEditors, Name: f.Name, Text: f.ID}, urgent("front:"+f.ID)); err != nil {
			return err
		}
	}
	return nil
}
