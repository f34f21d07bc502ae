package telegram

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type sentAt struct {
	at     time.Time
	chat   int64
	urgent bool
}

func TestNoSequenceOfReservationsBreaksALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPacer(Pace{})
		now := at
		var until time.Time
		var sent []sentAt
		for i := range rapid.IntRange(1, 400).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "ms")) * time.Millisecond)
			if rapid.IntRange(0, 60).Draw(t, "block") == 0 {
				if u := now.Add(time.Duration(rapid.IntRange(1, 900).Draw(t, "for")) * time.Millisecond); u.After(until) {
					until = u
				}
				p.Block(until)
			}
			chat := int64(rapid.IntRange(-3, 40).Draw(t, "chat"))
			urgent := rapid.Bool().Draw(t, "urgent")
			n, next := p.Slots(now, urgent)
			wait, bot := p.Reserve(now, fmt.Sprint(i), chat, urgent)
			if wait == 0 {
				sent = append(sent, sentAt{now, chat, urgent})
				if now.Before(until) {
					t.Errorf("passed %v before the block was over", until.Sub(now))
				}
			}
			if n == 0 && wait == 0 {
				t.Errorf("passed although there was no slot")
			}
			if n > 0 && bot {
				t.Errorf("%d slots, and yet the bot has to wait", n)
			}
			if n == 0 && !next.After(now) {
				t.Errorf("no slot, and none to wait for")
			}
		}
		checkLimits(t, sent)
	})
}

func checkLimits(t interface{ Errorf(string, ...any) }, sent []sentAt) {
	for i, s := range sent {
		inSecond, inChat, inMinute := 0, 0, 0
		for _, o := range sent[i:] {
			d := o.at.Sub(s.at)
			if d < time.Second {
				inSecond++
			}
			if o.chat == s.chat && d < 10*time.Second {
				inChat++
			}
			if o.chat == s.chat && d < time.Minute {
				inMinute++
			}
		}
		if inSecond > 30 {
			t.Errorf("%d messages in a second", inSecond)
		}
		if inChat > 3+9 {
			t.Errorf("%d messages in one chat in ten seconds", inChat)
		}
		if s.chat < 0 && inMinute > 20 {
			t.Errorf("%d messages in a group in a minute", inMinute)
		}
	}
}

func TestNothingIsKeptIdleAndUrgentGoesFirst(t *testing.T) {
	p := NewPacer(Pace{})
	now, end := at, at.Add(100*time.Second)
	var alerts, replies int
	var worst time.Duration
	waiting := time.Time{}
	nextReply := at.Add(300 * time.Millisecond)
	for chat := int64(1); now.Before(end); {
		if waiting.IsZero() && !nextReply.After(now) {
			waiting = nextReply
		}
		if !waiting.IsZero() {
			if wait, _ := p.Reserve(now, fmt.Sprint("r", replies), 1_000_000+int64(replies), true); wait == 0 {
				worst = max(worst, now.Sub(waiting))
				replies++
				waiting, nextReply = time.Time{}, nextReply.Add(700*time.Millisecond)
				continue
			}
		}
		if wait, _ := p.Reserve(now, fmt.Sprint("a", chat), chat, false); wait == 0 {
			alerts++
			chat++
			continue
		}
		_, next := p.Slots(now, false)
		if _, urgent := p.Slots(now, true); !waiting.IsZero() && urgent.Before(next) {
			next = urgent
		}
		if nextReply.After(now) && nextReply.Before(next) {
			next = nextReply
		}
		now = next
	}
	t.Logf("%d alerts and %d replies in 100 s, the slowest reply waited %v", alerts, replies, worst)
	if all := alerts + replies; all < 2850 || all > 3030 {
		t.Errorf("%d messages in 100 s, want 95 to 101 %% of 3000", all)
	}
	if worst > 150*time.Millisecond {
		t.Errorf("a reply waited %v for its slot", worst)
	}
}

