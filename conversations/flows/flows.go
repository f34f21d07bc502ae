// Package flows holds what one can talk about with the bot: joining, posting,
// answering, deciding, and so on, one file each. Flows are pure: they get the
// message, the facts and the environment and return what to say and which commands
// to perform. They hold no sentence of their own (conversations/wording has them)
// and never touch a clock, a store or a network.
package flows

import (
	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

// Reader reads free text; *understanding.Reader is the one there is.
type Reader interface {
	Read(understanding.Request) understanding.Reading
}

// Places finds places for pins and postcodes; *places.Gazetteer is the one there is.
type Places interface {
	Nearest(matching.Point) matching.Place
}

// Book is all flows with the words and tables they need.
type Book struct {
	catalog *wording.Catalog
	reader  Reader
	places  Places
	runners map[string]conversations.Runner
}

// Names of the flows, used in keys of choices ("/answer yes …") and in commands.
const (
	Home      = "home"
	Post      = "post"
	Subscribe = "subscribe"
	Answer    = "answer"
	Decide    = "decide"
	Show      = "show"
	News      = "news"
	Org       = "org"
	Moderate  = "moderate"
	Mine      = "mine"
	Search    = "search"
	EntryFlow = "entry"
	Settings  = "settings"
	Less      = "less"
	Roster    = "roster"
	Claim     = "claim"
	Figures   = "figures"
)

// New makes the book.
func New(words *wording.Catalog, reader Reader, places Places) *Book {
	b := &Book{catalog: words, reader: reader, places: places, runners: map[string]conversations.Runner{}}
	for _, r := range []conversations.Runner{
		b.relay(), b.care(),
		b.home(), b.post(), b.subscribe(), b.answer(), b.decide(), b.show(), b.news(),
		b.organisation(), b.moderate(), b.mine(), b.privacy(), b.comeback(),
		b.search(), b.entry(), b.settings(), b.less(), b.roster(), b.report(), b.terms(), b.claim(), b.figures(),
		b.connect(), b.link(), b.lend(),
	} {
		b.runners[r.Name()] = r
	}
	return b
}

// Runner returns the flow of that name, or nil.
func (b *Book) Runner(name string) conversations.Runner { return b.runners[name] }

// Names lists the flows there are.
func (b *Book) Names() []string {
	names := make([]string, 0, len(b.runners))
	for _, n := range []string{Relay, Care, Home, Post, Subscribe, Answer, Decide, Show, News, Org, Moderate, Mine, Privacy, Return,
		Search, EntryFlow, Settings, Less, Roster, Claim, Figures, ReportFlow, TermsFlow,
		Connect, Link, Lend,
	} {
		if b.runners[n] != nil {
			names = append(names, n)
		}
	}
	return names
}

// say returns the words for whoever is spoken to.
func (b *Book) say(env conversations.Env) wording.Words {
	w := b.catalog.For(env.Lang, env.Register)
	if env.Lang == env.Native {
		w.Renamed = env.Renamed
	}
	return w
}

// read lets the reader read what was said, with the reference time of the front.
func (b *Book) read(said *channels.Message, env conversations.Env, expect understanding.Field, base *understanding.Draft, kind understanding.Intent) understanding.Reading {
	r := b.reader.Read(understanding.Request{
		Text: said.Text, Subject: said.Subject, Channel: said.From.Channel, Lang: env.Lang,
		Now: env.Now, Front: env.Place, Expect: expect, Base: base, Kind: kind,
	})
	for i := range r.Doubts { // they are told back to people
		r.Doubts[i].Text = clip(r.Doubts[i].Text, 60)
	}
	return r
}

// text is a reply of words only.
func text(s string) channels.Reply { return channels.Reply{Text: s} }

// menu is a reply whose choices ask for something although no conversation waits for the answer: each of
// them opens one of its own.
func menu(r channels.Reply) channels.Reply {
	if len(r.Choices) > 0 {
		r.Prompt = channels.PromptOf(r)
	}
	return r
}

// yesNo are the two words that every language of ours understands as an answer.
func choice(w wording.Words, key, word string, pairs ...any) channels.Choice {
	c := channels.Choice{Key: key, Label: w.T(word, pairs...)}
	if more := word + ".words"; w.Has(more) {
		c.Words = splitWords(w.T(more))
	}
	return c
}

// Languages lists the languages there are words for.
func (b *Book) Languages() []string { return b.catalog.Languages() }
