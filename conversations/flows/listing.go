package flows

import (
	"slices"
	"strings"

	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/matching/listings"
)

// FromListing makes a posting of an entry of a foreign list: words for places, categories and qualifications are read
// as if somebody had written them. It returns the column that cannot be understood, "" if all can. What the reader
// found for a text is kept in known, for lists say the same again and again.
func (b *Book) FromListing(l listings.Listing, env conversations.Env, known map[string]understanding.Draft) (p matching.Posting, wrong string) {
	p = matching.Posting{
		Front: env.Front, Carrier: l.Organisation, Actor: l.Actor, Kind: l.Kind, Title: l.Title, Description: l.Description, Dates: l.Dates,
		Recurrence: l.Recurrence, Places: l.Helpers, MinAge: l.MinAge, Languages: l.Languages, Address: l.Address, Imported: true,
	}
	if l.Helpers > MaxHelpers {
		return p, "helpers"
	}
	if p.Place, wrong = b.listedPlace(l, env, known); wrong != "" {
		return p, wrong
	}
	if l.Link != "" {
		p.Description = join("\n", p.Description, l.Link)
	}
	p.Category = b.listedCategory(l, env, known)
	var ok bool
	if p.Required, ok = b.listedQualifications(l.Qualifications, env, known); !ok {
		return p, "qualifications"
	}
	if p.Welcome, ok = b.listedQualifications(l.Welcome, env, known); !ok {
		return p, "welcome"
	}
	return p, ""
}

// listedPlace takes a position as it is, and finds names and postcodes.
func (b *Book) listedPlace(l listings.Listing, env conversations.Env, known map[string]understanding.Draft) (matching.Place, string) {
	if !l.Point.IsZero() {
		at := b.places.Nearest(l.Point)
		if l.Place != "" {
			at.Name = l.Place
		}
		at.Point = l.Point
		return at, ""
	}
	for _, said := range []string{join(" ", l.Postcode, l.Place), l.Place, l.Postcode} {
		if said == "" {
			continue
		}
		if d := b.readListed(said, understanding.FieldPlace, env, known); d.Place != nil {
			return *d.Place, ""
		}
	}
	if l.Place == "" {
		return matching.Place{}, "postcode"
	}
	return matching.Place{}, "place"
}

// listedCategory is the one that is named, by id or in words, else the one that the text is about.
func (b *Book) listedCategory(l listings.Listing, env conversations.Env, known map[string]understanding.Draft) matching.Category {
	if c := matching.Category(strings.ToLower(l.Category)); slices.Contains(matching.Categories, c) {
		return c
	}
	if l.Category != "" {
		for _, c := range matching.Categories {
			if understanding.SameName(b.say(env).Category(c), l.Category) {
				return c
			}
		}
		if d := b.readListed(l.Category, understanding.FieldCategory, env, known); d.Category != "" && d.Category != matching.OtherCategory {
			return d.Category
		}
	}
	d := b.readListed(join(". ", l.Title, clip(l.Description, 500)), understanding.FieldCategory, env, nil)
	if d.Category == "" {
		return matching.OtherCategory
	}
	return d.Category
}

func (b *Book) listedQualifications(words []string, env conversations.Env, known map[string]understanding.Draft) (qs []matching.Qualification, ok bool) {
	add := func(q matching.Qualification) {
		if !slices.Contains(qs, q) {
			qs = append(qs, q)
		}
	}
	for _, w := range words {
		if q := matching.Qualification(strings.ToLower(w)); q.Bit() >= 0 {
			add(q)
			continue
		}
		d := b.readListed(w, understanding.FieldQualifications, env, known)
		found := append(slices.Clone(d.Required), d.Welcome...)
		if len(found) == 0 {
			return nil, false
		}
		for _, q := range found {
			add(q)
		}
	}
	return qs, true
}

func (b *Book) readListed(said string, expect understanding.Field, env conversations.Env, known map[string]understanding.Draft) understanding.Draft {
	key := string(expect) + "\x00" + said
	if d, ok := known[key]; ok {
		return d
	}
	d := b.reader.Read(understanding.Request{Text: said, Lang: env.Lang, Now: env.Now, Front: env.Place, Expect: expect, Kind: understanding.Need}).Draft
	if known != nil {
		known[key] = d
	}
	return d
}
