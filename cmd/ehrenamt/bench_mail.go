package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/channels/email"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// mailBench is what the flags of bench mail say.
type mailBench struct {
	smtp, from, domain      string
	count, compare, senders int
	table                   bool
}

func newBenchMailCmd() *cobra.Command {
	var b mailBench
	cmd := &cobra.Command{
		Use:   "mail",
		Short: "Measure how fast alerts are handed to a mail server, each with its state kept; it really sends them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.smtp == "" || b.count < 1 || b.compare < 0 {
				return &exitError{exitUsage, errors.New("--smtp is needed, --count and --compare are counts")}
			}
			report, err := b.run(cmd.Context())
			if err != nil {
				return err
			}
			return show(cmd.OutOrStdout(), report, b.table)
		},
	}
	f := cmd.Flags()
	f.StringVar(&b.smtp, "smtp", "", "server that takes the mails and throws them away: smtp://user:password@host:port?tls=off")
	f.StringVar(&b.from, "from", "bot@ehrenamt.test", "address they come from")
	f.StringVar(&b.domain, "to", "discard.test", "domain they go to")
	f.IntVar(&b.count, "count", 10_000, "how many mails")
	f.IntVar(&b.compare, "compare", 1000, "how many mails to send with a connection for each, too; 0: none")
	f.IntVar(&b.senders, "senders", 8, "connections at once")
	f.BoolVar(&b.table, "table", false, "for people instead of JSON")
	return cmd
}

// mailRound is one measurement.
type mailRound struct {
	Mails     int     `json:"mails"`
	Delivered int     `json:"delivered"` // by the state of each that was kept
	Seconds   float64 `json:"seconds"`
	PerSecond float64 `json:"per_second"`
}

// mailReport compares connections that are used again with one for each mail.
type mailReport struct {
	Reused mailRound `json:"reused"`
	Single mailRound `json:"single"`
	Ratio  float64   `json:"ratio"`
}

func (b *mailBench) run(ctx context.Context) (report mailReport, err error) {
	if report.Reused, err = b.round(ctx, b.count, 0); err != nil {
		return report, err
	}
	if b.compare == 0 {
		return report, nil
	}
	if report.Single, err = b.round(ctx, b.compare, 1); err != nil {
		return report, err
	}
	report.Ratio = report.Reused.PerSecond / report.Single.PerSecond
	return report, nil
}

// sendOnly is a mailbox that nobody writes to.
type sendOnly struct{ *email.Channel }

// Receive implements channels.Channel.
func (sendOnly) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

// round keeps n alerts in a new store and lets the service send them.
func (b *mailBench) round(ctx context.Context, n, reuse int) (r mailRound, err error) {
	dir, err := os.MkdirTemp("", "ehrenamt-bench-")
	if err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	s, err := sqldb.Open(ctx, sqldb.Config{DSN: filepath.Join(dir, "mail.db"), Key: sqldb.KeySource{Value: strings.Repeat("0f", 32)}})
	if err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	defer s.Close()
	if err := b.fill(ctx, s, n); err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	ch, err := b.channel(reuse)
	if err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	defer ch.Close()
	rooms, err := openRooms()
	if err != nil {
		return r, err
	}
	service, err := bot.New(bot.Config{
		Store: s, Book: rooms.book, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler), Holder: "bench",
		Accounts: []bot.Account{{Channel: sendOnly{ch}, Account: benchAccount, Front: benchFront, AskAll: true}},
	})
	if err != nil {
		return r, fmt.Errorf("bench: %w", err)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	began := time.Now()
	over := make(chan error, 1)
	go func() { over <- service.Run(running) }()
	r.Mails = n
	r.Delivered, err = emptied(ctx, s)
	r.Seconds = time.Since(began).Seconds()
	r.PerSecond = float64(r.Delivered) / r.Seconds
	stop()
	return r, errors.Join(err, <-over)
}

const (
	benchAccount = "bench"
	benchFront   = "bench"
)

