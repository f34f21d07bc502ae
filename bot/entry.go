package bot

import (
	"context"
	"errors"
	"fmt"
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

// calendarOf writes the dates of a posting (RFC 5545): published, not an invitation. Times are UTC, ids are
// stable, so that a later file replaces an earlier one.
func calendarOf(p *matching.Posting, dates []matching.Span, title string, now time.Time, zone *time.Location) []byte {
	cal := ics.NewCalendar()
	cal.SetProductId("-//ehrenamt//" + p.Front + "//")
	cal.SetMethod(ics.MethodPublish)
	for i, d := range dates {
		if i == entriesMax {
			break
		}
		ev := cal.AddEvent(p.UID(d.Key))
		ev.SetDtStampTime(now.UTC())
		ev.SetSequence(int(p.Revision))
		ev.SetSummary(oneLine(title))
		ev.SetLocation(oneLine(p.Place.Name))
		if p.Carrier != "" {
			ev.SetDescription(oneLine(p.Carrier))
		}
		if d.AllDay {
			end := d.End
			if end.IsZero() {
				end = d.Start.In(zone).AddDate(0, 0, 1)
			}
			ev.SetAllDayStartAt(d.Start.In(zone))
			ev.SetAllDayEndAt(end.In(zone))
			continue
		}
		end := d.End
		if end.IsZero() {
			end = d.Start.Add(time.Hour)
		}
		ev.SetStartAt(d.Start.UTC())
		ev.SetEndAt(end.UTC())
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// oneLine keeps a value from beginning a new property.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
