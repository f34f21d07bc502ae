package main

import (
	"bufio"
	"context"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	gotoml "github.com/pelletier/go-toml/v2"

	"ehrenamt/bot"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

//go:embed demo.toml demo_story.txt
var demoFiles embed.FS

const demoAccount = "demo"

// demoWorld is what demo.toml says.
type demoWorld struct {
	Intro string
	Front struct{ ID, Name, Place string }

	Editors       []struct{ Name string }
	Organisations []struct {
		Name    string
		Actor   matching.Actor
		Members []string
	}
	People []struct {
		Name, Place    string
		Radius         float64
		Categories     []matching.Category
		Qualifications []matching.Qualification
	}
	Postings []struct {
		Organisation, Person, Title, Place string
		Kind                               matching.Kind
		Category                           matching.Category
		Day, From, To, Places              int
	}
}

func newDemoCmd() *cobra.Command {
	var play bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try it out: several people of a made-up Aachen at this terminal",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), play, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&play, "play", false, "play a whole story without input, and end")
	return cmd
}

func demo(ctx context.Context, play bool, in io.Reader, out, stderr io.Writer) error {
	dir, err := os.MkdirTemp("", "ehrenamt-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r, err := openRooms()
	if err != nil {
		return err
	}
	s, err := openStore(ctx, config{Database: location(filepath.Join(dir, "demo.db"))})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	w, err := readDemo()
	if err != nil {
		return err
	}
	if err := w.settle(ctx, s, r, time.Now()); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := w.introduce(out); err != nil {
		return err
	}
	var story *io.PipeWriter
	if play {
		in, story = io.Pipe()
	}
	terminal := terminalOf(in, out, demoAccount)
	account := bot.Account{Channel: terminal, Account: demoAccount, Front: w.Front.ID}
	b, err := newBot(s, r, []bot.Account{account}, nil, "demo", "", newLogger(logConfig{Level: "error"}, stderr))
	if err != nil {
		return err
	}
	if play {
		terminal.handled = make(chan struct{})
		go playStory(ctx, b, terminal, story)
	}
	return untilInputEnds(ctx, b, terminal)
}

func readDemo() (w demoWorld, err error) {
	data, err := demoFiles.ReadFile("demo.toml")
	if err != nil {
		return w, fmt.Errorf("demo: %w", err)
	}
	if err := gotoml.Unmarshal(data, &w); err != nil {
		return w, fmt.Errorf("demo.toml: %w", err)
	}
	return w, nil
}

func (w *demoWorld) introduce(out io.Writer) error {
	var names []string
	for _, o := range w.Organisations {
		names = append(names, o.Members...)
	}
	for _, p := range w.People {
		names = append(names, strings.ToLower(p.Name))
	}
	t, err := template.New("intro").Parse(w.Intro)
	if err != nil {
		return fmt.Errorf("demo.toml: %w", err)
	}
	return t.Execute(out, map[string]string{"Names": "@" + strings.Join(names, " @")})
}

// playStory says the lines of the story, each after everything that followed from the one before is said.
func playStory(ctx context.Context, b *bot.Bot, w *watched, to *io.PipeWriter) {
	defer func() { _ = to.Close() }()
	f, err := demoFiles.Open("demo_story.txt")
	if err != nil {
		return
	}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		line := strings.TrimSpace(sc.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := fmt.Fprintln(to, line); err != nil {
			return
		}
		select {
		case <-w.handled:
		case <-ctx.Done():
			return
		}
		if untilSettled(ctx, b) != nil {
			return
		}
	}
}

// settle puts the world into an empty store. Its people sleep at three in the morning only, so that a
// demonstration works at any hour.
func (w *demoWorld) settle(ctx context.Context, s storage.Store, r rooms, now time.Time) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{
			ID: w.Front.ID, Name: w.Front.Name, Zone: "Europe/Berlin", Languages: r.words.Languages(),
			Place: frontPlace(r.gazetteer, w.Front.Place), Accounts: []string{"console:" + demoAccount},
		}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		for _, e := range w.Editors {
			id, err := w.person(ctx, tx, f, e.Name, strings.ToLower(e.Name), now)
			if err != nil {
				return err
			}
			f.Editors = append(f.Editors, id)
		}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		people := map[string]string{}
		orgs := map[string]storage.Organisation{}
		for _, o := range w.Organisations {
			org := storage.Organisation{Front: f.ID, Name: o.Name, Actor: o.Actor, Verified: true, Created: now}
			if err := tx.Organisations.SaveOrganisation(ctx, &org); err != nil {
				return err
			}
			orgs[o.Name] = org
			for _, m := range o.Members {
				id, err := w.person(ctx, tx, f, "", m, now)
				if err != nil {
					return err
				}
				people[m] = id
				if err := tx.Members.Join(ctx, storage.Member{Organisation: org.ID, Person: id, Role: storage.Owner, Since: now}); err != nil {
					return err
				}
			}
		}
		if err := w.subscribers(ctx, tx, f, r, now); err != nil {
			return err
		}
		return w.postings(ctx, tx, f, r, orgs, people, now)
	})
}

