package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

// FrontPage is a front as its pages show it.
type FrontPage struct {
	ID, Name, Place string
	Languages       []string // the first one is its own
	Accent, Ink     string   // "#rrggbb", "" if it has none
	Arms            string   // version of its picture, "" if it has none
	Telegram, Mail  string   // where it is written to, "" where it is not
	Page            string   // where its pages are, without a slash at the end; "" if nobody has said
	Own             bool     // Page is a host of its own
	Texts           []string // kinds of texts it has
	Neighbours      []FrontPage
	Suspended       bool
}

// PostingPage is a posting as pages show it.
type PostingPage struct {
	flows.PageCard
	Code      string
	Kind      matching.Kind
	Category  matching.Category
	CardName  string // of the category
	Dated     bool
	Elsewhere string   // name of the front it belongs to, where that is another one
	Taken     []string // of something lent: when it is not to be had
	Telegram  string   // a link that opens it, "" if there is none
}

// ErrNoPage is returned for what is not there or not for everybody.
var ErrNoPage = errors.New("no such page")

// pageEnv is how a front speaks on its pages.
func (t *turn) pageEnv(f *storage.Front, lang string) conversations.Env {
	z := t.b.fronts.zone(*f)
	env := conversations.Env{
		Now: t.now.In(z), Zone: z, Lang: lang, Register: f.Register, Front: f.ID, Place: f.Place, Off: f.Off, Renamed: f.Renamed,
		Native: t.b.spoken(*f)[1],
	}
	if env.Lang == "" {
		env.Lang = env.Native
	}
	return env
}

// view reads within one transaction.
func (b *Bot) view(ctx context.Context, read func(context.Context, *turn) error) error {
	return b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error { return read(ctx, b.newTurn(tx)) })
}

// FrontPages are all fronts that have people to look after; those that rest are left out.
func (b *Bot) FrontPages(ctx context.Context) ([]FrontPage, error) {
	var out []FrontPage
	err := b.view(ctx, func(ctx context.Context, t *turn) error {
		all, err := t.tx.Fronts.AllFronts(ctx)
		for i := range all {
			if !all[i].Suspended {
				out = append(out, t.frontPage(ctx, &all[i]))
			}
		}
		return err
	})
	return out, err
}

// FrontPage finds a front by its id, or by the host its pages are on; ErrNoPage if there is none.
func (b *Bot) FrontPage(ctx context.Context, id, host string) (FrontPage, error) {
	var out FrontPage
	err := b.view(ctx, func(ctx context.Context, t *turn) error {
		all, err := t.tx.Fronts.AllFronts(ctx)
		if err != nil {
			return fmt.Errorf("fronts: %w", err)
		}
		i := slices.IndexFunc(all, func(f storage.Front) bool {
			return id != "" && f.ID == id || id == "" && host != "" && b.hostOf(f.Page) == host
		})
		if i < 0 {
			return ErrNoPage
		}
		out = t.frontPage(ctx, &all[i])
		for _, id := range all[i].Neighbours {
			if j := slices.IndexFunc(all, func(f storage.Front) bool { return f.ID == id && !f.Suspended }); j >= 0 {
				out.Neighbours = append(out.Neighbours, t.frontPage(ctx, &all[j]))
			}
		}
		return nil
	})
	return out, err
}

// hostOf is the host of a page that is not the operator's, "" if it is.
func (b *Bot) hostOf(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return ""
	}
	if ours, err := url.Parse(b.PublicURL); err == nil && strings.EqualFold(ours.Hostname(), u.Hostname()) {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func (t *turn) frontPage(ctx context.Context, f *storage.Front) FrontPage {
	p := FrontPage{
		ID: f.ID, Name: f.Name, Place: f.Place.Name, Languages: t.b.spoken(*f)[1:], Accent: f.Accent, Ink: f.Ink, Suspended: f.Suspended,
		Page: strings.TrimRight(f.Page, "/"), Own: t.b.hostOf(f.Page) != "",
	}
	if p.Page == "" && t.b.PublicURL != "" {
		p.Page = strings.TrimRight(t.b.PublicURL, "/") + "/f/" + f.ID
	}
	for _, kind := range []string{storage.ImprintText, storage.PrivacyText, storage.TermsText} {
		if f.Texts[kind] != "" {
			p.Texts = append(p.Texts, kind)
		}
	}
	if _, picture, err := t.tx.Arms.Arms(ctx, f.ID); err == nil {
		p.Arms = fmt.Sprintf("%x", len(picture))
	}
	p.Telegram = t.telegramLink(f, "t_"+f.ID)
	for _, a := range f.Accounts {
		channel, name, _ := strings.Cut(a, ":")
		if account, ok := t.b.account(channel, name); ok {
			if box, ok := account.Channel.(channels.Postbox); ok && p.Mail == "" {
				p.Mail = box.Mailbox()
			}
		}
	}
	return p
}

// telegramLink opens a talk with the bot of a front; "" where there is none.
func (t *turn) telegramLink(f *storage.Front, start string) string {
	if f.Telegram == storage.TelegramOff {
		return ""
	}
	for _, a := range f.Accounts {
		channel, name, _ := strings.Cut(a, ":")
		if account, ok := t.b.account(channel, name); ok {
			if l, ok := account.Channel.(channels.Linker); ok {
				return l.Link(start)
			}
		}
	}
	return ""
}

// How many postings the pages of a front list, and how far beyond its municipality they lie.
const (
	listedMax  = 400
	listedMore = 5.0 // km
)

// Listed are the visible postings of a front, and of its surroundings, the soonest first.
func (b *Bot) Listed(ctx context.Context, front, lang string) ([]PostingPage, error) {
	var out []PostingPage
	err := b.view(ctx, func(ctx context.Context, t *turn) error {
		f, err := t.tx.Fronts.Front(ctx, front)
		if errors.Is(err, storage.ErrNotFound) || err == nil && f.Suspended {
			return ErrNoPage
		}
		if err != nil {
			return fmt.Errorf("front: %w", err)
		}
		visible := []matching.PostingState{matching.Open}
		ps, err := t.tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: f.ID, States: visible, Limit: listedMax})
		if err != nil {
			return fmt.Errorf("postings: %w", err)
		}
		near := storage.PostingQuery{Near: f.Place.Point, Within: max(f.Place.Extent, 1) + listedMore, States: visible, Limit: listedMax}
		around, err := t.tx.Postings.ListPostings(ctx, near)
		if err != nil {
			return fmt.Errorf("postings: %w", err)
		}
		for _, p := range around {
			if p.Front != f.ID {
				ps = append(ps, p)
			}
		}
		if ps, err = t.awake(ctx, ps); err != nil {
			return err
		}
		env := t.pageEnv(&f, lang)
		type at struct {
			page PostingPage
			when time.Time
		}
		var all []at
		for i := range ps {
			if past(&ps[i], t.now, env.Zone) {
				continue
			}
			page, err := t.postingPage(ctx, &f, &ps[i], env)
			if err != nil {
				return err
			}
			all = append(all, at{page, start(&ps[i], t.now, env.Zone)})
		}
		slices.SortStableFunc(all, func(a, b at) int { return cmp.Or(a.when.Compare(b.when), strings.Compare(a.page.Code, b.page.Code)) })
		for _, a := range all {
			out = append(out, a.page)
		}
		return nil
	})
	return out, err
}

