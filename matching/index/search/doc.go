// Package search finds open postings: by category, kind, time, place and radius,
// qualification and words, nearest, soonest or best first, page after page, and
// counts them per day. It proposes what the store then shows.
//
// Postings lie in parts that never change: segments of 128 neighbours along a
// Hilbert curve, one bit column per attribute, a box and the times of each. A
// search visits segments in the order of the best they could offer and stops when that
// cannot beat the worst result it has. A new posting is a part of its own; parts
// of like size are joined, so that there are few. Readers see a list of parts
// that is replaced as a whole, and never wait.
//
// The package reads no clock, opens no file and knows no store: postings come as
// Doc values, the present comes with the query.
package search

import (
	"slices"
	"strings"
	"time"

	"ehrenamt/matching"
)

// Span is a time from From to To, exclusive, in seconds since 1970.
type Span struct{ From, To int64 }

// Doc is what the index keeps of an open posting.
type Doc struct {
	ID       string
	Point    matching.Point
	Kind     matching.Kind
	Category uint8          // the category's bit
	Slots    matching.Slots // 0: any time
	Required uint64         // mask of qualifications
	Dates    []Span         // in order; none: undated, found at any time
	Text     string         // what words are looked for in
	Revision int64
}

// DocOf is the entry of a posting in the zone of its front; ok is false if it is not open. What recurs is
// found at any time.
func DocOf(p *matching.Posting, zone *time.Location) (d Doc, ok bool) {
	if zone == nil {
		zone = time.UTC
	}
	bit := p.Category.Bit()
	d = Doc{
		ID: p.ID, Point: p.Place.Point, Kind: p.Kind, Category: uint8(max(0, bit)), Revision: p.Revision,
		Required: matching.QualificationMask(p.Required),
		Text: strings.Join(slices.Concat([]string{p.Title, p.Description, p.Carrier, p.Place.Name, p.Place.Municipality},
			p.Things), "\n"),
	}
	if p.Recurrence != "" {
		return d, p.State == matching.Open && bit >= 0 // which dates there are to come is worked out by those who ask
	}
	for _, s := range p.Dates {
		d.Dates = append(d.Dates, Span{s.Start.Unix(), s.Until().Unix()})
		if !p.Flexible {
			d.Slots |= matching.SpanSlots(s, zone)
		}
	}
	return d, p.State == matching.Open && bit >= 0
}

// next is the first date not over at a time; ok is false for undated postings and past ones.
func (d *Doc) next(now int64) (Span, bool) {
	for _, s := range d.Dates {
		if s.To > now {
			return s, true
		}
	}
	return Span{}, false
}

// during tells whether a date not over at now lies at least partly within from and to (0: open).
func (d *Doc) during(now, from, to int64) bool {
	if len(d.Dates) == 0 {
		return true
	}
	after := max(now, from)
	for _, s := range d.Dates {
		if s.To > after && (to == 0 || s.From < to) {
			return true
		}
	}
	return false
}
