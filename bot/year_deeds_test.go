package bot_test

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// publish lets somebody ask for help.
func (y *year) publish() error {
	n := len(y.postings)
	author := fmt.Sprintf("p%d", y.r.IntN(60)) // clubs are few
	if y.ids[author] == "" || y.silent[author] {
		return nil
	}
	lead := time.Duration(math.Exp(y.r.NormFloat64())*30*60) * time.Minute
	start := y.now.Add(min(max(lead, time.Hour), 9*24*time.Hour)).Truncate(15 * time.Minute)
	if hour := start.In(berlin()).Hour(); hour < 7 || hour > 20 {
		start = start.Add(12 * time.Hour)
	}
	front := y.fronts[0]
	if y.at[author][0].Account == "b" {
		front = y.fronts[1]
	}
	p := matching.Posting{
		Actor: matching.Club, Kind: matching.Need, Title: fmt.Sprintf("Aufbau %d", n), Category: matching.Categories[y.r.IntN(len(matching.Categories))],
		Place: front.Place, Places: 1 + y.r.IntN(4), AutoAccept: y.r.IntN(3) > 0, Address: fmt.Sprintf("GEHEIM-%d Weg 5", n), Private: fmt.Sprintf("Code GEHEIM-%d", n),
		Dates: []matching.Span{{Start: start, End: start.Add(time.Duration(1+y.r.IntN(5)) * time.Hour)}},
	}
	switch y.r.IntN(10) {
	case 0:
		p.Dates = nil
	case 1, 2:
		for range 1 + y.r.IntN(2) {
			next := p.Dates[len(p.Dates)-1]
			next.Start, next.End = next.Start.AddDate(0, 0, 1), next.End.AddDate(0, 0, 1)
			p.Dates = append(p.Dates, next)
		}
	case 3, 4:
		p.Recurrence = fmt.Sprintf("FREQ=WEEKLY;COUNT=%d", 3+y.r.IntN(3))
	}
	carrier := "Verein " + author
	if y.r.IntN(4) == 0 {
		p.Actor, carrier = matching.Person, ""
	}
	fact, err := y.bot.Perform(y.t.Context(), y.address(author), flows.Publish{Posting: p, Carrier: carrier})
	if err != nil {
		return err
	}
	y.authors = append(y.authors, author)
	pub, ok := fact.(flows.Published)
	if !ok {
		y.postings = append(y.postings, "")
		return nil
	}
	y.note("%s publishes %s in %s with %d places, begins %s %s", author, p.Title, front.Name, p.Places, start.In(berlin()).Format("02.01. 15:04"), p.Recurrence)
	y.deeds[front.ID]++
	y.postings = append(y.postings, pub.Posting.ID)
	return nil
}

// misfortune befalls the service on some days: it is started anew, its networks are away for hours, or nothing runs for days.
func (y *year) misfortune() error {
	switch n := y.r.IntN(30); {
	case n < 4:
		y.note("the process is started anew")
		y.start()
	case n < 7:
		away, net := time.Duration(1+y.r.IntN(30))*time.Hour, y.chat
		if n == 6 {
			net = y.mail
		}
		y.note("%s is away for %s", net.name, away)
		net.down = true
		y.later(away, "", func() error { net.down = false; y.note("%s is back", net.name); return nil })
	case n == 7:
		off := time.Duration(1+y.r.IntN(72)) * time.Hour
		y.note("nothing runs for %s", off)
		y.now = y.now.Add(off)
		y.start()
	}
	return nil
}

// whim is what somebody does out of nothing: stop, delete themselves, come back, say something.
func (y *year) whim() error {
	who := "p" + strconv.Itoa(y.r.IntN(400))
	if y.ids[who] == "" {
		return nil
	}
	switch n := y.r.IntN(20); {
	case n < 2:
		return y.stops(who)
	case n == 2:
		return y.leaves(who)
	case n < 5:
		y.silent[who] = false
		return y.says(who, "start", nil)
	}
	return y.says(who, []string{"meine Stunden", "/nachricht", "/meine", "hallo", "doch nicht", "danke", "morgen kann ich nicht"}[y.r.IntN(7)], nil)
}

func (y *year) stops(who string) error {
	y.deeds["stop"]++
	return y.says(who, "stopp", func() { y.silent[who] = true })
}

// leaves deletes somebody, all in one breath: what comes between is said to somebody who is still there.
func (y *year) leaves(who string) error {
	at := y.address(who)
	if err := y.saysAt(who, at, "/löschen", nil); err != nil {
		return err
	}
	y.deeds["delete"]++
	return y.saysAt(who, at, "ja, alles löschen", func() { y.silent[who], y.ids[who] = true, "" })
}

// rethink lets whoever has posted something change it: a date falls out or is moved, there are more or fewer places, some
// are given away elsewhere, a word goes to everybody, or it is taken back.
func (y *year) rethink() error {
	if len(y.postings) == 0 {
		return nil
	}
	i := y.r.IntN(len(y.postings))
	if y.r.IntN(3) > 0 { // rather something recent
		i = len(y.postings) - 1 - y.r.IntN(min(len(y.postings), 12))
	}
	if y.postings[i] == "" || y.ids[y.authors[i]] == "" || y.silent[y.authors[i]] {
		return nil
	}
	var p matching.Posting
	y.must(y.store.View(y.t.Context(), func(ctx context.Context, tx *storage.Tx) (err error) {
		p, err = tx.Postings.Posting(ctx, y.postings[i])
		return err
	}))
	what, cmd := "", conversations.Command(nil)
	dates := p.Occurrences(y.now, time.Time{}, berlin())
	if len(dates) == 0 {
		return nil
	}
	d := dates[y.r.IntN(len(dates))]
	switch n := y.r.IntN(14); {
	case n < 4:
		what, cmd = "skip", flows.LeaveOut{Posting: p.ID, Date: d.Key}
	case n < 8:
		to := d
		by := time.Duration(1+y.r.IntN(30)) * time.Hour
		to.Start, to.End = d.Start.Add(by), d.End.Add(by)
		what, cmd = "move", flows.MoveDate{Posting: p.ID, Date: d.Key, To: to}
	case n < 10:
		what, cmd = "elsewhere", flows.GiveAway{Posting: p.ID, Date: d.Key, By: 1 - 2*y.r.IntN(2)}
	case n == 10:
		what, cmd = "resize", flows.Enlarge{Posting: p.ID, To: 1 + y.r.IntN(5)}
	case n == 11:
		what, cmd = "to all", flows.ToAll{Posting: p.ID, Text: "Bitte an feste Schuhe denken!"}
	case n == 12:
		what, cmd = "withdraw", flows.Withdraw{Posting: p.ID}
	default:
		p.Place.Point.Lat += 0.01
		what, cmd = "change", flows.Publish{Posting: p, Carrier: p.Carrier}
	}
	y.note("%s: %s %s %+v", y.authors[i], p.Title, what, d.Start.In(berlin()).Format("02.01. 15:04"))
	y.now = y.now.Add(time.Second) // a thing of its own
	fact, err := y.bot.Perform(y.t.Context(), y.address(y.authors[i]), cmd)
	if _, no := fact.(flows.Refused); !no {
		y.deeds[what]++
	}
	return err
}
