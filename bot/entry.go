package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// entry makes a calendar file of a posting.
func (t *turn) entry(ctx context.Context, k *talk, c flows.CalendarEntry) (conversations.Fact, error) {
	p, err := t.posting(ctx, k, c.Posting)
	if errors.Is(err, storage.ErrNotFound) || err == nil && !p.State.Visible() {
		return refused(flows.Unknown)
	}
	if err != nil {
		return nil, fmt.Errorf("posting: %w", err)
	}
	p = p.Public()
	dates := p.Occurrences(t.now, time.Time{}, k.env.Zone)
	if len(dates) == 0 {
		return refused(flows.Over)
	}
	title := p.Title
	if title == "" {
		title = t.b.Book.CategoryName(p.Category, k.env)
	}
	data := calendarOf(&p, dates, title, t.now, k.env.Zone)
	f := channels.FileInfo{Type: "text/calendar", Data: data, Size: int64(len(data))}
	return flows.Entry{Posting: p, File: f}, nil
}

// entriesMax is how many dates go into one file.
const entriesMax = 60

// calendarOf writes the dates of a posting (RFC 5545): published, not an invitation. Ids are stable, so that a later file
// replaces an earlier one. A series is one entry with its rule, whatever is listed beside it entries of their own.
func calendarOf(p *matching.Posting, dates []matching.Span, title string, now time.Time, zone *time.Location) []byte {
	base := channels.Event{Sequence: int(p.Revision), Summary: title, Location: p.Place.Name, Description: p.Carrier, Zone: zone.String()}
	var all []channels.Event
	if p.Recurrence != "" {
		e := base
		e.UID, e.RRule = p.UID(matching.EveryDate), p.Recurrence
		e.Start, e.End, e.AllDay = p.Dates[0].Start.In(zone), p.Dates[0].End, p.Dates[0].AllDay
		if e.End.IsZero() && !e.AllDay {
			e.End = e.Start.Add(time.Hour)
		}
		e.Left, e.Moved = flows.Excepted(p, nil, zone)
		return channels.CalendarFile(p.Front, now, e)
	}
	for i, d := range dates {
		if i == entriesMax {
			break
		}
		e := base
		e.UID, e.Start, e.End, e.AllDay = p.UID(d.Key), d.Start.In(zone), d.End, d.AllDay
		if e.End.IsZero() && !e.AllDay {
			e.End = e.Start.Add(time.Hour)
		}
		all = append(all, e)
	}
	return channels.CalendarFile(p.Front, now, all...)
}

// loanCalendar writes agreed times of something lent. Where it is fetched stands in it for whoever has it; who has it, for
// whoever lends it.
func (t *turn) loanCalendar(ctx context.Context, k *talk, s *seats, held []matching.Answer, lends bool) (channels.FileInfo, error) {
	p := s.p
	title := p.Title
	if title == "" {
		title = t.b.Book.CategoryName(p.Category, k.env)
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//ehrenamt//" + p.Front + "//")
	cal.SetMethod(ics.MethodPublish)
	for i, a := range held {
		d, ok := s.on(a.Date)
		if !ok || i == entriesMax {
			continue
		}
		ev := cal.AddEvent(a.ID + "-loan@ehrenamt")
		ev.SetDtStampTime(t.now.UTC())
		ev.SetSequence(int(p.Revision + a.Revision))
		about := []string{p.Carrier, p.Terms.Pickup, p.Private, p.Contact}
		summary := title
		if lends {
			name, err := t.nameOf(ctx, a.Person)
			if err != nil {
				return channels.FileInfo{}, err
			}
			summary, about = title+": "+name, nil
		}
		if a.Seats() > 1 {
			summary += " ×" + strconv.Itoa(a.Seats())
		}
		ev.SetSummary(oneLine(summary))
		ev.SetLocation(oneLine(strings.TrimPrefix(p.Address+", "+p.Place.Name, ", ")))
		if text := oneLine(strings.Join(about, " ")); text != "" {
			ev.SetDescription(text)
		}
		if d.AllDay {
			ev.SetAllDayStartAt(d.Start.In(k.env.Zone))
			ev.SetAllDayEndAt(d.Until().In(k.env.Zone))
			continue
		}
		ev.SetStartAt(d.Start.UTC())
		ev.SetEndAt(d.Until().UTC())
	}
	data := []byte(cal.Serialize(ics.WithNewLineWindows))
	return channels.FileInfo{Type: "text/calendar", Data: data, Size: int64(len(data))}, nil
}

// oneLine keeps a value from beginning a new property.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
