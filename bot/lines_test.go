package bot_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/storage"
)

// lasting is a network that counts how often it is received on, and tells when it is let go.
type lasting struct {
	network
	mu             sync.Mutex
	begun, letGone int
}

func (n *lasting) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	n.mu.Lock()
	n.begun++
	n.mu.Unlock()
	err := n.network.Receive(ctx, cursor, hear)
	n.mu.Lock()
	n.letGone++
	n.mu.Unlock()
	return err
}

func (n *lasting) counts() [2]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return [2]int{n.begun, n.letGone}
}

// TestAccountsComeAndGoWhileItRuns lets the roster change under a running bot.
func TestAccountsComeAndGoWhileItRuns(t *testing.T) {
	w := newWorldOn(t, filepath.Join(quickDir(t), "ehrenamt.db"), 1, bot.Account{Channel: &network{}, Account: "a", Front: "aachen"})
	book, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return tx.Fronts.SaveFront(ctx, &storage.Front{ID: "dueren", Name: "Düren", Zone: "Europe/Berlin", Languages: []string{"de"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		first, second := &lasting{}, &lasting{}
		var mu sync.Mutex
		var roster []bot.Account
		var failing error
		name := func(err error, as ...bot.Account) {
			mu.Lock()
			defer mu.Unlock()
			roster, failing = as, err
		}
		b, err := bot.New(bot.Config{
			Store: w.store, Book: book, Now: time.Now, Rand: rand.NewChaCha8([32]byte{9}), Log: slog.New(slog.DiscardHandler),
			Accounts: []bot.Account{{Channel: &lasting{}, Account: "a", Front: "aachen"}},
			Roster: func(context.Context) ([]bot.Account, error) {
				mu.Lock()
				defer mu.Unlock()
				return roster, failing
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		expect := func(what string, n *lasting, want [2]int) {
			t.Helper()
			time.Sleep(31 * time.Second)
			if got := n.counts(); got != want {
				t.Errorf("%s: begun and let go %v, want %v", what, got, want)
			}
		}
		name(nil, bot.Account{Channel: first, Account: "b", Front: "dueren"})
		expect("an account that came", first, [2]int{1, 0})
		expect("and stayed", first, [2]int{1, 0})
		name(errors.New("database away"))
		expect("while the roster cannot be had", first, [2]int{1, 0})
		name(nil, bot.Account{Channel: second, Account: "b", Front: "dueren"})
		expect("with another token", first, [2]int{1, 1})
		expect("its successor", second, [2]int{1, 0})
		name(nil)
		expect("an account that went", second, [2]int{1, 1})
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
