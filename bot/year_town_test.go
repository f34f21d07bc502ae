package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// yearNet is a network that is sometimes away.
type yearNet struct {
	name string
	down bool
	n    int
	town *year
}

type sentMessage struct {
	who    string
	at     channels.Address
	ref    string
	r      channels.Reply
	edited bool
}

func (n *yearNet) Name() string { return n.name }

func (n *yearNet) Receive(ctx context.Context, _ string, _ func(context.Context, channels.Message) error) error {
	<-ctx.Done()
	return nil
}

var errAway = errors.New("away")

func (n *yearNet) Send(_ context.Context, _ string, to channels.Address, r channels.Reply) (string, error) {
	if n.down {
		return "", errAway
	}
	n.n++
	ref := n.name + strconv.Itoa(n.n)
	n.town.sent = append(n.town.sent, sentMessage{who: whose(to), at: to, ref: ref, r: r})
	return ref, nil
}

// yearChat is a network on which what was sent can be changed.
type yearChat struct{ *yearNet }

func (n yearChat) Edit(_ context.Context, to channels.Address, ref string, r channels.Reply) error {
	if n.down {
		return errAway
	}
	n.town.sent = append(n.town.sent, sentMessage{who: whose(to), at: to, ref: ref, r: r, edited: true})
	return nil
}

// postbox is where everybody's mail lies.
const postbox = "@post.example"

func whose(a channels.Address) string { return strings.TrimSuffix(a.ID, postbox) }

// yearAccounts are our bots and our mailbox.
var yearAccounts = []channels.Address{{Channel: "test", Account: "a"}, {Channel: "test", Account: "b"}, {Channel: "email", Account: "m"}}

func (y *year) netOf(channel string) *yearNet {
	if channel == "email" {
		return y.mail
	}
	return y.chat
}

// newYear settles people in and around two towns, each with something they would like to do.
func newYear(t *testing.T, seed uint64, people int) *year {
	t.Helper()
	y := &year{t: t, r: rand.New(rand.NewPCG(seed, 11)), seed: seed, now: monday, rules: newRules()}
	y.chat, y.mail = &yearNet{name: "test", town: y}, &yearNet{name: "email", town: y}
	ids := 0
	var err error
	y.store, err = sqldb.Open(t.Context(), sqldb.Config{
		DSN: filepath.Join(quickDir(t), "year.db"), Key: sqldb.KeySource{Value: strings.Repeat("ab", 32)}, Rand: rand.NewChaCha8([32]byte{2, byte(seed)}),
		NewID: func() string { ids++; return fmt.Sprintf("y%07d", ids) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.store.Close() })
	y.start()
	y.must(y.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		for i, name := range []string{"Aachen", "Stolberg"} {
			f := storage.Front{ID: strings.ToLower(name), Name: name, Zone: "Europe/Berlin", Languages: []string{"de"}, Place: aachen(t)}
			f.Place.Name = name
			f.Place.Point.Lon += 0.15 * float64(i)
			f.Neighbours = []string{[]string{"stolberg", "aachen"}[i]}
			if err := tx.Fronts.SaveFront(ctx, &f); err != nil {
				return err
			}
			y.fronts = append(y.fronts, f)
		}
		for i := range people {
			if err := y.settleOne(ctx, tx, i); err != nil {
				return err
			}
		}
		y.editor = fmt.Sprint("p", people-1)
		y.fronts[0].Editors = []string{y.ids[y.editor]}
		return tx.Fronts.SaveFront(ctx, &y.fronts[0])
	}))
	return y
}

// settleOne lets somebody move in: two of ten write mails, two more do both, every fifth lives in the second town.
func (y *year) settleOne(ctx context.Context, tx *storage.Tx, i int) error {
	who := fmt.Sprintf("p%d", i)
	f := y.fronts[0]
	chat := channels.Address{Channel: "test", Account: "a", ID: who}
	if i%5 == 4 {
		f, chat.Account = y.fronts[1], "b"
	}
	letters := channels.Address{Channel: "email", Account: "m", ID: who + postbox}
	p := storage.Person{Front: f.ID, Name: strings.ToUpper(who), Lang: "de", Created: y.now, Active: y.now, Place: f.Place}
	p.Place.Point.Lat += y.r.NormFloat64() * 0.03
	p.Place.Point.Lon += y.r.NormFloat64() * 0.05
	if err := tx.People.Create(ctx, &p); err != nil {
		return err
	}
	y.ids[who], y.names[p.ID] = p.ID, who
	switch i % 10 {
	case 2, 3:
		y.at[who] = []channels.Address{letters}
	case 5, 6:
		y.at[who] = []channels.Address{chat, letters}
	default:
		y.at[who] = []channels.Address{chat}
	}
	for n, a := range y.at[who] {
		r := storage.AddressRecord{Address: a, Person: p.ID, Front: f.ID, State: storage.AddressOpen, Last: y.now.Add(-time.Duration(n) * time.Hour), Created: y.now, Agreed: y.now}
		if err := tx.Addresses.SaveAddress(ctx, r); err != nil {
			return err
		}
	}
	s := matching.Subscription{Person: p.ID, Front: f.ID, Place: p.Place, Cadence: matching.AtOnce, Radius: 2 * math.Exp(y.r.Float64()*math.Log(15))}
	s.Place.Point = matching.Snap(s.Place.Point)
	for range 2 + y.r.IntN(5) {
		s.Categories = append(s.Categories, matching.Categories[y.r.IntN(len(matching.Categories))])
	}
	return tx.Subscriptions.SaveSubscription(ctx, &s, y.now)
}

// start begins a new process on what is stored.
func (y *year) start() {
	book, err := parts()
	y.must(err)
	y.n++
	y.bot, err = bot.New(bot.Config{
		Store: y.store, Book: book, Now: func() time.Time { return y.now }, Rand: rand.NewChaCha8([32]byte{1, byte(y.seed), byte(y.n), byte(y.n >> 8)}),
		Log: slog.New(slog.NewTextHandler(y.t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Accounts: []bot.Account{
			{Channel: yearChat{y.chat}, Account: "a", Front: "aachen"}, {Channel: yearChat{y.chat}, Account: "b", Front: "stolberg"},
			{Channel: y.mail, Account: "m", Front: "aachen", AskAll: true},
		},
		Workers: 1,
	})
	y.must(err)
}

// address is one of somebody's.
func (y *year) address(who string) channels.Address {
	return y.at[who][y.r.IntN(len(y.at[who]))]
}
