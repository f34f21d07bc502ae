package flows

import (
	"slices"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
)

// quietly routes words while a quiet flow listens: to what was shown last, to a flow they clearly ask for, and
// else to the quiet flow. What that makes nothing of is routed once more without it.
func (b *Book) quietly(m *channels.Message, frames []conversations.Frame, offers []conversations.Offer, asked channels.Reply, env conversations.Env) Way {
	top := len(frames) - 1
	flow := frames[top].Flow
	if m.Ref != "" {
		for _, o := range offers {
			if o.Ref == m.Ref && o.Flow == "" {
				return b.about(m.Text, o)
			}
		}
	}
	newer := len(offers) > 0 && offers[0].Flow != flow
	if newer {
		if c, ok := channels.Pick(m.Text, offers[0].Choices); ok {
			if w, ok := follow(c.Key, top); ok {
				return w
			}
		}
	}
	if c, rest, ok := channels.PickPrefix(m.Text, asked.Choices); ok {
		if w, ok := opens(c.Key, rest); ok {
			return w
		}
		return Way{Frame: top, Picked: c.Key, Rest: rest}
	}
	r := b.read(m, env, understanding.FieldNone, nil, "")
	if newer && asksForAnswer(offers[0]) && (r.Intent == understanding.Answer || r.Condition.Yes || r.Condition.No || r.Condition.Party > 0) {
		return b.lost(m, offers, env)
	}
	if newer && lends(offers[0]) {
		if _, ok := b.timeWanted(m.Text, env); ok {
			return b.about(m.Text, offers[0])
		}
	}
	if w, ok := b.wished(m, env); ok && w.Open == Settings && flow == Less {
		return w
	}
	if d := &r.Draft; flow == Search && r.Intent == understanding.Subscribe && r.IntentConfidence >= sure && d.Place == nil && d.Category == "" &&
		len(d.Dates) == 0 && d.Slots == 0 && len(d.Categories) == 0 {
		return Way{Frame: top, Picked: "remember"} // of what was found, or not
	}
	clear := r.IntentConfidence >= 0.7 && len(strings.Fields(m.Text)) >= 4
	switch {
	case clear && flow != Less && r.Intent == understanding.Search:
		return Way{Frame: -1, Open: Search}
	case clear && (r.Intent == understanding.Need || r.Intent == understanding.Offer || r.Intent == understanding.Subscribe || r.Intent == understanding.Search):
		return b.intent(m, nil, env)
	}
	return Way{Frame: top}
}

func asksForAnswer(o conversations.Offer) bool {
	return slices.ContainsFunc(o.Choices, func(c channels.Choice) bool { return strings.HasPrefix(c.Key, "/"+Answer+" ") })
}

// opens reads a choice that leads to another flow, picked by its words.
func opens(key, rest string) (Way, bool) {
	if rest != "" || !strings.HasPrefix(key, "/") {
		return Way{}, false
	}
	return follow(key, -1)
}

// still tells whether a button of an earlier message means the same to a quiet flow as it did then.
func (b *Book) still(key string, frames []conversations.Frame, asked channels.Reply) bool {
	return b.Runner(frames[len(frames)-1].Flow).Quiet() && slices.ContainsFunc(asked.Choices, func(c channels.Choice) bool { return c.Key == key })
}

// wished routes what is nothing but a wish about how to be told or spoken to, and somebody's spare time.
func (b *Book) wished(m *channels.Message, env conversations.Env) (Way, bool) {
	if w := understanding.ReadWishes(m.Text, env.Now); w.Whole && !w.End && (len(strings.Fields(m.Text)) > 1 || !w.AnyTime && w.Cadence == "") {
		return Way{Frame: -1, Open: Settings}, true
	}
	if s := understanding.ReadSpare(m.Text, env.Now); !s.Until.IsZero() {
		return Way{Frame: -1, Open: Search}, true
	}
	return Way{}, false
}

// otherLanguage offers the language of the front to whoever is greeted in another one, and in its words.
func (b *Book) otherLanguage(env conversations.Env) []channels.Choice {
	if env.Native == "" || env.Lang == "" || env.Native == env.Lang || !slices.Contains(b.Languages(), env.Native) {
		return nil
	}
	w := b.catalog.For(env.Native, "")
	if !w.Has("home.choice.in_this_language") {
		return nil
	}
	return []channels.Choice{{Key: "/" + Settings + " lang:" + env.Native, Label: w.T("home.choice.in_this_language")}}
}