func (w *demoWorld) person(ctx context.Context, tx *storage.Tx, f storage.Front, name, handle string, now time.Time) (string, error) {
	p := storage.Person{Front: f.ID, Name: name, QuietFrom: 3 * 60, QuietTo: 3*60 + 1, Created: now, Active: now}
	if err := tx.People.Create(ctx, &p); err != nil {
		return "", err
	}
	addr := storage.AddressRecord{Person: p.ID, Front: f.ID, State: storage.AddressOpen, Last: now, Created: now}
	addr.Address.Channel, addr.Address.Account, addr.Address.ID = "console", demoAccount, handle
	return p.ID, tx.Addresses.SaveAddress(ctx, addr)
}

func (w *demoWorld) subscribers(ctx context.Context, tx *storage.Tx, f storage.Front, r rooms, now time.Time) error {
	for _, x := range w.People {
		id, err := w.person(ctx, tx, f, x.Name, strings.ToLower(x.Name), now)
		if err != nil {
			return err
		}
		place := frontPlace(r.gazetteer, x.Place)
		place.Point = matching.Snap(place.Point)
		sub := matching.Subscription{
			Person: id, Front: f.ID, Place: place, Radius: x.Radius, Categories: x.Categories,
			Kinds: []matching.Kind{matching.Need}, Qualifications: x.Qualifications, Cadence: matching.AtOnce,
		}
		if err := tx.Subscriptions.SaveSubscription(ctx, &sub, now); err != nil {
			return err
		}
	}
	return nil
}

func (w *demoWorld) postings(ctx context.Context, tx *storage.Tx, f storage.Front, r rooms, orgs map[string]storage.Organisation, people map[string]string, now time.Time) error {
	berlin, err := time.LoadLocation(f.Zone)
	if err != nil {
		return err
	}
	at := func(day, hour int) time.Time {
		t := now.In(berlin)
		return time.Date(t.Year(), t.Month(), t.Day()+day, hour, 0, 0, 0, berlin)
	}
	for _, x := range w.Postings {
		o := orgs[x.Organisation]
		p := matching.Posting{
			Front: f.ID, Author: people[x.Person], Organisation: o.ID, Carrier: o.Name, Actor: o.Actor, Kind: x.Kind,
			State: matching.Open, Title: x.Title, Category: x.Category, Place: frontPlace(r.gazetteer, x.Place),
			Dates: []matching.Span{{Start: at(x.Day, x.From), End: at(x.Day, x.To)}}, Places: x.Places, AutoAccept: true,
			Created: now, Published: now,
		}
		if err := tx.Postings.SavePosting(ctx, &p, now); err != nil {
			return err
		}
	}
	return nil
}
