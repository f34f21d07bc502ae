package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// boardAgain is when a message that is being sent is looked at again, to be edited.
const boardAgain = 5 * time.Second

// FrontExtra is what a front has beside the fields that everything knows.
type FrontExtra struct {
	// Channel is the public channel in which open needs of the front are shown, "telegram:main:@aachen_hilft";
	// "" for none.
	Channel string `json:"channel,omitempty"`
}

// ChannelAddress reads FrontExtra.Channel; ok is false if it names none.
func ChannelAddress(s string) (a channels.Address, ok bool) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return a, false
	}
	return channels.Address{Channel: parts[0], Account: parts[1], ID: parts[2]}, true
}

// publicChannel is where the open needs of a front are shown, if it has such a channel on an account of ours.
func (t *turn) publicChannel(f *storage.Front) (channels.Address, bool) {
	var x FrontExtra
	if len(f.Extra) == 0 || json.Unmarshal(f.Extra, &x) != nil {
		return channels.Address{}, false
	}
	a, ok := ChannelAddress(x.Channel)
	if !ok {
		return a, false
	}
	account, ours := t.b.account(a.Channel, a.Account)
	return a, ours && account.Front == f.ID
}

// savePosting saves a posting, and lets what the public channel of its front shows follow it.
func (t *turn) savePosting(ctx context.Context, p *matching.Posting) error {
	if p.State == matching.Filled && p.FilledAt.IsZero() {
		p.FilledAt = t.now
	}
	if err := t.tx.Postings.SavePosting(ctx, p, t.now); err != nil {
		return err
	}
	if p.Kind != matching.Need {
		return nil
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, ok := t.publicChannel(&f); !ok {
		return nil
	}
	return t.timer(ctx, storage.Timer{Key: "board:" + p.ID, Kind: "board", Subject: "board:" + p.ID, Due: t.now})
}

// board brings the message about a posting in its front's public channel up to date: shown once it is open, edited
// whenever it changes. Nothing private is in it, and its one button is a link.
func (t *turn) board(ctx context.Context, posting string) error {
	p, err := t.tx.Postings.Posting(ctx, posting)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	f, err := t.b.fronts.front(ctx, t.tx, p.Front)
	if err != nil {
		return err
	}
	to, ok := t.publicChannel(&f)
	if !ok {
		return nil
	}
	key := "board:" + p.ID
	first, err := t.tx.Sent.ByKey(ctx, key)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("delivery: %w", err)
	}
	d := storage.Delivery{
		Key: key, Front: f.ID, To: to, Class: storage.Must, Priority: storage.LaterWave, Subject: "board:" + p.ID, Due: t.now, Created: t.now,
	}
	switch {
	case first.Key == "" && p.State != matching.Open:
		return nil // it was never shown
	case first.Key != "" && first.Ref == "":
		if first.State == storage.Buried || first.State == storage.Dropped {
			return nil // the channel does not take it
		}
		return t.timer(ctx, storage.Timer{Key: key, Kind: "board", Subject: key, Due: t.now.Add(boardAgain)})
	case first.Key != "":
		d.Key, d.Edit = key+":"+strconv.FormatInt(p.Revision, 10), first.Ref
	}
	z := t.b.fronts.zone(f)
	env := conversations.Env{Now: t.now.In(z), Zone: z, Lang: t.b.spoken(f)[1], Register: f.Register, Front: f.ID, Place: f.Place, Group: true}
	link := ""
	account, _ := t.b.account(to.Channel, to.Account)
	if l, ok := account.Channel.(channels.Linker); ok {
		link = l.Link("p_" + p.Code)
	}
	d.Reply = t.b.Book.Board(p.Public(), link, env)
	t.out[to.Channel+":"+to.Account] = true
	return t.tx.Outbox.Enqueue(ctx, d)
}
