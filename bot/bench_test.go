package bot_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"ehrenamt/channels"
)

// people is how many write at once in the benchmarks.
const people = 8

// BenchmarkTurns measures Hear alone: eight people at once go through joining, again and again, on SQLite with
// synchronous=FULL. In the same run it measures bare single-row commits on a second file, and reports the
// ratio, which is to be at least 0.35, and the 99th percentile of a turn.
func BenchmarkTurns(b *testing.B) {
	w := newWorldAt(b, filepath.Join(b.TempDir(), "turns.db"), false, 1)
	w.bot.Log = slog.New(slog.DiscardHandler)
	script := []string{"/start", "1", "52064", "alles"}
	var id atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	say := func(who int64, n int) {
		m := channels.Message{
			ID: fmt.Sprint(id.Add(1)), Kind: channels.Text, Trust: channels.Authenticated, Name: "Anna",
			From: channels.Address{Channel: "test", Account: "a", ID: fmt.Sprint(who)}, Text: script[n%len(script)], Sent: monday,
		}
		began := time.Now()
		if err := w.bot.Hear(context.Background(), m); err != nil {
			b.Error(err)
		}
		took := time.Since(began)
		mu.Lock()
		all = append(all, took)
		mu.Unlock()
	}
	bare := bareCommits(b)
	runtime.GC()
	b.ResetTimer()
	began := time.Now()
	var wg sync.WaitGroup
	var next atomic.Int64
	for range people {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				// Four messages of one person in a row, then somebody new.
				person := id.Load() + 1e9
				for i := range script {
					if i > 0 && next.Add(1) > int64(b.N) {
						return
					}
					say(person, i)
				}
			}
		})
	}
	wg.Wait()
	rate := float64(len(all)) / time.Since(began).Seconds()
	b.StopTimer()
	slices.Sort(all)
	b.ReportMetric(rate, "turns/s")
	b.ReportMetric(bare, "commits/s")
	b.ReportMetric(rate/bare, "ratio")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// bareCommits is how many transactions of one row a second eight callers commit on one connection, without
// anything of ours in between.
func bareCommits(b *testing.B) float64 {
	dsn := "file:" + filepath.Join(b.TempDir(), "bare.db") + "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate"
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"); err != nil {
		b.Fatal(err)
	}
	const each = 1000
	began := time.Now()
	var wg sync.WaitGroup
	for range people {
		wg.Go(func() {
			for range each {
				tx, err := db.Begin()
				if err == nil {
					_, err = tx.Exec("INSERT INTO t (v) VALUES (?1)", "one row")
				}
				if err == nil {
					err = tx.Commit()
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return people * each / time.Since(began).Seconds()
}
