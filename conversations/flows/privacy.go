package flows

import (
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// Privacy is the flow about what is known of a person.
const Privacy = "privacy"

// privacyDraft is what a person is about to decide about their data.
type privacyDraft struct {
	Erasure Erasure `json:"erasure,omitzero"`
}

type privacyTurn = conversations.Turn[privacyDraft]

// privacy is opened by "/privacy short", "long", "export", "delete" and "stay".
func (b *Book) privacy() conversations.Runner {
	return conversations.Run(conversations.Flow[privacyDraft]{
		Name: Privacy, Version: 1, Start: "told", Open: b.openPrivacy,
		Steps: map[string]conversations.Step[privacyDraft]{
			"told": {Hear: b.hearPrivacy},
			"sure": {Ask: b.askErase, Hear: b.hearErase},
		},
	})
}

func (b *Book) openPrivacy(o conversations.Opening, env conversations.Env) privacyTurn {
	w := b.say(env)
	do := func(cmd conversations.Command) privacyTurn {
		return privacyTurn{Next: "told", Do: []conversations.Command{cmd}}
	}
	verb, _, _ := strings.Cut(strings.TrimSpace(o.Args), " ")
	switch verb {
	case "export":
		return do(Export{})
	case "delete":
		return do(ErasureOf{})
	case "stay":
		return do(Stay{})
	}
	r := channels.Reply{Title: w.T("privacy.title"), Text: w.T("privacy.short")}
	r.Choices = append([]channels.Choice{choice(w, "/"+TermsFlow+" show privacy", "privacy.choice.long")}, b.privacyChoices(env)...)
	return privacyTurn{End: true, Say: []channels.Reply{r}}
}

func (b *Book) privacyChoices(env conversations.Env) []channels.Choice {
	w := b.say(env)
	return []channels.Choice{
		choice(w, "/"+Privacy+" export", "privacy.choice.export"),
		choice(w, "/"+Privacy+" delete", "privacy.choice.delete"),
	}
}

func (b *Book) hearPrivacy(d privacyDraft, in conversations.Input, env conversations.Env) privacyTurn {
	w := b.say(env)
	end := func(s string) privacyTurn {
		return privacyTurn{Data: d, End: true, Say: []channels.Reply{{Text: s, Private: true}}}
	}
	switch f := in.Fact.(type) {
	case Erasure:
		return privacyTurn{Data: privacyDraft{Erasure: f}, Next: "sure"}
	case ExportBegun:
		return end(w.T("privacy.export_begun"))
	case Erased:
		return end(w.T("privacy.erased", "Count", f.Told))
	case Stayed:
		return end(w.T("privacy.stayed"))
	case Refused:
		return end(w.T("refused." + string(f.Why)))
	}
	return privacyTurn{Data: d, End: true, Say: []channels.Reply{b.At("nothing", env)}}
}

// askErase is the second thought before everything goes: it says what would go with it.
func (b *Book) askErase(d privacyDraft, env conversations.Env) channels.Reply {
	w := b.say(env)
	lines := []string{w.T("privacy.erase")}
	e := d.Erasure
	if e.Postings > 0 {
		lines = append(lines, w.T("privacy.erase_postings", "Count", e.Postings))
	}
	if e.Promises > 0 {
		lines = append(lines, w.T("privacy.erase_promises", "Count", e.Promises))
	}
	if len(e.Alone) > 0 {
		lines = append(lines, w.T("privacy.erase_alone", "Organisations", clip(w.List(e.Alone), 120)))
	}
	if len(e.Led) > 0 {
		lines = append(lines, w.T("privacy.erase_led", "Organisations", clip(w.List(e.Led), 120)))
	}
	lines = append(lines, w.T("privacy.erase_sure"))
	return channels.Reply{Text: strings.Join(lines, "\n"), Private: true, Choices: []channels.Choice{
		choice(w, "yes", "privacy.choice.erase"),
		choice(w, "no", "privacy.choice.keep"),
		choice(w, "export", "privacy.choice.export"),
	}}
}

// hearErase lets nobody be erased by a message that only claims to be theirs.
func (b *Book) hearErase(d privacyDraft, in conversations.Input, env conversations.Env) privacyTurn {
	w := b.say(env)
	switch {
	case in.Said == nil:
		return privacyTurn{Data: d}
	case in.Word == conversations.Back || in.Picked == "no":
		return privacyTurn{Data: d, End: true, Say: []channels.Reply{text(w.T("privacy.kept"))}}
	case in.Picked == "export":
		return privacyTurn{Data: d, Next: "told", Do: []conversations.Command{Export{}}}
	case in.Picked == "yes" && in.Said.Trust == channels.Untrusted:
		return privacyTurn{Data: d, Mute: true, Say: []channels.Reply{text(w.T("privacy.untrusted"))}}
	case in.Picked == "yes":
		return privacyTurn{Data: d, Next: "told", Do: []conversations.Command{Erase{}}}
	}
	return privacyTurn{Data: d, Missed: true}
}
