package telegram

import (
	"slices"
	"strings"
	"time"

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
		Data: channels.CalendarFile("telegram", now, *e),
	}
}

// oneLine keeps a value from beginning a new property.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
