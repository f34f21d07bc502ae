package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// menuAgain is how often menus are compared with who edits what, besides at once when somebody becomes an editor here.
const menuAgain = 10 * time.Minute

// introduceLoop tells the network of an account who we are and what can be asked for, and keeps the menus of editors
// as they ought to be. It begins when this process holds the account and tries again until it succeeds; nothing waits
// for it.
func (b *Bot) introduceLoop(ctx context.Context, a Account) {
	_, commander := a.Channel.(channels.Commander)
	_, profiler := a.Channel.(channels.Profiler)
	if !commander && !profiler {
		return
	}
	introduced := false
	for wait := time.Second; ctx.Err() == nil; {
		if !b.holds(a) {
			b.pauseOrMenus(ctx, a, time.Second)
			continue
		}
		var err error
		if !introduced {
			if err = b.introduce(ctx, a); err == nil {
				introduced = true
			}
		}
		if err == nil {
			err = b.SyncMenus(ctx, a.key())
		}
		switch {
		case err == nil:
			wait = time.Second
			b.pauseOrMenus(ctx, a, menuAgain)
		case ctx.Err() == nil:
			b.Log.Warn("introduce", "channel", a.Channel.Name(), "account", a.Account, "error", err)
			pause(ctx, wait)
			wait = min(2*wait, menuAgain)
		}
	}
}

func (b *Bot) pauseOrMenus(ctx context.Context, a Account, wait time.Duration) {
	var menus chan struct{}
	if n := b.lines.get(a.key()); n != nil {
		menus = n.menus
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-menus:
	case <-timer.C:
	}
}

// wakeMenus lets the menus of editors be compared with who is one.
func (b *Bot) wakeMenus() {
	for _, n := range b.lines.list() {
		select {
		case n.menus <- struct{}{}:
		default:
		}
	}
}

// introduce sets profile and menu in every language of the front, and in its first one for everybody else.
func (b *Bot) introduce(ctx context.Context, a Account) error {
	f, err := b.frontOf(ctx, a)
	if err != nil {
		return err
	}
	for _, lang := range b.spoken(f) {
		say := lang
		if lang == "" {
			say = b.spoken(f)[1]
		}
		if c, ok := a.Channel.(channels.Commander); ok {
			if err := c.SetCommands(ctx, lang, b.Book.Menu(say, f.Register, false)); err != nil {
				return fmt.Errorf("menu: %w", err)
			}
		}
		if p, ok := a.Channel.(channels.Profiler); ok {
			profile := b.Book.Profile(say, f.Register, f.Name)
			profile.Lang = lang
			if err := p.SetProfile(ctx, profile); err != nil {
				return fmt.Errorf("profile: %w", err)
			}
		}
	}
	return nil
}

// spoken are "" and the languages of a front for which there are words, its first one first.
func (b *Bot) spoken(f storage.Front) []string {
	have := b.Book.Languages()
	langs := []string{""}
	for _, l := range f.Languages {
		if slices.Contains(have, l) {
			langs = append(langs, l)
		}
	}
	if len(langs) == 1 {
		langs = append(langs, have...)
	}
	return langs
}

func (b *Bot) frontOf(ctx context.Context, a Account) (f storage.Front, err error) {
	err = b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f, err = tx.Fronts.Front(ctx, a.Front)
		return err
	})
	return f, err
}

