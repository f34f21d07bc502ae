package channels_test

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
)

func TestASeriesStaysAtItsTimeOnTheWall(t *testing.T) {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day, hour int) time.Time { return time.Date(2027, month, day, hour, 0, 0, 0, z) }
	e := channels.Event{
		UID: "a1@ehrenamt", Sequence: 4, Summary: "Vorlesen\r\nBEGIN:VEVENT", Start: at(3, 2, 16), End: at(3, 2, 18), RRule: "FREQ=WEEKLY;BYDAY=TU", Zone: "Europe/Berlin",
		Left: []time.Time{at(3, 9, 16)}, Moved: []channels.Shift{{Was: at(3, 30, 16), Start: at(3, 31, 15), End: at(3, 31, 17)}},
	}
	data := string(channels.CalendarFile("aachen", at(3, 1, 9), e))
	for _, want := range []string{
		"DTSTART;TZID=Europe/Berlin:20270302T160000\r\n", "RRULE:FREQ=WEEKLY;BYDAY=TU\r\n", "EXDATE;TZID=Europe/Berlin:20270309T160000\r\n",
		"RECURRENCE-ID;TZID=Europe/Berlin:20270330T160000\r\n", "DTSTART:20270331T130000Z\r\n", "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n",
		"BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20271031T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n",
	} {
		if !strings.Contains(data, want) {
			t.Errorf("%q is missing in\n%s", want, data)
		}
	}
	cal, err := ics.ParseCalendar(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if evs := cal.Events(); len(evs) != 2 || evs[0].Id() != evs[1].Id() {
		t.Errorf("%d entries", len(evs))
	}
}

func TestSeveralDatesAreOneFile(t *testing.T) {
	start := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	data := string(channels.CalendarFile("aachen", start, channels.Event{UID: "a", Start: start, End: start.Add(time.Hour), Summary: "Aufbau"},
		channels.Event{UID: "b", Start: start.AddDate(0, 0, 1), End: start.AddDate(0, 0, 1).Add(time.Hour), Summary: "Aufbau"}))
	cal, err := ics.ParseCalendar(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if evs := cal.Events(); len(evs) != 2 || evs[0].Id() != "a" || evs[1].Id() != "b" || strings.Contains(data, "VTIMEZONE") {
		t.Errorf("got\n%s", data)
	}
}

func FuzzCalendarFile(f *testing.F) {
	f.Add("a@b", "Aufbau\nBEGIN:VEVENT", "FREQ=DAILY", "Europe/Berlin", int64(1800000000))
	f.Add("", "", "FREQ=WEEKLY", "Asia/Kolkata", int64(0))
	f.Fuzz(func(t *testing.T, uid, summary, rule, zone string, sec int64) {
		start := time.Unix(sec%4e9, 0)
		data := string(channels.CalendarFile("x", start, channels.Event{UID: uid, Summary: summary, Description: summary, Location: uid, RRule: rule, Zone: zone, Start: start, Left: []time.Time{start}}))
		if n := strings.Count("\n"+data, "\nBEGIN:VEVENT"); n != 1 {
			t.Errorf("%d entries:\n%s", n, data)
		}
	})
}
