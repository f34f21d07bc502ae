package email

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
)

// invitation writes the calendar entry (RFC 5545) and the method of its message (RFC 5546). The organiser is the address
// that the mail comes from, always the same: calendars take an update from no other. The answer is known by the UID.
func invitation(cfg Config, out letterOut, e channels.Event, now time.Time) (text, method string) {
	cal := ics.NewCalendarFor("ehrenamt")
	verb, status := ics.MethodRequest, ics.ObjectStatusConfirmed
	if e.Cancelled {
		verb, status = ics.MethodCancel, ics.ObjectStatusCancelled
	}
	cal.SetMethod(verb)
	ev := cal.AddEvent(oneLine(e.UID))
	ev.SetDtStampTime(now)
	ev.SetSequence(e.Sequence)
	switch {
	case e.AllDay:
		end := e.End
		if !end.After(e.Start) {
			end = e.Start.AddDate(0, 0, 1)
		}
		ev.SetAllDayStartAt(e.Start)
		ev.SetAllDayEndAt(end)
	case e.End.After(e.Start):
		ev.SetStartAt(e.Start.UTC())
		ev.SetEndAt(e.End.UTC())
	default:
		ev.SetStartAt(e.Start.UTC())
	}
	ev.SetStatus(status)
	ev.SetSummary(oneLine(e.Summary))
	if v := oneLine(e.Location); v != "" {
		ev.SetLocation(v)
	}
	if v := strings.TrimSpace(cleanText(e.Description)); v != "" {
		ev.SetDescription(v)
	}
	if rule := recurrence(e.RRule); rule != "" {
		ev.AddRrule(rule)
	}
	part := ics.ParticipationStatusNeedsAction
	if e.Agreed {
		part = ics.ParticipationStatusAccepted
	}
	ev.SetOrganizer("mailto:"+cfg.Address, ics.WithCN(parameter(cfg.Name)))
	ev.AddAttendee("mailto:"+out.to, part, ics.WithRSVP(!e.Cancelled), ics.ParticipationRoleReqParticipant)
	return cal.Serialize(ics.WithNewLineWindows), string(verb)
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

// parameter makes a value safe inside a calendar parameter, where quotes cannot be escaped.
func parameter(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("\";:,", r) {
			return ' '
		}
		return r
	}, oneLine(s))
}
