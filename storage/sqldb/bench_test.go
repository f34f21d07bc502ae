package sqldb

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb/pgtest"
)

// callers is how many people write at once.
const callers = 8

// measured runs fn b.N times, callers at once, and reports commits a second and the 99th percentile.
func measured(b *testing.B, fn func(caller, n int) error) float64 {
	b.Helper()
	var next atomic.Int64
	took := make([][]time.Duration, callers)
	var all sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for c := range callers {
		all.Go(func() {
			for {
				n := int(next.Add(1))
				if n > b.N {
					return
				}
				t := time.Now()
				if err := fn(c, n); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(t))
			}
		})
	}
	all.Wait()
	rate := float64(b.N) / time.Since(start).Seconds()
	b.StopTimer()
	flat := slices.Concat(took...)
	slices.Sort(flat)
	b.ReportMetric(rate, "commits/s")
	if len(flat) > 0 {
		b.ReportMetric(float64(flat[len(flat)*99/100].Microseconds())/1000, "p99-ms")
	}
	return rate
}

// bareCommit is one row in one commit, without anything of the store.
func bareCommit(b *testing.B, s *Store) float64 {
	if _, err := s.write.Exec("CREATE TABLE bare (n BIGINT, text TEXT)"); err != nil {
		b.Fatal(err)
	}
	return measured(b, func(_, n int) error {
		tx, err := s.write.Begin()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(s.text("INSERT INTO bare VALUES (?1, ?2)"), n, "something that was said"); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// prepareTurns makes a person for each caller.
func prepareTurns(b *testing.B, s *Store, now time.Time) []storage.Person {
	people := make([]storage.Person, callers)
	for i := range people {
		people[i] = storage.Person{Front: "ac", Name: "Anna", Lang: "de", Created: now, Active: now}
		err := s.Update(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.People.Create(ctx, &people[i]); err != nil {
				return err
			}
			return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: person(i), Person: people[i].ID, Front: "ac", State: storage.AddressOpen, Created: now})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return people
}

func person(i int) channels.Address {
	return channels.Address{Channel: "telegram", Account: "bot", ID: fmt.Sprint(100000 + i)}
}

// turn does what hearing one message does: 11 statements and one commit.
func turn(ctx context.Context, s *Store, p string, who channels.Address, n int, now time.Time) error {
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		fresh, err := tx.Inbox.Accept(ctx, storage.Arrival{Channel: "telegram", Account: "bot", ID: fmt.Sprint(who.ID, ":", n), From: who, Kind: channels.Text,
			Text: "Wir suchen Samstag 14-18 Uhr 5 Leute zum Aufbau in Brand", Raw: []byte(`{"update_id":1,"message":{"text":"Wir suchen"}}`), At: now})
		if err != nil || !fresh {
			return fmt.Errorf("fresh %v: %w", fresh, err)
		}
		if _, err := tx.Addresses.Owner(ctx, who); err != nil {
			return err
		}
		person, err := tx.People.Person(ctx, p)
		if err != nil {
			return err
		}
		state, err := tx.Conversations.Load(ctx, who)
		if err != nil {
			return err
		}
		if _, err := tx.Shown.Latest(ctx, who, 3); err != nil {
			return err
		}
		key, id := fmt.Sprint("reply:", who.ID, ":", n), s.newID()
		choices := []channels.Choice{{Key: "yes", Label: "Ja"}, {Key: "change", Label: "Ändern"}, {Key: "no", Label: "Verwerfen"}}
		if err := tx.Shown.Put(ctx, storage.Shown{ID: id, Address: who, Person: p, Flow: "post", Prompt: "p", Choices: choices, Delivery: key, At: now}); err != nil {
			return err
		}
		err = tx.Outbox.Enqueue(ctx, storage.Delivery{Key: key, Person: p, Front: "ac", To: who, Class: storage.Must, Created: now,
			Reply: channels.Reply{Text: "So habe ich es verstanden: Gesucht: 5 Helfende, Aufbau. Soll ich es so veröffentlichen?", Choices: choices}})
		if err != nil {
			return err
		}
		state.Frames = []conversations.Frame{{Flow: "post", Version: 1, Step: "confirm", Touched: now, Answers: json.RawMessage(`{"title":"Aufbau","places":5,"place":{"name":"Brand"}}`)}}
		if err := tx.Conversations.Save(ctx, who, state); err != nil {
			return err
		}
		if err := tx.Timers.SetTimer(ctx, storage.Timer{Key: "idle:" + who.ID, Kind: "idle", Subject: "conversation", Address: who, Due: now.Add(time.Hour)}); err != nil {
			return err
		}
		person.Active = now
		if err := tx.People.SavePerson(ctx, &person); err != nil {
			return err
		}
		return tx.Cursors.SetCursor(ctx, "telegram", "bot", fmt.Sprint(n))
	})
}

func benchTurns(b *testing.B, s *Store) float64 {
	start := time.Date(2026, 11, 28, 13, 0, 0, 0, time.UTC)
	people := prepareTurns(b, s, start)
	return measured(b, func(c, n int) error {
		return turn(b.Context(), s, people[c].ID, person(c), n, start.Add(time.Duration(n)*time.Millisecond))
	})
}

// benchDialects are the databases with everything durable.
func benchDialects(b *testing.B, run func(*testing.B, *Store)) {
	durable := pgtest.Server{Durable: true}
	defer durable.Stop()
	b.Run("sqlite", func(b *testing.B) { run(b, opened(b, dialects[0].fresh(b))) })
	b.Run("postgres", func(b *testing.B) {
		run(b, opened(b, Config{DSN: durable.Schema(b), Key: KeySource{File: b.TempDir() + "/key"}}))
	})
}

// BenchmarkCommit is the bare commit of a single row by 8 callers: what the machine gives.
func BenchmarkCommit(b *testing.B) {
	benchDialects(b, func(b *testing.B, s *Store) { bareCommit(b, s) })
}

// BenchmarkTurnLike is what hearing one message does, by 8 callers; ratio compares it with bare commits just before.
func BenchmarkTurnLike(b *testing.B) {
	benchDialects(b, func(b *testing.B, s *Store) {
		bare := bareCommit(b, s)
		b.ReportMetric(benchTurns(b, s)/bare, "ratio")
		b.ReportMetric(bare, "bare/s")
	})
}

// BenchmarkStreamPositions reads the rows of an index; EHRENAMT_SOAK=1 makes it a million.
func BenchmarkStreamPositions(b *testing.B) {
	rows := 20_000
	if os.Getenv("EHRENAMT_SOAK") != "" {
		rows = 1_000_000
	}
	s := opened(b, dialects[0].fresh(b))
	fillSubscriptions(b, s, rows)
	b.ResetTimer()
	for b.Loop() {
		n := 0
		err := s.View(b.Context(), func(ctx context.Context, tx *storage.Tx) error {
			for _, err := range tx.Positions.StreamPositions(ctx) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil || n != rows {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(rows), "rows")
}
