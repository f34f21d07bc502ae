package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/storage"
)

// offers are the choices shown last, as the router needs them; with ref, those of the message replied to come
// before them.
func (t *turn) offers(ctx context.Context, a channels.Address, ref string) ([]conversations.Offer, error) {
	limit, replied := offersBefore, ""
	if ref != "" {
		d, err := t.tx.Sent.ByRef(ctx, a, ref)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return nil, fmt.Errorf("sent: %w", err)
		}
		limit, replied = 20, d.Key
	}
	shown, err := t.tx.Shown.Latest(ctx, a, limit)
	if err != nil {
		return nil, fmt.Errorf("shown: %w", err)
	}
	var out []conversations.Offer
	for _, s := range shown {
		if t.now.Sub(s.At) > offersKept {
			break
		}
		o := offer(s)
		if replied != "" && s.Delivery == replied {
			o.Ref = ref
		}
		out = append(out, o)
	}
	return out, nil
}

// offersBefore is how many messages with choices are looked back on for what is spoken of.
const offersBefore = 6

// offersKept is how long a number may mean what was shown.
const offersKept = 14 * 24 * time.Hour

func offer(s storage.Shown) conversations.Offer {
	return conversations.Offer{ID: s.ID, Flow: s.Flow, Prompt: s.Prompt, Choices: s.Choices, At: s.At}
}

// pressed finds the key behind a handle, if it was given to whoever pressed it.
func (t *turn) pressed(ctx context.Context, m channels.Message, k *talk) (string, []conversations.Offer, error) {
	id, index, _ := strings.Cut(m.Handle, ".")
	i, err := strconv.Atoi(index)
	if err != nil || id == "" {
		return "", nil, nil
	}
	s, err := t.tx.Shown.Get(ctx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("shown: %w", err)
	}
	if s.Person != k.person.ID || i < 0 || i >= len(s.Choices) {
		return "", nil, nil
	}
	return s.Choices[i].Key, []conversations.Offer{offer(s)}, nil
}
