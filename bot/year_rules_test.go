package bot_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
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
	alerted  map[string]bool   // who, what
	at       map[string][]channels.Address
	fronts   []storage.Front
	editor   string
	deeds    map[string]int // what was done, by name
	sent     []sentMessage
	messages int
	mailed   int
	relayed  int
	checked  time.Time
}

func newRules() rules {
	return rules{
		ids: map[string]string{}, names: map[string]string{}, silent: map[string]bool{}, owed: map[string]int{}, reminded: map[string]bool{},
		alerted: map[string]bool{}, at: map[string][]channels.Address{}, deeds: map[string]int{},
	}
}

var (
	titled = regexp.MustCompile(`Aufbau (\d+)`)
	secret = regexp.MustCompile(`GEHEIM-(\d+)`)
	// contactless is what no text that is passed on may have in it.
	contactless = regexp.MustCompile(`(?i)@|0171|zwei drei vier|brand\.de|insta_`)
)

// look judges everything that was sent since it was last called, and lets people react to it.
func (y *year) look() {
	sent := y.sent
	y.sent = nil
	for _, m := range sent {
		y.messages++
		if m.at.Channel == "email" {
			y.mailed++
		}
		y.note("  → %s (%s%s): %s", m.who, m.at.Channel, map[bool]string{true: ", edited"}[m.edited], strings.ReplaceAll(firstOf(m.r.Text, 160), "\n", " / "))
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
	reminder := begins("Kommst du?") || begins("Noch einmal kurz gefragt: Kommst") || begins("Gleich geht")
	alert := begins("Da wird jemand")
	if t := titled.FindStringSubmatch(text); t != nil && (reminder || alert) {
		n, _ := strconv.Atoi(t[1])
		switch {
		case alert && !y.looksForPeople(n):
			y.fail("%s is alerted to %s, which needs nobody", m.who, t[0])
		case alert && y.alerted[m.who+t[0]]:
			y.fail("%s is alerted to %s twice", m.who, t[0])
		case alert:
			y.alerted[m.who+t[0]] = true
		case reminder && !y.expectsOn(n, m.who, whenIn(text)):
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
		if !y.expects(n, m.who) && y.authors[n] != m.who && m.who != y.editor && !strings.Contains(text, "fällt") {
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

// expectsOn is expects for the date that a text names.
func (y *year) expectsOn(n int, who, when string) (ok bool) {
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		p, err := tx.Postings.Posting(ctx, y.postings[n])
		if err != nil {
			return err
		}
		answers, err := tx.Answers.OfPosting(ctx, y.postings[n])
		for _, a := range answers {
			if a.Person != y.ids[who] || a.State != matching.Accepted && a.State != matching.Confirmed {
				continue
			}
			for _, d := range p.Occurrences(y.now.Add(-24*time.Hour), time.Time{}, berlin()) {
				local := d.Start.In(berlin())
				day := fmt.Sprintf("%s, %d. %s, %d", weekdays[local.Weekday()], local.Day(), months[local.Month()-1], local.Hour())
				ok = ok || a.On(d) && strings.HasPrefix(when, day)
			}
		}
		return err
	}))
	return ok
}

var (
	weekdays = []string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	months   = []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
)

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
			if wrong := wrongPlaces(&p, answers, y.now); wrong != "" {
				y.fail("%s: %s", p.Title, wrong)
			}
		}
		return nil
	}))
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
