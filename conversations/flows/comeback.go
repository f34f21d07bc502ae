package flows

import (
	"ehrenamt/channels"
	"ehrenamt/conversations"
)

// Return is the flow that leads back to an interrupted conversation. It lies on top of the one it asks about.
const Return = "return"

// comeback is what was interrupted.
type comeback struct {
	Topic string `json:"topic"`
}

// DropBelow ends the conversation that was interrupted by the present one.
type DropBelow struct{}

// Dropped tells that it did.
type Dropped struct{}

func (b *Book) comeback() conversations.Runner {
	return conversations.Run(conversations.Flow[comeback]{
		Name: Return, Version: 1, Start: "ask",
		Open: func(o conversations.Opening, _ conversations.Env) conversations.Turn[comeback] {
			return conversations.Turn[comeback]{Data: comeback{Topic: o.Args}, Next: "ask"}
		},
		Steps: map[string]conversations.Step[comeback]{"ask": {Ask: b.askReturn, Hear: b.hearReturn}},
	})
}

func (b *Book) askReturn(d comeback, env conversations.Env) channels.Reply {
	w := b.say(env)
	return channels.Reply{Text: w.T("return.ask", "Topic", clip(d.Topic, 60)), Choices: []channels.Choice{
		choice(w, "go", "return.go"), choice(w, "drop", "return.drop"),
	}}
}

// hearReturn takes anything but its two choices as said to the conversation it asks about.
func (b *Book) hearReturn(d comeback, in conversations.Input, env conversations.Env) conversations.Turn[comeback] {
	switch {
	case in.Fact != nil:
		return conversations.Turn[comeback]{Data: d, End: true, Say: []channels.Reply{b.At("cancelled", env)}}
	case in.Picked == "go" || in.Word == conversations.Back:
		return conversations.Turn[comeback]{Data: d, End: true}
	case in.Picked == "drop":
		return conversations.Turn[comeback]{Data: d, Do: []conversations.Command{DropBelow{}}}
	}
	return conversations.Turn[comeback]{Data: d, Missed: true}
}
