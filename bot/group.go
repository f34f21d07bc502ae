package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// group answers in a group chat: only when spoken to, and nothing personal. Editors may make it theirs; a button
// pressed in it is answered to whoever pressed it, in their own chat.
func (t *turn) group(ctx context.Context, m channels.Message, k *talk) error {
	name, args, command := conversations.SplitCommand(m.Text)
	if m.Kind == channels.Press || m.Mention || command {
		if much, err := t.flooded(ctx, k, &m); err != nil || much {
			return err
		}
	}
	if m.Kind == channels.Press {
		return t.pressedInGroup(ctx, m, k)
	}
	if command && flows.Editorial(name) {
		return t.editorsGroup(ctx, m, k, args)
	}
	if !m.Mention && !command {
		return nil
	}
	return t.sayInGroup(ctx, m, k, "group")
}

// sayInGroup says one of the things that are said at home, in the group.
func (t *turn) sayInGroup(ctx context.Context, m channels.Message, k *talk, what string) error {
	in := *k
	in.addr.ID = m.Group
	in.env.Group, in.env.Name = true, ""
	r := t.b.Book.At(what, in.env)
	r.Choices = nil
	return t.send(ctx, &in, r, storage.Must, storage.ReplyPriority, "")
}

// editorsGroup makes a group that of the editors, or lets it be none. Only editors of the front may; whoever else
// asks is answered as anybody is.
func (t *turn) editorsGroup(ctx context.Context, m channels.Message, k *talk, args string) error {
	f, err := t.tx.Fronts.Front(ctx, k.front.ID)
	if err != nil {
		return fmt.Errorf("front: %w", err)
	}
	edits, err := t.edits(ctx, k, f.ID)
	if err != nil {
		return err
	}
	if !edits {
		return t.sayInGroup(ctx, m, k, "group")
	}
	here := channels.Address{Channel: k.addr.Channel, Account: k.addr.Account, ID: m.Group}
	switch t.b.Book.GroupWish(args, k.env) {
	case flows.GroupHere:
		f.Group = here
		err = t.tx.Fronts.SaveFront(ctx, &f)
		if err == nil {
			err = errors.Join(t.sayInGroup(ctx, m, k, "editors_here"), t.audit(ctx, k, "group", "front:"+f.ID))
		}
		return err
	case flows.GroupGone:
		if f.Group == here {
			f.Group = channels.Address{}
			if err := t.tx.Fronts.SaveFront(ctx, &f); err != nil {
				return fmt.Errorf("front: %w", err)
			}
		}
		return t.sayInGroup(ctx, m, k, "editors_gone")
	}
	if err := t.begin(ctx, k, flows.Moderate, conversations.Opening{Args: "said"}); err != nil {
		return err
	}
	if err := t.close(ctx, k); err != nil {
		return err
	}
	return t.sayInGroup(ctx, m, k, "told_you")
}

// pressedInGroup does what a button in the group of editors asks for, as whoever pressed it: their rights count, and
// it is they who are answered. Buttons of other places and things do nothing.
func (t *turn) pressedInGroup(ctx context.Context, m channels.Message, k *talk) error {
	id, index, _ := strings.Cut(m.Handle, ".")
	i, err := strconv.Atoi(index)
	if err != nil {
		return nil
	}
	s, err := t.tx.Shown.Get(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("shown: %w", err)
	}
	if s.Person != "" || s.Address.ID != m.Group || s.Address.Account != k.addr.Account || i < 0 || i >= len(s.Choices) {
		return nil
	}
	flow, args, _ := strings.Cut(strings.TrimPrefix(s.Choices[i].Key, "/"), " ")
	if flow != flows.Moderate && flow != flows.Post {
		return nil
	}
	if err := t.begin(ctx, k, flow, conversations.Opening{Said: &m, Args: args}); err != nil {
		return err
	}
	return t.close(ctx, k)
}
