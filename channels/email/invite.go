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
	verb := ics.MethodRequest
	if e.Cancelled {
		verb = ics.MethodCancel
	}
	cal.SetMethod(verb)
	part := ics.ParticipationStatusNeedsAction
	if e.Agreed {
		part = ics.ParticipationStatusAccepted
	}
	for _, ev := range channels.AddEvent(cal, e, now) {
		ev.SetOrganizer("mailto:"+cfg.Address, ics.WithCN(parameter(cfg.Name)))
		ev.AddAttendee("mailto:"+out.to, part, ics.WithRSVP(!e.Cancelled), ics.ParticipationRoleReqParticipant)
	}
	return cal.Serialize(ics.WithNewLineWindows), string(verb)
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
