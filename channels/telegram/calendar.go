package telegram

import (
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"ehrenamt/channels"
)

// attachments are the files of a reply and its calendar entry, unless that is among them already.
func attachments(r channels.Reply, now time.Time) []channels.FileInfo {
	if r.Invite == nil || slices.ContainsFunc(r.Files, func(f channels.FileInfo) bool {
		return strings.HasPrefix(f.Type, "text/calendar") || strings.HasSuffix(f.Name, ".ics")
	}) {
		return r.Files
	}
	return append(slices.Clone(r.Files), calendarFile(r.Invite, now))
}

// calendarFile writes an entry as a file to be opened by a telephone's calendar (RFC 5545): published, not an
// invitation to be answered, because nothing could be answered to.
func calendarFile(e *channels.Event, now time.Time) channels.FileInfo {
	cal := ics.NewCalendar()
	cal.SetProductId("-//ehrenamt//telegram//")
	cal.SetMethod(ics.MethodPublish)
	ev := cal.AddEvent(oneLine(e.UID))
	ev.SetDtStampTime(now.UTC())
	ev.SetStartAt(e.Start.UTC())
	ev.SetEndAt(e.End.UTC())
	ev.SetSequence(e.Sequence)
	ev.SetSummary(legible(e.Summary))
	if e.Location != "" {
		ev.SetLocation(legible(e.Location))
	}
	if e.Description != "" {
		ev.SetDescription(legible(e.Description))
	}
	if e.RRule != "" {
		ev.AddRrule(oneLine(e.RRule))
	}
	if e.Cancelled {
		cal.SetMethod(ics.MethodCancel)
		ev.SetStatus(ics.ObjectStatusCancelled)
	}
	name := strings.ReplaceAll(channels.Fold(e.Summary), " ", "-")
	if len(name) > 40 {
		name = strings.Trim(strings.ToValidUTF8(name[:40], ""), "-")
	}
	if name == "" {
		name = "event"
	}
	return channels.FileInfo{
		Name: name + ".ics",
		Type: "text/calendar",
		Data: []byte(cal.Serialize(ics.WithNewLineWindows)),
	}
}

// oneLine keeps a value from beginning a new property.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
