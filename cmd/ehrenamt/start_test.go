package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// startRig is the binary, without its symbols as it is shipped, on one database.
type startRig struct {
	tb       testing.TB
	bin, dsn string
	addr     string
	fake     *telegramtest.Server
}

func newStartRig(tb testing.TB) *startRig {
	tb.Helper()
	dir := tb.TempDir()
	r := &startRig{tb: tb, bin: filepath.Join(dir, "ehrenamt"), dsn: filepath.Join(dir, "start.db"), fake: telegramtest.Start(tb, telegramtest.Options{})}
	build := exec.CommandContext(tb.Context(), "go", "build", "-ldflags", "-s -w", "-o", r.bin, ".")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r.addr = l.Addr().String()
	_ = l.Close()
	r.fake.Bot(killToken, "start_bot")
	return r
}

// megabytes is the size of the binary.
func (r *startRig) megabytes() float64 {
	r.tb.Helper()
	info, err := os.Stat(r.bin)
	if err != nil {
		r.tb.Fatal(err)
	}
	return float64(info.Size()) / 1e6
}

// run starts the service, waits until it is ready, lets it idle, and stops it. It returns how long it took to be ready
// and the memory it then occupies in megabytes, 0 where the system does not tell.
func (r *startRig) run(idle time.Duration) (ready time.Duration, memory float64) {
	r.tb.Helper()
	cmd := exec.Command(r.bin, "serve")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.tb.TempDir(), "EHRENAMT_DATABASE=" + r.dsn, "EHRENAMT_KEY=" + killKey, "EHRENAMT_LISTEN=" + r.addr,
		"EHRENAMT_TELEGRAM_TOKEN=" + killToken, "EHRENAMT_TELEGRAM_ENDPOINT=" + strings.TrimSuffix(r.fake.Endpoint(), "/bot%s/%s"),
		"EHRENAMT_FRONTS__DEFAULT__NAME=Aachen", "EHRENAMT_FRONTS__DEFAULT__PLACE=Aachen",
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		r.tb.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			r.tb.Errorf("stopped with %v", err)
		}
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for time.Since(began) < time.Minute {
		resp, err := http.Get("http://" + r.addr + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				ready = time.Since(began)
				<-time.After(idle)
				return ready, resident(cmd.Process.Pid)
			}
		}
		<-tick.C
	}
	r.tb.Fatal("not ready within a minute")
	return 0, 0
}

// resident is the memory of a process in megabytes.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(fields[0], 64)
	return kb * 1024 / 1e6
}

// fill brings n persons with an address and a subscription each into the database.
func (r *startRig) fill(n int) {
	r.tb.Helper()
	ctx := r.tb.Context()
	s, err := sqldb.Open(ctx, sqldb.Config{DSN: r.dsn, Key: sqldb.KeySource{Value: killKey}})
	if err != nil {
		r.tb.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	now := time.Now()
	const batch = 5000
	for from := 0; from < n; from += batch {
		err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				place := matching.Place{Name: "Aachen", Point: matching.Snap(matching.Point{Lat: 50.7 + float64(i%1000)/5000, Lon: 6 + float64(i/1000)/500})}
				p := storage.Person{Front: defaultFront, Name: "Anna", Lang: "de", Place: place, Created: now, Active: now}
				if err := tx.People.Create(ctx, &p); err != nil {
					return err
				}
				a := channels.Address{Channel: "telegram", Account: mainAccount, ID: strconv.Itoa(1000 + i)}
				if err := tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: a, Person: p.ID, Front: defaultFront, State: storage.AddressOpen, Last: now, Created: now}); err != nil {
					return err
				}
				sub := matching.Subscription{Person: p.ID, Front: defaultFront, Place: place, Radius: 10, Cadence: matching.AtOnce}
				if err := tx.Subscriptions.SaveSubscription(ctx, &sub, now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			r.tb.Fatal(err)
		}
	}
}

// TestTheServiceIsSmallAndSoonReady keeps the figures of a start within what a small computer has, with room for a busy
// one; BenchmarkStart prints them.
func TestTheServiceIsSmallAndSoonReady(t *testing.T) {
	r := newStartRig(t)
	ready, memory := r.run(0)
	t.Logf("ready after %v, %.1f MB in memory, binary %.1f MB", ready.Round(time.Millisecond), memory, r.megabytes())
	if ready > 10*time.Second || memory > 120 || r.megabytes() > 60 {
		t.Error("too slow or too large")
	}
}

// BenchmarkStart measures the binary as it is shipped, with a fresh database and with one of 100,000 persons.
func BenchmarkStart(b *testing.B) {
	for _, persons := range []int{0, 100_000} {
		b.Run("persons="+strconv.Itoa(persons), func(b *testing.B) {
			r := newStartRig(b)
			if persons > 0 {
				r.run(0) // creates the front
				r.fill(persons)
			}
			var slowest time.Duration
			var memory float64
			b.ResetTimer()
			for range b.N {
				if persons == 0 {
					for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
						_ = os.Remove(r.dsn + suffix)
					}
				}
				ready, m := r.run(3 * time.Second)
				slowest, memory = max(slowest, ready), max(memory, m)
			}
			b.ReportMetric(slowest.Seconds(), "ready-s")
			b.ReportMetric(memory, "idle-MB")
			b.ReportMetric(r.megabytes(), "binary-MB")
		})
	}
}
