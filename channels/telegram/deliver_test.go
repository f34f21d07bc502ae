package telegram

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ehrenamt/channels"
	"ehrenamt/channels/telegram/telegramtest"
)

// delivery is a row of an outbox in memory.
type delivery struct {
	key    string
	to     channels.Address
	text   string
	rank   int // 0 replies, 1 first waves, 2 digests
	must   bool
	seq    int
	due    time.Time
	resent int
}

// rows are the waiting deliveries, the most urgent first.
type rows []*delivery

func (r rows) Len() int { return len(r) }
func (r rows) Less(i, j int) bool {
	if r[i].rank != r[j].rank {
		return r[i].rank < r[j].rank
	}
	return r[i].seq < r[j].seq
}
func (r rows) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *rows) Push(x any)   { *r = append(*r, x.(*delivery)) }
func (r *rows) Pop() any {
	old := *r
	x := old[len(old)-1]
	*r = old[:len(old)-1]
	return x
}

// outbox delivers as the service is meant to: it asks the channel how many may go before it claims any, takes urgent
// ones first, and puts back what has to wait.
type outbox struct {
	bot *Bot
	now func() time.Time

	mu      sync.Mutex
	ready   rows
	later   []*delivery
	flying  int
	seq     int
	wake    chan struct{}
	done    int
	unsure  int
	repeats int
	dead    []error
}

func newOutbox(b *Bot) *outbox {
	return &outbox{bot: b, now: b.o.Now, wake: make(chan struct{}, 1)}
}

func (o *outbox) add(d *delivery) {
	o.mu.Lock()
	o.seq++
	d.seq = o.seq
	heap.Push(&o.ready, d)
	o.mu.Unlock()
	o.signal()
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.ready) + len(o.later) + o.flying
}

// claim sends what may be sent now and returns when to look again.
func (o *outbox) claim(ctx context.Context, all *sync.WaitGroup) time.Time {
	now := o.now()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.later = slices.DeleteFunc(o.later, func(d *delivery) bool {
		if d.due.After(now) {
			return false
		}
		heap.Push(&o.ready, d)
		return true
	})
	next := now.Add(time.Hour)
	for len(o.ready) > 0 {
		d := o.ready[0]
		n, again := o.bot.Slots(now, d.rank == 0)
		if n == 0 {
			next = again
			break
		}
		heap.Pop(&o.ready)
		if wait := o.bot.Reserve(now, d.key, d.to, d.rank == 0); wait > 0 {
			d.due = now.Add(wait)
			o.later = append(o.later, d)
			continue
		}
		o.flying++
		all.Go(func() { o.send(ctx, d) })
	}
	for _, d := range o.later {
		if d.due.Before(next) {
			next = d.due
		}
	}
	return next
}

func (o *outbox) send(ctx context.Context, d *delivery) {
	_, err := o.bot.Send(ctx, d.key, d.to, channels.Reply{Text: d.text})
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.signal()
	o.flying--
	var wait *channels.RetryAfter
	switch {
	case err == nil:
		o.done++
	case errors.Is(err, channels.ErrUncertain) && !d.must:
		o.unsure++
	case errors.Is(err, channels.ErrUncertain):
		o.repeats++
		d.due = o.now().Add(time.Second)
		o.later = append(o.later, d)
	case errors.Is(err, channels.ErrUndeliverable):
		o.dead = append(o.dead, err)
	case errors.As(err, &wait):
		d.due = o.now().Add(wait.Wait)
		o.later = append(o.later, d)
	default:
		d.due = o.now().Add(time.Second << min(d.resent, 5))
		d.resent++
		o.later = append(o.later, d)
	}
}