// SyncMenus gives every editor of the account's front the menu of editors, and takes it from those who are none any
// more. Who has it is kept, so that it can be taken back after a restart, too.
func (b *Bot) SyncMenus(ctx context.Context, account string) error {
	n := b.lines.get(account)
	if n == nil {
		return nil
	}
	a := n.Account
	c, ok := a.Channel.(channels.PersonalCommander)
	if !ok {
		return nil
	}
	var front storage.Front
	var has []string
	var want, chats map[string]string // by id of the person: the chat's
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		if front, err = tx.Fronts.Front(ctx, a.Front); err != nil {
			return err
		}
		if has, err = menusOf(ctx, tx, a); err != nil {
			return err
		}
		if want, err = chatsOn(ctx, tx, a, front.Editors); err != nil {
			return err
		}
		chats, err = chatsOn(ctx, tx, a, has)
		return err
	})
	now := sortedKeys(want)
	if err != nil || slices.Equal(has, now) {
		return err
	}
	for _, person := range has {
		if want[person] == "" && chats[person] != "" {
			if err := b.setMenu(ctx, c, a, front, chats[person], false); err != nil {
				return err
			}
		}
	}
	for _, person := range now {
		if !slices.Contains(has, person) {
			if err := b.setMenu(ctx, c, a, front, want[person], true); err != nil {
				return err
			}
		}
	}
	return b.Store.Update(ctx, func(ctx context.Context, tx *storage.Tx) error { return saveMenus(ctx, tx, a, now) })
}

// setMenu sets the menu of one chat in every language, or takes it back.
func (b *Bot) setMenu(ctx context.Context, c channels.PersonalCommander, a Account, f storage.Front, chat string, editor bool) error {
	to := channels.Address{Channel: a.Channel.Name(), Account: a.Account, ID: chat}
	for _, lang := range b.spoken(f) {
		say := lang
		if lang == "" {
			say = b.spoken(f)[1]
		}
		var menu []channels.Command
		if editor {
			menu = b.Book.Menu(say, f.Register, true)
		}
		if err := c.SetMenu(ctx, to, lang, menu); err != nil {
			if errors.Is(err, channels.ErrGone) {
				return nil // they have left, and their menu with them
			}
			return fmt.Errorf("menu of an editor: %w", err)
		}
	}
	return nil
}

// chatsOn are the chats in which persons are reached on an account; those who are not are left out.
func chatsOn(ctx context.Context, tx *storage.Tx, a Account, persons []string) (map[string]string, error) {
	all := map[string]string{}
	for _, person := range persons {
		recs, err := tx.Addresses.OfOwner(ctx, person)
		if err != nil {
			return nil, fmt.Errorf("addresses: %w", err)
		}
		for _, r := range recs {
			if r.Address.Channel == a.Channel.Name() && r.Address.Account == a.Account && r.State == storage.AddressOpen {
				all[person] = r.Address.ID
			}
		}
	}
	return all, nil
}

// What is noted about an account stands beside its cursor, under names no account can have.
const (
	menusNote = "#menus" // ids of the persons who have the menu of editors
	seenNote  = "#seen"  // when the network answered last
)

func menusOf(ctx context.Context, tx *storage.Tx, a Account) ([]string, error) {
	text, err := tx.Cursors.Cursor(ctx, a.Channel.Name(), a.Account+menusNote)
	if err != nil || text == "" {
		return nil, err
	}
	return strings.Split(text, " "), nil
}

func saveMenus(ctx context.Context, tx *storage.Tx, a Account, persons []string) error {
	return tx.Cursors.SetCursor(ctx, a.Channel.Name(), a.Account+menusNote, strings.Join(persons, " "))
}

// noteSeen keeps when the network of an account answered last, for a later process to tell a gap.
func noteSeen(ctx context.Context, tx *storage.Tx, a Account) error {
	w, ok := a.Channel.(channels.Watched)
	if !ok || w.LastSeen().IsZero() {
		return nil
	}
	return tx.Cursors.SetCursor(ctx, a.Channel.Name(), a.Account+seenNote, w.LastSeen().UTC().Format(time.RFC3339))
}

// LastSeen is when the network of an account was last known to answer, in any process; zero if that is not known.
func LastSeen(ctx context.Context, s storage.Store, channel, account string) (at time.Time, err error) {
	err = s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		text, err := tx.Cursors.Cursor(ctx, channel, account+seenNote)
		if err != nil || text == "" {
			return err
		}
		at, err = time.Parse(time.RFC3339, text)
		return err
	})
	return at, err
}
