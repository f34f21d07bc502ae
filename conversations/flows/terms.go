package flows

import (
	"strings"
	"unicode/utf8"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// TermsFlow is the flow in which the texts of a front are read and agreed to.
const TermsFlow = "terms"

// LookAtText asks for a text of the front: "privacy", "terms" or "imprint".
type LookAtText struct{ Kind string }

// FrontText is that text; Words is "" where the front has none of its own.
type FrontText struct{ Kind, Front, Words, Version string }

// Agree agrees to the terms of the front.
type Agree struct{}

// Agreed tells that it is noted.
type Agreed struct{}

type termsTurn = conversations.Turn[struct{}]

// terms is opened by "/terms show <kind>", "agree" and "disagree".
func (b *Book) terms() conversations.Runner {
	return conversations.Run(conversations.Flow[struct{}]{
		Name: TermsFlow, Version: 1, Start: "told",
		Open: func(o conversations.Opening, _ conversations.Env) termsTurn {
			verb, kind, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
			switch verb {
			case "agree":
				return termsTurn{Next: "told", Do: []conversations.Command{Agree{}}}
			case "disagree":
				return termsTurn{Next: "told", Do: []conversations.Command{Halt{}}}
			}
			kind, _, _ = strings.Cut(kind, " ")
			return termsTurn{Next: "told", Do: []conversations.Command{LookAtText{Kind: kind}}}
		},
		Steps: map[string]conversations.Step[struct{}]{"told": {Hear: b.hearTerms}},
	})
}

// shownText is how much of a text is shown in the message itself, in characters; all of it is in the file.
const shownText = 500

func (b *Book) hearTerms(_ struct{}, in conversations.Input, env conversations.Env) termsTurn {
	w := b.say(env)
	end := func(r channels.Reply) termsTurn { return termsTurn{End: true, Say: []channels.Reply{r}} }
	switch f := in.Fact.(type) {
	case Agreed:
		return end(text(w.T("terms.agreed")))
	case Halted:
		return end(text(w.T("home.stopped")))
	case FrontText:
		if f.Words == "" {
			if f.Kind == "privacy" {
				return end(channels.Reply{Title: w.T("privacy.title"), Text: w.T("privacy.long", "Front", env.Place.Name), Choices: b.privacyChoices(env)})
			}
			return end(text(w.T("terms.none", "Front", f.Front)))
		}
		r := channels.Reply{Title: w.T("terms.title." + f.Kind), Text: f.Words}
		if utf8.RuneCountInString(f.Words) > shownText {
			r.Text = clip(f.Words, shownText) + "\n\n" + w.T("terms.file")
			data := []byte(f.Words)
			r.Files = []channels.FileInfo{{Name: w.T("terms.title."+f.Kind) + ".txt", Type: "text/plain; charset=utf-8", Data: data, Size: int64(len(data))}}
		}
		switch f.Kind {
		case "privacy":
			r.Choices = b.privacyChoices(env)
		case "terms":
			r.Choices = []channels.Choice{choice(w, "/"+TermsFlow+" agree", "terms.choice.agree"), choice(w, "/"+TermsFlow+" disagree", "terms.choice.disagree")}
		}
		return end(r)
	}
	return end(b.At("nothing", env))
}

// termsNews asks whoever agreed to earlier terms whether they agree to the present ones.
func (b *Book) termsNews(n Piece, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T("news.terms", "Name", n.Name), Private: true, Choices: []channels.Choice{
		choice(w, "/"+TermsFlow+" agree", "terms.choice.agree"),
		choice(w, "/"+TermsFlow+" show terms", "terms.choice.read"),
		choice(w, "/"+TermsFlow+" disagree", "terms.choice.disagree"),
	}}
}