func (t *turn) postingPage(ctx context.Context, f *storage.Front, p *matching.Posting, env conversations.Env) (PostingPage, error) {
	page := PostingPage{
		PageCard: t.b.Book.Page(p, env), Code: p.Code, Kind: p.Kind, Category: p.Category, Dated: p.Dated(), Telegram: t.telegramLink(f, "p_"+p.Code),
	}
	page.CardName = page.PageCard.Category
	if p.Front != f.ID {
		other, err := t.b.fronts.front(ctx, t.tx, p.Front)
		if err != nil {
			return page, err
		}
		page.Elsewhere = other.Name
	}
	return page, nil
}

// ShownPosting is one posting by its code, as a front shows it to everybody; ErrNoPage for what is not for everybody.
func (b *Bot) ShownPosting(ctx context.Context, front, code, lang string) (PostingPage, error) {
	var out PostingPage
	err := b.onPosting(ctx, front, code, func(ctx context.Context, t *turn, f *storage.Front, p *matching.Posting) (err error) {
		env := t.pageEnv(f, lang)
		if out, err = t.postingPage(ctx, f, p, env); err != nil || !p.Lent() {
			return err
		}
		s, err := t.seats(ctx, p)
		if err != nil {
			return err
		}
		for i, d := range s.whenWanted().Taken {
			if i < 12 {
				out.Taken = append(out.Taken, t.b.Book.LentTime(d, env))
			}
		}
		return nil
	})
	return out, err
}

// PostingCalendar is the calendar file of a posting with dates.
func (b *Bot) PostingCalendar(ctx context.Context, front, code, lang string) ([]byte, error) {
	var out []byte
	err := b.onPosting(ctx, front, code, func(_ context.Context, t *turn, f *storage.Front, p *matching.Posting) error {
		env := t.pageEnv(f, lang)
		dates := p.Occurrences(t.now, time.Time{}, env.Zone)
		if len(dates) == 0 {
			return ErrNoPage
		}
		public := p.Public()
		out = calendarOf(&public, dates, t.b.Book.Page(p, env).Title, t.now, env.Zone)
		return nil
	})
	return out, err
}

func (b *Bot) onPosting(ctx context.Context, front, code string, do func(context.Context, *turn, *storage.Front, *matching.Posting) error) error {
	return b.view(ctx, func(ctx context.Context, t *turn) error {
		f, err := t.tx.Fronts.Front(ctx, front)
		if errors.Is(err, storage.ErrNotFound) || err == nil && f.Suspended {
			return ErrNoPage
		}
		if err != nil {
			return fmt.Errorf("front: %w", err)
		}
		p, err := t.tx.Postings.PostingByCode(ctx, code)
		if errors.Is(err, storage.ErrNotFound) || err == nil && !p.State.Visible() {
			return ErrNoPage
		}
		if err != nil {
			return fmt.Errorf("posting: %w", err)
		}
		if rests, err := t.rests(ctx, p.Front); err != nil || rests {
			return cmp.Or(err, ErrNoPage)
		}
		return do(ctx, t, &f, &p)
	})
}

// PageText is a text of a front in force, with its version; ErrNoPage where it has none.
func (b *Bot) PageText(ctx context.Context, front, kind, lang string) (words, version string, err error) {
	err = b.view(ctx, func(ctx context.Context, t *turn) error {
		f, err := t.tx.Fronts.Front(ctx, front)
		if err == nil && f.Texts[kind] == "" {
			err = storage.ErrNotFound
		}
		if err == nil {
			var x storage.FrontText
			x, err = t.tx.Texts.TextOf(ctx, front, kind, f.Texts[kind], lang)
			words, version = x.Text, x.Version
		}
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNoPage
		}
		return err
	})
	return words, version, err
}

// PageArms is the picture of a front; ErrNoPage where it has none.
func (b *Bot) PageArms(ctx context.Context, front string) (mediaType string, picture []byte, err error) {
	err = b.view(ctx, func(ctx context.Context, t *turn) (err error) {
		mediaType, picture, err = t.tx.Arms.Arms(ctx, front)
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNoPage
		}
		return err
	})
	return mediaType, picture, err
}