// run delivers until ctx ends.
func (o *outbox) run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		next := o.claim(ctx, &all)
		t := time.NewTimer(next.Sub(o.now()))
		select {
		case <-t.C:
		case <-o.wake:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// finish delivers until nothing is left.
func (o *outbox) finish(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.run(ctx)
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for o.left() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	stop()
	<-done
}

func chatAddress(account string, id int64) channels.Address {
	return channels.Address{Channel: Name, Account: account, ID: strconv.FormatInt(id, 10)}
}

// calm is a server without a network and a bot on it, for fake time.
func calm(t *testing.T, o telegramtest.Options, token string) (*telegramtest.Bot, *Bot) {
	t.Helper()
	o.Grace = -1
	s := telegramtest.New(o)
	fake := s.Bot(token, "ehrenamt_bot")
	return fake, New(Options{
		Account: "aachen", Token: token, Endpoint: "http://telegram.test/bot%s/%s", Now: time.Now, Log: quiet(),
		Dial: s.Transport(), Hold: 5 * time.Second,
	})
}

func TestStormOf429LosesNothingAndRepeatsNothingEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 10_000
		fake, bot := calm(t, telegramtest.Options{Seed: 7, Faults: telegramtest.Faults{TooMany: 0.3}}, token)
		fakeB, botB := calm(t, telegramtest.Options{}, "777:other")
		box, boxB := newOutbox(bot), newOutbox(botB)
		for i := range int64(n) {
			fake.User(i + 1).Meet()
			box.add(&delivery{key: fmt.Sprint("a", i), to: chatAddress("aachen", i+1), text: fmt.Sprintf("Anfrage %d.", i), rank: 1})
		}
		for i := range int64(300) {
			fakeB.User(i + 1).Meet()
			boxB.add(&delivery{key: fmt.Sprint("b", i), to: chatAddress("aachen", i+1), text: "x", rank: 1})
		}
		began := time.Now()
		var both sync.WaitGroup
		both.Go(func() { box.finish(t.Context()) })
		var tookB time.Duration
		both.Go(func() { boxB.finish(t.Context()); tookB = time.Since(began) })
		both.Wait()
		count := map[string]int{}
		for _, s := range fake.Sent() {
			count[s.Text]++
		}
		t.Logf("10,000 sends in %v of fake time, %d refused with 429, %d arrived, %d early; the other bot took %v for 300",
			time.Since(began).Round(time.Second), fake.Refused(), len(count), len(fake.Violations()), tookB.Round(time.Millisecond))
		if len(count) != n || fake.SentCount() != n || len(box.dead) > 0 {
			t.Errorf("%d different of %d messages arrived, %d in all, %d given up", len(count), n, fake.SentCount(), len(box.dead))
		}
		if fake.Refused() < 3000 {
			t.Errorf("only %d refusals: this was no storm", fake.Refused())
		}
		if v := append(fake.Violations(), fakeB.Violations()...); len(v) > 0 {
			t.Errorf("%d violations, the first: %s", len(v), v[0])
		}
		if tookB > 11*time.Second {
			t.Errorf("the other bot took %v for 300 messages", tookB)
		}
	})
}

func TestConnectionsLostAfterTheEffectRepeatNoAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2000
		fake, bot := calm(t, telegramtest.Options{Seed: 3, Faults: telegramtest.Faults{Reset: 0.1, Drop: 0.05, BadGateway: 0.05, Forbidden: 0.02}}, token)
		box := newOutbox(bot)
		for i := range int64(n) {
			fake.User(i + 1).Meet()
			box.add(&delivery{key: fmt.Sprint(i), to: chatAddress("aachen", i+1), text: fmt.Sprintf("%d.", i), rank: int(i % 2), must: i%2 == 0})
		}
		box.finish(t.Context())
		count, lost := map[string]int{}, 0
		for _, s := range fake.Sent() {
			count[s.Text]++
			if s.Lost {
				lost++
			}
		}
		extra, missing, unsure := 0, 0, 0
		for i := range n {
			switch c := count[fmt.Sprintf("%d.", i)]; {
			case i%2 == 0 && c == 0:
				missing++
			case i%2 == 0:
				extra += c - 1
			case c > 1:
				t.Errorf("an alert arrived %d times", c)
			case c == 0:
				unsure++
			}
		}
		t.Logf("%d connections lost after the effect; must-messages: %d missing, %d repeated; alerts: 0 twice, %d uncertain of which %d did not arrive",
			lost, missing, extra, box.unsure, unsure)
		if lost == 0 || missing > 0 || extra > lost || unsure > box.unsure {
			t.Errorf("lost %d, missing %d, repeated %d, not arrived %d of %d uncertain", lost, missing, extra, unsure, box.unsure)
		}
	})
}

// talk is what a run of alerts with people typing meanwhile measures.
type talk struct {
	alerts       int
	took         time.Duration
	replies      []time.Duration // from typed to arrived
	wave         time.Duration   // until the last of an urgent wave arrived
	busiest      int
	refused      int
	violations   []string
	missing      int
	alertsPerSec float64
}

