package bot_test

import (
	"context"
	"crypto/ed25519"
	"strings"
	"testing"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// keeper is a network that keeps the files it is given.
type keeper struct {
	*network
	files []channels.FileInfo
}

func (n *keeper) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	n.files = append(n.files, r.Files...)
	return n.network.Send(ctx, key, to, r)
}

func TestHoursComeAsAFileThatCanBeChecked(t *testing.T) {
	net := &keeper{network: &network{}}
	w := newWorldOn(t, quickDir(t)+"/ehrenamt.db", 1, bot.Account{Channel: net, Account: "a", Front: "aachen"})
	w.net = net.network
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	w.bot.Records = key
	w.settleIn("Anna")
	err := w.store.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		who, err := tx.Addresses.Owner(ctx, address("Anna"))
		if err != nil {
			return err
		}
		p := matching.Posting{Front: "aachen", Title: "Aufbau", Carrier: "TV Brand", State: matching.Done, Kind: matching.Need, Created: w.now}
		if err := tx.Postings.SavePosting(ctx, &p, w.now); err != nil {
			return err
		}
		for i := range 20 {
			v := storage.Visit{Answer: "a" + string(rune('a'+i)), Posting: p.ID, Person: who.Person, At: w.now.AddDate(0, 0, -i), Minutes: 60, ByPerson: storage.SaidYes, ByPoster: storage.SaidYes}
			if err := tx.Visits.SaveVisit(ctx, &v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Say(t.Context(), "Anna", "meine Stunden"); err != nil {
		t.Fatal(err)
	}
	if len(net.files) != 1 || net.files[0].Name != "stunden.txt" {
		t.Fatalf("%d files", len(net.files))
	}
	text, err := bot.CheckRecord(key.Public().(ed25519.PublicKey), net.files[0].Data)
	if err != nil || strings.Count(text, "Aufbau · TV Brand, 1 Stunde ✓") != 20 || !strings.Contains(text, "20 Stunden") || !strings.Contains(text, "Ausgestellt am Mo 23.11.2026") {
		t.Errorf("%v:\n%s", err, text)
	}
}