func TestManyRepliesAtOnceTakeTheWholePace(t *testing.T) {
	p := NewPacer(Pace{})
	now := at
	for i := range 30 {
		if wait, _ := p.Reserve(now, fmt.Sprint(i), int64(i+1), true); wait != 0 {
			t.Fatalf("reply %d of 30 to different chats waits %v", i, wait)
		}
	}
	if wait, bot := p.Reserve(now, "31", 99, true); wait != second || !bot {
		t.Errorf("the 31st waits %v, want a second and a little", wait)
	}
	if wait, _ := p.Reserve(now, "0", 1, true); wait != 0 {
		t.Errorf("a reservation asked for again waits %v", wait)
	}
}

func TestABlockStopsWhatWasReserved(t *testing.T) {
	p := NewPacer(Pace{})
	if wait, _ := p.Reserve(at, "k", 1, true); wait != 0 {
		t.Fatal("no slot on a fresh pacer")
	}
	p.Block(at.Add(7 * time.Second))
	p.Block(at.Add(3 * time.Second)) // never shortens
	if _, wait, bot := p.Spend(at.Add(time.Second), "k", 1); wait != 6*time.Second || !bot {
		t.Errorf("waits %v, want 6 s", wait)
	}
	if n, next := p.Slots(at, true); n != 0 || !next.Equal(at.Add(7*time.Second)) {
		t.Errorf("%d slots, next %v", n, next)
	}
	if _, wait, _ := p.Spend(at.Add(7*time.Second), "k", 1); wait != 0 {
		t.Errorf("waits %v after the block", wait)
	}
}

func TestMessagesHeldUpOnTheWayDoNotMeetLaterOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPacer(Pace{})
		now := at
		type flight struct {
			s       *slot
			arrives time.Time
			answers time.Time
		}
		var flying []flight
		var arrived []time.Time
		for i := range 300 {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "ms")) * time.Millisecond)
			flying = slices.DeleteFunc(flying, func(f flight) bool {
				if f.answers.After(now) {
					return false
				}
				p.Done(f.answers, f.s)
				return true
			})
			s, _, _ := p.Spend(now, "", int64(i+1))
			if s == nil {
				continue
			}
			way := 10 * time.Millisecond // at least, and at times far longer
			if rapid.IntRange(0, 5).Draw(t, "held up") == 0 {
				way += time.Duration(rapid.IntRange(0, 700).Draw(t, "for")) * time.Millisecond
			}
			flying = append(flying, flight{s, now.Add(way), now.Add(way + 10*time.Millisecond)})
			arrived = append(arrived, now.Add(way))
		}
		for _, a := range arrived {
			n := 0
			for _, o := range arrived {
				if d := o.Sub(a); d >= 0 && d < time.Second {
					n++
				}
			}
			if n > 30 {
				t.Errorf("%d messages arrive within a second", n)
			}
		}
	})
}

func TestAGroupGetsTwentyAMinute(t *testing.T) {
	p := NewPacer(Pace{})
	now, n := at, 0
	for now.Before(at.Add(10 * time.Minute)) {
		wait, _ := p.Reserve(now, fmt.Sprint(n), -5, false)
		if wait == 0 {
			n++
			continue
		}
		now = now.Add(wait)
	}
	if n < 190 || n > 200 {
		t.Errorf("%d messages in ten minutes, want nearly 200", n)
	}
}

func TestThePacerForgetsChats(t *testing.T) {
	p := NewPacer(Pace{})
	now := at
	for i := range int64(20_000) {
		now = now.Add(40 * time.Millisecond)
		if wait, _ := p.Reserve(now, fmt.Sprint(i), i+1, false); wait != 0 {
			t.Fatalf("message %d waits %v", i, wait)
		}
	}
	if len(p.chats) > 2*sweepEvery || len(p.reserved) > 2*sweepEvery {
		t.Errorf("remembers %d chats and %d reservations", len(p.chats), len(p.reserved))
	}
}

func BenchmarkReserve(b *testing.B) {
	p := NewPacer(Pace{})
	now := at
	for i := 0; b.Loop(); i++ {
		now = now.Add(35 * time.Millisecond)
		p.Reserve(now, "", int64(i), false)
		if s, _, _ := p.Spend(now, "", int64(i)); s != nil {
			p.Done(now.Add(time.Millisecond), s)
		}
	}
}
