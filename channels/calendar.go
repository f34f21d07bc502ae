package channels

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Shift is a date of a recurring entry that takes place at another time than the rule says.
type Shift struct {
	Was   time.Time `json:"was"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// AddEvent writes an entry to a calendar (RFC 5545) and returns its parts: the entry itself, and behind it one for each
// date that was moved. Single times are UTC. A recurring entry stays at the same time on the wall whatever summer time
// does: it names its zone, and the calendar gets the changes of that zone around it. Values are one line each.
func AddEvent(cal *ics.Calendar, e Event, now time.Time) []*ics.VEvent {
	uid := oneLine(e.UID)
	zone := zoneOf(&e)
	rule := recurrence(e.RRule)
	if rule != "" && zone != nil && !e.AllDay {
		addZone(cal, zone, e.Start)
	}
	ev := ics.NewEvent(uid)
	all := []*ics.VEvent{ev}
	setTimes(ev, &e, zone, rule != "")
	if rule != "" {
		ev.AddRrule(rule)
		for _, at := range e.Left {
			addTime(ev, ics.ComponentPropertyExdate, at, zone, e.AllDay)
		}
		for _, m := range e.Moved {
			x := ics.NewEvent(uid)
			addTime(x, ics.ComponentPropertyRecurrenceId, m.Was, zone, e.AllDay)
			setTimes(x, &Event{Start: m.Start, End: m.End, AllDay: e.AllDay}, zone, false)
			all = append(all, x)
		}
	}
	for _, x := range all {
		x.SetDtStampTime(now)
		x.SetSequence(e.Sequence)
		x.SetSummary(oneLine(e.Summary))
		if v := oneLine(e.Location); v != "" {
			x.SetLocation(v)
		}
		if v := strings.TrimSpace(legible(e.Description)); v != "" {
			x.SetDescription(v)
		}
		if e.Cancelled {
			x.SetStatus(ics.ObjectStatusCancelled)
		} else {
			x.SetStatus(ics.ObjectStatusConfirmed)
		}
		cal.AddVEvent(x)
	}
	return all
}

// CalendarFile writes entries as a file to be opened by somebody's calendar: published, not invitations to be answered.
func CalendarFile(product string, now time.Time, events ...Event) []byte {
	cal := ics.NewCalendar()
	cal.SetProductId("-//ehrenamt//" + oneLine(product) + "//")
	cal.SetMethod(ics.MethodPublish)
	for i, e := range events {
		if e.Cancelled && i == 0 {
			cal.SetMethod(ics.MethodCancel)
		}
		AddEvent(cal, e, now)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// zoneOf is the zone a recurring entry is about; nil where it is not known.
func zoneOf(e *Event) *time.Location {
	if e.Zone == "" {
		return nil
	}
	z, err := time.LoadLocation(e.Zone)
	if err != nil {
		return nil
	}
	return z
}

const (
	localTime = "20060102T150405"
	dayOnly   = "20060102"
)

func setTimes(ev *ics.VEvent, e *Event, zone *time.Location, local bool) {
	start, end := e.Start, e.End
	switch {
	case e.AllDay:
		if zone != nil {
			start, end = start.In(zone), end.In(zone)
		}
		if e.End.IsZero() || !end.After(start) {
			end = start.AddDate(0, 0, 1)
		}
		ev.SetAllDayStartAt(start)
		ev.SetAllDayEndAt(end)
	case local && zone != nil:
		addTime(ev, ics.ComponentPropertyDtStart, start, zone, false)
		if end.After(start) {
			addTime(ev, ics.ComponentPropertyDtEnd, end, zone, false)
		}
	default:
		ev.SetStartAt(start.UTC())
		if end.After(start) {
			ev.SetEndAt(end.UTC())
		}
	}
}

func addTime(ev *ics.VEvent, p ics.ComponentProperty, at time.Time, zone *time.Location, allDay bool) {
	switch {
	case allDay:
		if zone != nil {
			at = at.In(zone)
		}
		ev.AddProperty(p, at.Format(dayOnly), ics.WithValue(string(ics.ValueDataTypeDate)))
	case zone != nil:
		ev.AddProperty(p, at.In(zone).Format(localTime), ics.WithTZID(zone.String()))
	default:
		ev.AddProperty(p, at.UTC().Format(localTime+"Z"))
	}
}

// zoneYears is how long after an entry begins its zone is described.
const zoneYears = 5

// addZone describes a zone by its changes from a year before an entry on, once for each calendar.
func addZone(cal *ics.Calendar, zone *time.Location, start time.Time) {
	for _, z := range cal.Timezones() {
		if p := z.GetProperty(ics.ComponentPropertyTzid); p != nil && p.Value == zone.String() {
			return
		}
	}
	tz := cal.AddTimezone(zone.String())
	until := start.AddDate(zoneYears, 0, 0)
	since, next := start.AddDate(-1, 0, 0).In(zone).ZoneBounds()
	for {
		var before int
		if since.IsZero() { // it never changed
			since = time.Date(1970, 1, 1, 0, 0, 0, 0, zone)
			_, before = since.Zone()
		} else {
			_, before = since.Add(-time.Second).Zone()
		}
		name, offset := since.Zone()
		part := &ics.Standard{}
		part.AddProperty(ics.ComponentPropertyDtStart, since.In(time.FixedZone("", before)).Format(localTime))
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offsetOf(before))
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offsetOf(offset))
		part.AddProperty(ics.ComponentProperty(ics.PropertyTzname), name)
		if since.IsDST() {
			tz.Components = append(tz.Components, &ics.Daylight{ComponentBase: part.ComponentBase})
		} else {
			tz.Components = append(tz.Components, part)
		}
		if next.IsZero() || next.After(until) {
			return
		}
		since, next = next.In(zone).ZoneBounds()
	}
}

func offsetOf(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	return sign + time.Unix(int64(seconds), 0).UTC().Format("1504")
}

// recurrence lets through what a recurrence rule may consist of.
func recurrence(s string) string {
	s = strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(s), "RRULE:"))
	for _, c := range s {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("=;,-+", c) {
			return ""
		}
	}
	return s
}

// oneLine keeps a value from beginning a new property.
func oneLine(s string) string { return strings.Join(strings.Fields(legible(s)), " ") }

// legible drops what would command and not be read.
func legible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
