package flows

import (
	"ehrenamt/channels"
	"ehrenamt/matching"
)

// Find asks for what fits a query. With Among only those are looked through, with the distances given, so
// that a search can go on after the place it began at is forgotten.
type Find struct {
	Query  matching.Query
	Among  []Known
	Around bool // tell what is around in any case, to go on with
	ForMe  bool // whatever Query says: what fits what the person has subscribed to
}

// Known is a posting found before, and how far it was, in km as told to people; < 0: not known.
type Known struct {
	ID string `json:"id"`
	KM int    `json:"km"`
}

// FoundMax is how many hits a search keeps for paging.
const FoundMax = 40

// Found is what fits, best first; at most FoundMax of Total.
type Found struct {
	Hits   []matching.Hit
	Total  int
	Around []Known
}

// AroundKM is how far and AroundMax how many Around tells of.
const (
	AroundKM  = 25.0
	AroundMax = 100
)

// CalendarEntry asks for a posting as an entry for somebody's own calendar.
type CalendarEntry struct{ Posting string }

// Entry is that entry as a file without a name.
type Entry struct {
	Posting matching.Posting
	File    channels.FileInfo
}
