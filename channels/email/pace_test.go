package email

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"ehrenamt/channels"
)

func paced(t testing.TB, perSecond float64) *Channel {
	t.Helper()
	cfg := ours(t)
	cfg.PerSec = perSecond
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func address(local, domain string) channels.Address {
	return channels.Address{Channel: network, ID: local + "@" + domain}
}

func TestADomainGetsNoMoreThanItsPace(t *testing.T) {
	c := paced(t, 10)
	sent := map[string]int{}
	for now := noon; now.Before(noon.Add(3 * time.Second)); now = now.Add(10 * time.Millisecond) {
		for _, domain := range []string{"a.example", "B.example"} {
			for i := range 5 {
				if c.Reserve(now, "", address(fmt.Sprint("p", i), domain), false) == 0 {
					sent[domain]++
				}
			}
		}
	}
	if sent["a.example"] != 30 || sent["B.example"] != 30 {
		t.Errorf("in three seconds %v", sent)
	}
	if wait := c.Reserve(noon.Add(3*time.Second), "", address("p", "a.example"), true); wait != 0 {
		t.Errorf("an answer waits %v", wait)
	}
}

func TestADomainThatAsksForPatienceGetsIt(t *testing.T) {
	c := paced(t, 0)
	now := noon
	for range 1000 {
		if c.Reserve(now, "", address("p", "a.example"), false) != 0 {
			t.Fatal("a domain that never complained has to wait")
		}
	}
	for want := firstPause; ; want = min(2*want, longPause) {
		err := &channels.RetryAfter{Wait: time.Minute, Err: errors.New("450 4.7.1")}
		c.pace.sent(now, "", "p@a.example", err)
		c.pace.sent(now.Add(time.Second), "", "q@a.example", &channels.RetryAfter{Wait: time.Minute, Err: errors.New("450 4.7.1")}) // was under way
		if err.Wait != want {
			t.Fatalf("it waits %v, want %v", err.Wait, want)
		}
		for _, urgent := range []bool{false, true} {
			if got := c.Reserve(now.Add(time.Second), "", address("r", "A.example"), urgent); got != want-time.Second {
				t.Errorf("others there wait %v", got)
			}
		}
		if got := c.Reserve(now, "", address("r", "b.example"), false); got != 0 {
			t.Errorf("others elsewhere wait %v", got)
		}
		if now = now.Add(want); want == longPause {
			break
		}
	}
	d := c.pace.domains["a.example"]
	if d.gap != min(firstGap<<5, longGap) {
		t.Errorf("after all that two mails are %v apart", d.gap)
	}
	if c.Reserve(now, "", address("r", "a.example"), false) != 0 || c.Reserve(now, "", address("s", "a.example"), false) == 0 {
		t.Error("after the pause it goes on at once, or not at all")
	}
	for range 80 {
		c.pace.sent(now, "", "p@a.example", nil)
	}
	if d.gap != 0 || d.pause != 0 {
		t.Errorf("after 80 mails the gap is %v, the pause %v", d.gap, d.pause)
	}
}

func TestWhatConcernsOneMailboxOrOneMailSlowsNobodyDown(t *testing.T) {
	c := paced(t, 0)
	for _, err := range []error{nil, errors.New("452 4.2.2"), channels.ErrUndeliverable, channels.ErrGone, channels.ErrUncertain} {
		c.pace.sent(noon, "", "p@a.example", err)
	}
	if len(c.pace.domains) != 0 {
		t.Errorf("%+v", c.pace.domains)
	}
	c.pace.sent(noon, "", "p@a.example", &channels.RetryAfter{Wait: 30 * time.Second, Account: true, Err: errors.New("421")})
	if n, next := c.Slots(noon, true); n != 0 || !next.Equal(noon.Add(30*time.Second)) {
		t.Errorf("our own server is asked again at %v", next)
	}
	if n, _ := c.Slots(noon.Add(30*time.Second), false); n == 0 {
		t.Error("our own server is never asked again")
	}
}

func TestNoMoreIsClaimedThanKeepsTheConnectionsBusy(t *testing.T) {
	c := paced(t, 0)
	take := func(urgent bool) (n int) {
		for {
			if free, _ := c.Slots(noon, urgent); free <= 0 {
				return n
			}
			c.Reserve(noon, fmt.Sprint(urgent, n), address("p", "a.example"), urgent)
			n++
		}
	}
	if a, b := take(false), take(true); a != perConnection*c.cfg.Senders || b != kept {
		t.Errorf("%d mails and %d urgent ones are claimed for %d connections", a, b, c.cfg.Senders)
	}
	for i := range kept + 1 {
		c.pace.sent(noon, fmt.Sprint(true, i), "p@a.example", nil)
	}
	c.pace.sent(noon, "false 0", "p@a.example", errors.New("lost"))
	if n, _ := c.Slots(noon, false); n != 1 {
		t.Errorf("after one is done there is room for %d", n)
	}
	if n, _ := c.Slots(noon.Add(reservedAtMost+time.Second), false); n != perConnection*c.cfg.Senders {
		t.Errorf("slots that were never used stay taken: %d", n)
	}
}

func TestPacesOfManyDomainsAreForgotten(t *testing.T) {
	c := paced(t, 1)
	for i := range 3 * domainsKept {
		c.Reserve(noon.Add(time.Duration(i)*time.Second), "", address("p", fmt.Sprint(i, ".example")), false)
	}
	if n := len(c.pace.domains); n > domainsKept {
		t.Errorf("%d domains are remembered", n)
	}
}
