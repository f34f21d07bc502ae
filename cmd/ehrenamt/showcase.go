package main

import (
	"context"
	"errors"

	"ehrenamt/bot"
	"ehrenamt/channels/web"
)

// showcase lets pages show what the bot has for everybody.
type showcase struct{ bot *bot.Bot }

func none(err error) error {
	if errors.Is(err, bot.ErrNoPage) {
		return web.ErrNone
	}
	return err
}

func frontOf(f bot.FrontPage) web.Front {
	out := web.Front{
		ID: f.ID, Name: f.Name, Place: f.Place, Langs: f.Languages, Accent: f.Accent, Ink: f.Ink, Arms: f.Arms, Telegram: f.Telegram, Mail: f.Mail,
		Page: f.Page, Own: f.Own, Texts: f.Texts, Suspended: f.Suspended,
	}
	for _, n := range f.Neighbours {
		out.Neighbours = append(out.Neighbours, frontOf(n))
	}
	return out
}

func postingOf(p bot.PostingPage) web.Posting {
	out := web.Posting{
		Code: p.Code, Kind: string(p.Kind), Category: string(p.Category), Title: p.Title, When: p.When, Place: p.Place, Carrier: p.Carrier,
		CategoryName: p.CardName, State: p.State, Elsewhere: p.Elsewhere, Facts: p.Facts, Taken: p.Taken, Description: p.Description,
		Telegram: p.Telegram, Dated: p.Dated,
	}
	for _, d := range p.Dates {
		out.Dates = append(out.Dates, web.Date{Start: d.Start, When: d.When})
	}
	return out
}

// Fronts implements web.Showcase.
func (s showcase) Fronts(ctx context.Context) ([]web.Front, error) {
	all, err := s.bot.FrontPages(ctx)
	var out []web.Front
	for _, f := range all {
		out = append(out, frontOf(f))
	}
	return out, err
}

// Front implements web.Showcase.
func (s showcase) Front(ctx context.Context, id, host string) (web.Front, error) {
	f, err := s.bot.FrontPage(ctx, id, host)
	return frontOf(f), none(err)
}

// Listed implements web.Showcase.
func (s showcase) Listed(ctx context.Context, front, lang string) ([]web.Posting, error) {
	all, err := s.bot.Listed(ctx, front, lang)
	var out []web.Posting
	for _, p := range all {
		out = append(out, postingOf(p))
	}
	return out, none(err)
}

// Posting implements web.Showcase.
func (s showcase) Posting(ctx context.Context, front, code, lang string) (web.Posting, error) {
	p, err := s.bot.ShownPosting(ctx, front, code, lang)
	return postingOf(p), none(err)
}

// PostingCalendar implements web.Showcase.
func (s showcase) PostingCalendar(ctx context.Context, front, code, lang string) ([]byte, error) {
	data, err := s.bot.PostingCalendar(ctx, front, code, lang)
	return data, none(err)
}

// Text implements web.Showcase.
func (s showcase) Text(ctx context.Context, front, kind, lang string) (words, version string, err error) {
	words, version, err = s.bot.PageText(ctx, front, kind, lang)
	return words, version, none(err)
}

// Arms implements web.Showcase.
func (s showcase) Arms(ctx context.Context, front string) (mediaType string, picture []byte, err error) {
	mediaType, picture, err = s.bot.PageArms(ctx, front)
	return mediaType, picture, none(err)
}
