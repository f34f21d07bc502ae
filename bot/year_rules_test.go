package bot_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// rules are what may never happen, and what has to be remembered to see it.
type rules struct {
	ids      map[string]string // by name: the person, "" once they are deleted
	names    map[string]string // by person
	postings []string          // by number in the title; "" for what was not published
	authors  []string          // who published it
	silent   map[string]bool   // said "stopp" or deleted themselves
	owed     map[string]int    // messages of theirs that nothing has answered yet
	reminded map[string]bool   // who, what, which reminder
	messages int
	relayed  int
	checked  time.Time
}

func newRules() rules {
	return rules{ids: map[string]string{}, names: map[string]string{}, silent: map[string]bool{}, owed: map[string]int{}, reminded: map[string]bool{}}
}

var (
	titled = regexp.MustCompile(`Aufbau (\d+)`)
	secret = regexp.MustCompile(`GEHEIM-(\d+)`)
	// contactless is what no text that is passed on may have in it.
	contactless = regexp.MustCompile(`(?i)@|0171|zwei drei vier|brand\.de|insta_`)
)

// look judges everything that was sent since it was last called, and lets people react to it.
func (y *year) look() {
	sent := y.net.sent
	y.net.sent = nil
	for _, m := range sent {
		y.messages++
		y.note("  → %s%s: %s", m.who, map[bool]string{true: " (edited)"}[m.edited], strings.ReplaceAll(firstOf(m.r.Text, 160), "\n", " / "))
		if m.edited {
			continue
		}
		if y.owed[m.who] > 0 {
			y.owed[m.who]--
		} else if y.silent[m.who] {
			y.fail("%s, who wants no more messages, is told: %s", m.who, m.r.Text)
		}
		y.judge(m)
		y.react(m)
	}
	y.places()
}

func firstOf(s string, n int) string { return s[:min(n, len(s))] }

// judge looks at one message.
func (y *year) judge(m sentMessage) {
	text := m.r.Text
	begins := func(s string) bool { return strings.HasPrefix(text, s) }
	reminder := begins("Kommst du?") || begins("Noch einmal kurz") || begins("Gleich geht")
	alert := begins("Da wird jemand")
	if t := titled.FindStringSubmatch(text); t != nil && (reminder || alert) {
		n, _ := strconv.Atoi(t[1])
		switch {
		case alert && !y.looksForPeople(n):
			y.fail("%s is alerted to %s, which needs nobody", m.who, t[0])
		case reminder && !y.expects(n, m.who):
			y.fail("%s is reminded of %s and is not expected there: %s", m.who, t[0], text)
		case reminder:
			which := m.who + " " + t[0] + " " + firstOf(text, 8) + whenIn(text)
			if y.reminded[which] {
				y.fail("%s is reminded of %s twice: %s", m.who, t[0], text)
			}
			y.reminded[which] = true
		}
	}
	if s := secret.FindStringSubmatch(text); s != nil {
		n, _ := strconv.Atoi(s[1])
		if !y.expects(n, m.who) && y.authors[n] != m.who && !strings.Contains(text, "fällt") {
			y.fail("%s learns where %s is: %s", m.who, s[0], text)
		}
	}
	if i := strings.Index(text, " schreibt zu „"); i >= 0 && i < 40 {
		y.relayed++
		_, body, _ := strings.Cut(text, "\n")
		body, _, _ = strings.Cut(body, "\n\n")
		t := titled.FindStringSubmatch(text)
		if contactless.MatchString(body) && t != nil && !y.shared(t[1], m.who) {
			y.fail("%s is passed: %s", m.who, text)
		}
	}
}

// whenIn is the date a message names.
func whenIn(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	when, _, _ := strings.Cut(rest, "\n")
	return when
}

// looksForPeople tells whether a posting is open and has a place free.
func (y *year) looksForPeople(n int) (ok bool) {
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		p, err := tx.Postings.Posting(ctx, y.postings[n])
		ok = err == nil && p.State == matching.Open
		return err
	}))
	return ok
}

// expects tells whether somebody has a place right now, or had one until their own message of this step.
func (y *year) expects(n int, who string) (ok bool) {
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		answers, err := tx.Answers.OfPosting(ctx, y.postings[n])
		for _, a := range answers {
			ok = ok || a.Person == y.ids[who] && (a.State == matching.Accepted || a.State == matching.Confirmed || a.State == matching.Attended)
		}
		return err
	}))
	return ok
}

// places checks once a simulated hour that no place is taken twice, or both taken and free.
func (y *year) places() {
	if y.now.Sub(y.checked) < time.Hour {
		return
	}
	y.checked = y.now
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		ps, err := tx.Postings.ListPostings(ctx, storage.PostingQuery{States: []matching.PostingState{matching.Open, matching.Filled}, Limit: 1000})
		if err != nil {
			return err
		}
		for _, p := range ps {
			answers, err := tx.Answers.OfPosting(ctx, p.ID)
			if err != nil {
				return err
			}
			free := 0
			for date := range max(1, len(p.Dates)) {
				if date < len(p.Dates) && !p.Dates[date].Until().After(y.now) {
					continue
				}
				taken := p.External
				for _, a := range answers {
					if a.Date == date && a.State.Takes() {
						taken += max(1, a.Party)
					}
				}
				if taken > p.Places {
					y.fail("%s has %d of %d places taken", p.Title, taken, p.Places)
				}
				free += p.Places - taken
			}
			if _, ahead := p.Next(y.now); p.State == matching.Filled && free > 0 && (ahead || !p.Dated()) {
				y.fail("%s is filled and has %d places free", p.Title, free)
			}
			if p.State == matching.Open && free == 0 && (!p.Dated() || p.Dates[len(p.Dates)-1].Start.After(y.now)) {
				y.fail("%s is open and has no place free", p.Title)
			}
		}
		return nil
	}))
}

// whim is what somebody does out of nothing: stop, delete themselves, take an answer or a posting back, come back.
func (y *year) whim() error {
	ctx := y.t.Context()
	who := "p" + strconv.Itoa(y.r.IntN(400))
	if y.ids[who] == "" {
		return nil
	}
	switch n := y.r.IntN(20); {
	case n < 2:
		return y.says(who, "stopp", func() { y.silent[who] = true })
	case n == 2:
		if err := y.says(who, "/löschen", nil); err != nil {
			return err
		}
		return y.says(who, "ja, alles löschen", func() { y.silent[who], y.ids[who] = true, "" })
	case n == 3:
		return y.says(who, "start", func() { y.silent[who] = false })
	case n < 9 && len(y.postings) > 0:
		i := y.r.IntN(len(y.postings))
		if y.postings[i] == "" || y.ids[y.authors[i]] == "" {
			return nil
		}
		y.note("%s takes Aufbau %d back", y.authors[i], i)
		_, err := y.bot.Perform(ctx, y.address(y.authors[i]), flows.Withdraw{Posting: y.postings[i]})
		return err
	}
	return y.says(who, []string{"meine Stunden", "/nachricht", "/meine", "hallo", "doch nicht", "danke"}[y.r.IntN(6)], nil)
}

// shared tells whether both sides of a thread about a posting wanted the other one to have their contact.
func (y *year) shared(title, who string) (ok bool) {
	n, _ := strconv.Atoi(title)
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		answers, err := tx.Answers.OfPosting(ctx, y.postings[n])
		for _, a := range answers {
			x, err := tx.Threads.ThreadOf(ctx, a.ID)
			mine := y.names[a.Person] == who || y.authors[n] == who
			ok = ok || err == nil && mine && x.PersonContact != "" && x.PosterContact != ""
		}
		return err
	}))
	return ok
}
