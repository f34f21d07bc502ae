package bot

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/matching"
)

func TestCalendarFilesAreReadAsTheyWereMeant(t *testing.T) {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, z) }
	p := matching.Posting{ID: "p1", Front: "aachen", Revision: 3, Carrier: "TV Brand", Place: matching.Place{Name: "Aachen-Brand"}}
	title := "Kuchen, Tee; und\r\nBEGIN:VEVENT Kaffee"
	data := string(calendarOf(&p, []matching.Span{
		{Start: at(28, 14), End: at(28, 18), Key: 0}, {Start: at(29, 0), End: at(30, 0), AllDay: true, Key: 1}, {Start: at(30, 9), Key: 2},
	}, title, at(23, 10), z))
	for _, line := range strings.SplitAfter(data, "\n") {
		if line != "" && !strings.HasSuffix(line, "\r\n") {
			t.Errorf("line %q does not end as RFC 5545 says", line)
		}
	}
	cal, err := ics.ParseCalendar(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	evs := cal.Events()
	if len(evs) != 3 {
		t.Fatalf("%d entries:\n%s", len(evs), data)
	}
	if s, err := evs[0].GetStartAt(); err != nil || !s.Equal(at(28, 14)) {
		t.Errorf("begins %v, %v", s, err)
	}
	if !strings.Contains(data, "DTSTART:20261128T130000Z") || !strings.Contains(data, "DTSTART;VALUE=DATE:20261129") || !strings.Contains(data, "SEQUENCE:3") {
		t.Errorf("got\n%s", data)
	}
	if e, err := evs[2].GetEndAt(); err != nil || !e.Equal(at(30, 10)) {
		t.Errorf("an open end is %v, %v", e, err)
	}
	if got := evs[0].GetProperty(ics.ComponentPropertySummary).Value; got != "Kuchen, Tee; und BEGIN:VEVENT Kaffee" {
		t.Errorf("title %q", got)
	}
	if evs[0].Id() == evs[1].Id() {
		t.Error("two dates have one id")
	}
}
