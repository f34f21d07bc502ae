package bot

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
)

// reads tells whether a command changes nothing, so that the message which led to it may be said again.
func reads(cmd conversations.Command) bool {
	switch cmd.(type) {
	case flows.WhoAmI, flows.MyOrganisations, flows.MyThings, flows.LookAt, flows.LookAtMe, flows.Queue, flows.LookAtAddresses, flows.LookAtLoans:
		return true
	}
	return false
}

// sum recognises a text, so that an edit which changed nothing (a preview was added) is no correction.
func sum(text string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return strconv.FormatUint(h.Sum64(), 36)
}

// remembers keeps what was open before a text was heard, in case it is corrected. What has had an effect cannot be
// said again.
func (k *talk) remembers(m *channels.Message, before []conversations.Frame) {
	k.heard = nil
	if (m.Kind != channels.Text && m.Kind != channels.Edit) || m.From.Channel == "email" {
		return
	}
	id := m.ID
	if m.Kind == channels.Edit {
		id = m.Original
	}
	k.heard = &conversations.Heard{ID: id, Sum: sum(m.Text), Frames: before, Done: k.did}
}

// corrected takes an edited message. The last one is heard again in place of what it said first: the conversation is
// taken back to before it. ok is false where there is nothing more to do: the edit changed nothing, or concerns what is
// done or older, which is said kindly.
func (t *turn) corrected(ctx context.Context, k *talk, m *channels.Message) (ok bool, err error) {
	last := k.state.Heard
	if last != nil && last.ID == m.Original {
		if last.Sum == sum(m.Text) {
			return false, nil
		}
		if !last.Done {
			k.state.Frames = slices.Clone(last.Frames)
			return true, nil
		}
	}
	k.heard = last
	k.say = append(k.say, t.b.Book.At("edited", k.env))
	t.askAgain(k)
	return false, t.close(ctx, k)
}