// people type every 700 ms until end is closed; what they are answered with and when they typed is kept in typed.
func people(fake *telegramtest.Bot, typed *sync.Map, end <-chan struct{}) {
	tick := time.NewTicker(700 * time.Millisecond)
	defer tick.Stop()
	for i := int64(0); ; i++ {
		select {
		case <-tick.C:
			text := strconv.FormatInt(i, 10)
			typed.Store("Antwort auf "+text, time.Now())
			fake.User(5_000_000 + i).Say(text)
		case <-end:
			return
		}
	}
}

// hold runs digests to n people while somebody types every 700 ms and a wave of 20 begins after a third.
func hold(t *testing.T, fake *telegramtest.Bot, bot *Bot, n int) talk {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	box := newOutbox(bot)
	var typed sync.Map
	var all sync.WaitGroup
	all.Go(func() {
		_ = bot.Receive(ctx, "", func(_ context.Context, m channels.Message) error {
			box.add(&delivery{key: "reply-" + m.ID, to: m.From, text: "Antwort auf " + m.Text, rank: 0, must: true})
			return nil
		})
	})
	for i := range int64(n) {
		fake.User(i + 1).Meet()
		box.add(&delivery{key: fmt.Sprint("d", i), to: chatAddress("aachen", i+1), text: "Übersicht", rank: 2})
	}
	began := time.Now()
	var waveAt time.Time
	end := make(chan struct{})
	all.Go(func() { people(fake, &typed, end) })
	all.Go(func() { // an urgent need
		if fake.Until(ctx, func() bool { return fake.SentCount() >= n/3 }) != nil {
			return
		}
		waveAt = time.Now()
		for i := range int64(20) {
			fake.User(9_000_000 + i).Meet()
			box.add(&delivery{key: fmt.Sprint("w", i), to: chatAddress("aachen", 9_000_000+i), text: "Dringend", rank: 1})
		}
	})
	box.finish(ctx)
	took := time.Since(began)
	close(end)
	box.finish(ctx)
	stop()
	all.Wait()
	r := talk{alerts: n + 20, took: took, busiest: fake.Busiest(), refused: fake.Refused(), violations: fake.Violations()}
	r.count(fake.Sent(), &typed, began, waveAt)
	return r
}

func (r *talk) count(sent []telegramtest.Sent, typed *sync.Map, began, waveAt time.Time) {
	arrived, last := 0, began
	for _, s := range sent {
		switch at, reply := typed.Load(s.Text); {
		case reply:
			r.replies = append(r.replies, s.At.Sub(at.(time.Time)))
			continue
		case s.Text == "Dringend":
			r.wave = s.At.Sub(waveAt)
		}
		arrived++
		last = s.At
	}
	slices.Sort(r.replies)
	r.missing = r.alerts - arrived
	r.alertsPerSec = float64(arrived) / last.Sub(began).Seconds()
}

func (r talk) p95() time.Duration { return r.replies[len(r.replies)*95/100] }

func (r talk) print(t *testing.T) {
	t.Logf("%d alerts at %.1f a second beside %d replies (%.1f %% of 30 in all); reply p95 %v; urgent wave of 20 in %v; busiest second %d; refused %d",
		r.alerts, r.alertsPerSec, len(r.replies), 100*(float64(r.alerts+len(r.replies))/r.took.Seconds())/30, r.p95().Round(time.Millisecond),
		r.wave.Round(time.Millisecond), r.busiest, r.refused)
}

func (r talk) check(t *testing.T) {
	if r.missing != 0 || len(r.violations) > 0 || r.refused > 0 {
		t.Errorf("%d alerts missing, %d refused, violations %v", r.missing, r.refused, r.violations)
	}
	if rate := float64(r.alerts+len(r.replies)) / r.took.Seconds(); rate < 0.95*30 {
		t.Errorf("%.2f messages a second, want 95 %% of 30", rate)
	}
	if r.p95() >= time.Second || r.wave > 2*time.Second {
		t.Errorf("reply p95 %v, wave %v", r.p95(), r.wave)
	}
}

func TestFullPaceWithRepliesAndAnUrgentWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, bot := calm(t, telegramtest.Options{Limits: telegramtest.Limits{Slack: -1}}, token)
		r := hold(t, fake, bot, 3000)
		r.print(t)
		r.check(t)
	})
}