func (b *mailBench) channel(reuse int) (*email.Channel, error) {
	u, err := url.Parse(b.smtp)
	if err != nil {
		return nil, fmt.Errorf("--smtp: %w", err)
	}
	password, _ := u.User.Password()
	server, err := mailServerOf(mailServer{URL: b.smtp, User: u.User.Username(), Password: secret(password)}, "465", "587")
	if err != nil {
		return nil, err
	}
	return email.New(email.Config{
		Account: benchAccount, Address: b.from, Name: "Ehrenamt", SMTP: server, Senders: b.senders, Reuse: reuse,
		Secret: []byte("nothing that is kept"), Pages: "https://ehrenamt.test", Now: time.Now,
	})
}

// fill puts people, an open need, and an alert for each of them into the store.
func (b *mailBench) fill(ctx context.Context, s storage.Store, n int) error {
	now := time.Now()
	p := matching.Posting{
		ID: "bench-posting", Code: "BENCHBENCH", Front: benchFront, Kind: matching.Need, State: matching.Open, Title: "Aufbau", Places: 5, Created: now, Published: now,
		Dates: []matching.Span{{Start: now.Add(48 * time.Hour), End: now.Add(52 * time.Hour)}},
	}
	err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		f := storage.Front{ID: benchFront, Name: "Bench", Zone: "Europe/Berlin", Languages: []string{"de"}}
		if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
			return err
		}
		author := storage.Person{Front: benchFront, Created: now, Active: now}
		if err := tx.People.Create(ctx, &author); err != nil {
			return err
		}
		p.Author = author.ID
		return tx.Postings.SavePosting(ctx, &p, now)
	})
	for from := 0; from < n && err == nil; from += fillBatch {
		err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			for i := from; i < min(n, from+fillBatch); i++ {
				if err := b.alert(ctx, tx, &p, i, now); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// fillBatch is how many alerts are put into the store at once.
const fillBatch = 500

func (b *mailBench) alert(ctx context.Context, tx *storage.Tx, p *matching.Posting, i int, now time.Time) error {
	person := storage.Person{Front: benchFront, Created: now, Active: now}
	if err := tx.People.Create(ctx, &person); err != nil {
		return err
	}
	to := channels.Address{Channel: "email", Account: benchAccount, ID: fmt.Sprintf("p%d@%s", i, b.domain)}
	rec := storage.AddressRecord{Address: to, Person: person.ID, Front: benchFront, State: storage.AddressOpen, Last: now, Created: now}
	if err := tx.Addresses.SaveAddress(ctx, rec); err != nil {
		return err
	}
	key := "alert:" + person.ID + ":" + p.ID
	a := storage.Alert{Person: person.ID, Posting: p.ID, Front: benchFront, Wave: 1, State: storage.AlertQueued, Delivery: key, At: now}
	if _, err := tx.Alerts.Raise(ctx, &a); err != nil {
		return err
	}
	reply := channels.Reply{
		Subject: "Sa 28.11. 14 Uhr, Brand: Aufbau", Title: "Aufbau", Lang: "de", Thread: "posting:" + p.ID, Stop: "https://ehrenamt.test/u/0123456789AB",
		Text: strings.Repeat("5 Helfende · Aufbau\nSamstag, 28. November, 14–18 Uhr · Aachen-Brand\n", 3),
	}
	for c := range 4 {
		reply.Choices = append(reply.Choices, channels.Choice{Key: fmt.Sprintf("%016d.%d", i, c), Label: "Ich komme"})
	}
	return tx.Outbox.Enqueue(ctx, storage.Delivery{
		Key: key, Person: person.ID, Front: benchFront, To: to, Reply: reply, Class: storage.Nice, Priority: storage.FirstWave,
		Subject: "posting:" + p.ID, Due: now, Created: now,
	})
}

// emptied waits until nothing is left to be sent, and counts what was.
func emptied(ctx context.Context, s storage.Store) (delivered int, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		left := 0
		err := s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
			counts, err := tx.Sent.Count(ctx)
			left, delivered = counts[storage.Queued]+counts[storage.Sending], counts[storage.Delivered]
			return err
		})
		if err != nil || left == 0 {
			return delivered, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return delivered, ctx.Err()
		}
	}
}
