package email

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
)

// invitation writes the calendar entry (RFC 5545) and the method of its message (RFC 5546). The organiser
// is our address with the token, so that the answer of a calendar finds its way back.
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
	ev.SetStartAt(e.Start.UTC())
	if e.End.After(e.Start) {
		ev.SetEndAt(e.End.UTC())
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
	ev.SetOrganizer("mailto:"+out.from, ics.WithCN(parameter(cfg.Name)))
	ev.AddAttendee("mailto:"+out.to, ics.ParticipationStatusNeedsAction, ics.WithRSVP(!e.Cancelled), ics.ParticipationRoleReqParticipant)
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
