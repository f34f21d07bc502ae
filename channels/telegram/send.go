package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

const (
	maxUpload = 50 << 20
	// moment is the longest that Send waits for its turn by itself.
	moment = 200 * time.Millisecond
	// deniedWait is how long a bot rests whose token is refused.
	deniedWait = time.Minute
	// maxProgress is how many half-sent deliveries are remembered.
	maxProgress = 1000
)

var (
	errPrivate = fmt.Errorf("telegram: personal reply to a group: %w", channels.ErrUndeliverable)
	errNothing = fmt.Errorf("telegram: nothing to send: %w", channels.ErrUndeliverable)
	errTooBig  = fmt.Errorf("telegram: file over 50 MB: %w", channels.ErrUndeliverable)
	errBadRef  = fmt.Errorf("telegram: not a message that can be edited: %w", channels.ErrUndeliverable)
	errPaced   = errors.New("telegram: pace")
)

// part is one message of a reply: several are needed for long texts and for files.
type part struct {
	method string
	params tgbotapi.Params
	files  []tgbotapi.RequestFile
}

// sentMessage is what is read of the answer.
type sentMessage struct {
	ID int `json:"message_id"`
}

// Send implements channels.Channel. The reference is the number of the message; of a long text that needed several it
// is their numbers in order, separated by commas, the buttons being at the last. Files go out as messages of their
// own behind the text. When a reply of several messages fails half way, the same process goes on behind those already
// sent if Send is called again with the same key.
//
// Send itself waits at most a moment; when pace or Telegram forbids sending it returns *channels.RetryAfter.
func (b *Bot) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	t, err := targetOf(to)
	if err != nil {
		return "", err
	}
	parts, err := b.parts(t, r)
	if err != nil {
		return "", err
	}
	done, slot := b.begun(key), key
	for i := len(done); i < len(parts); i++ {
		var sent sentMessage
		if err = b.paced(ctx, slot, t.pace, parts[i], &sent); err != nil {
			err = b.outcome(to, err)
			b.keep(key, done, len(done) > 0 && !errors.Is(err, channels.ErrUndeliverable))
			return "", err
		}
		done, slot = append(done, sent.ID), "" // only the first message has a reservation
	}
	b.keep(key, nil, false)
	texts := 0
	for _, p := range parts {
		if p.files == nil {
			texts++
			b.shown(t.pace, p.params["reply_markup"])
		}
	}
	if texts == 0 {
		texts = len(done)
	}
	return reference(done[:min(texts, len(done))]), nil
}

func reference(ids []int) string {
	var s []string
	for _, id := range ids {
		s = append(s, strconv.Itoa(id))
	}
	return strings.Join(s, ",")
}

// paced makes a call when it may be made, or says how long that would take.
func (b *Bot) paced(ctx context.Context, slot string, chat int64, p part, out any) error {
	s, wait, bot := b.pacer.Spend(b.o.Now(), slot, chat)
	for left := moment; wait > 0 && wait <= left && ctx.Err() == nil; { // others may be quicker to take a free slot
		rest(ctx, wait)
		left -= wait
		s, wait, bot = b.pacer.Spend(b.o.Now(), slot, chat)
	}
	if wait > 0 {
		return &channels.RetryAfter{Wait: wait, Account: bot, Err: errPaced}
	}
	defer func() { b.pacer.Done(b.o.Now(), s) }()
	return b.call(ctx, p.method, p.params, p.files, out)
}

// outcome turns a problem into what the contract of Send knows.
func (b *Bot) outcome(to channels.Address, err error) error {
	var p *problem
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case p.moved != 0:
		id := strconv.FormatInt(p.moved, 10)
		return &channels.MovedError{To: channels.Address{Channel: to.Channel, Account: to.Account, ID: id}}
	case p.code == http.StatusTooManyRequests:
		b.pacer.Block(b.o.Now().Add(p.retry))
		return &channels.RetryAfter{Wait: p.retry, Account: true, Err: p}
	case denied(p):
		b.report(Event{Kind: Denied, Detail: p.Error()})
		b.pacer.Block(b.o.Now().Add(deniedWait))
		return &channels.RetryAfter{Wait: deniedWait, Account: true, Err: p}
	}
	if wait := b.pacer.Blocked(b.o.Now()); wait > 0 && p.class == nil && (p.code == 0 || p.code >= 500) {
		return &channels.RetryAfter{Wait: wait, Account: true, Err: p} // an outage, not this message
	}
	return p
}

func (b *Bot) begun(key string) []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.progress[key])
}

func (b *Bot) keep(key string, done []int, again bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !again {
		delete(b.progress, key)
		return
	}
	if len(b.progress) >= maxProgress {
		for other := range b.progress {
			delete(b.progress, other)
			break
		}
	}
	b.progress[key] = done
}

// parts are the messages that a reply needs.
func (b *Bot) parts(t target, r channels.Reply) ([]part, error) {
	if r.Private && !t.private() {
		return nil, errPrivate
	}
	base := func() tgbotapi.Params {
		p := tgbotapi.Params{"chat_id": t.chat}
		if t.topic != "" {
			p["message_thread_id"] = t.topic
		}
		return p
	}
	able := inlineAble
	asks := r.Ask == channels.AskLocation && t.private()
	if asks {
		able = replyAble
	}
	o := lay(r.Choices, able)
	var parts []part
	for _, piece := range b.text(r, o).split(maxText) {
		p := base()
		p["text"], p["parse_mode"], p["link_preview_options"] = piece.HTML(), "HTML", `{"is_disabled":true}`
		parts = append(parts, part{method: "sendMessage", params: p})
	}
	if n := len(parts); n > 0 {
		if m := b.markup(t.pace, asks, o, r); m != "" {
			parts[n-1].params["reply_markup"] = m
		}
	}
	for _, f := range attachments(r, b.o.Now()) {
		if len(f.Data) > maxUpload {
			return nil, errTooBig
		}
		if len(f.Data) == 0 {
			continue
		}
		parts = append(parts, part{method: "sendDocument", params: base(), files: []tgbotapi.RequestFile{{
			Name: "document",
			Data: tgbotapi.FileBytes{Name: legible(f.Name), Bytes: f.Data},
		}}})
	}
	if len(parts) == 0 {
		return nil, errNothing
	}
	return parts, nil
}

// text is what a reply shows as text.
func (b *Bot) text(r channels.Reply, o offer) rich {
	text := r.Text
	if o.list || text == "" && r.Title == "" { // a keyboard cannot stand alone
		text = strings.TrimSpace(text + "\n\n" + numbered(r.Choices))
	}
	return compose(r.Title, text)
}

// markup is the JSON of the keyboard, or "".
func (b *Bot) markup(chat int64, asks bool, o offer, r channels.Reply) string {
	var m any
	if asks {
		m = locationMarkup(b.o.Words.ShareLocation(r.Lang), o)
	} else if k := inlineMarkup(o, r.Choices); k != nil {
		m = k
	} else if b.open(chat) {
		m = removeKeyboard{true}
	} else {
		return ""
	}
	text, err := json.Marshal(m)
	if err != nil { // strings and booleans alone
		return ""
	}
	return string(text)
}

// open tells whether the chat still shows a location button that we put there.
func (b *Bot) open(chat int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.keyboards[chat]
}

// shown notes what a sent keyboard did to the location button.
func (b *Bot) shown(chat int64, markup string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case strings.HasPrefix(markup, `{"keyboard"`):
		b.keyboards[chat] = true
	case strings.HasPrefix(markup, `{"remove_keyboard"`):
		delete(b.keyboards, chat)
	}
}

// Edit implements channels.Editor. A message that was sent in several pieces keeps its number of pieces or loses
// some; it cannot grow. Files cannot be edited.
func (b *Bot) Edit(ctx context.Context, to channels.Address, ref string, r channels.Reply) error {
	t, err := targetOf(to)
	if err != nil {
		return err
	}
	if r.Private && !t.private() {
		return errPrivate
	}
	ids, slot := strings.Split(ref, ","), channels.EditKey(to, ref)
	o := lay(r.Choices, inlineAble)
	pieces := b.text(r, o).split(maxText)
	if len(pieces) == 0 || len(pieces) > len(ids) {
		return errBadRef
	}
	for i, id := range ids {
		if _, err := strconv.Atoi(id); err != nil {
			return errBadRef
		}
		p := tgbotapi.Params{"chat_id": t.chat, "message_id": id}
		method := "deleteMessage"
		if i < len(pieces) {
			method = "editMessageText"
			p["text"], p["parse_mode"], p["link_preview_options"] = pieces[i].HTML(), "HTML", `{"is_disabled":true}`
		}
		if k := inlineMarkup(o, r.Choices); k != nil && i == len(pieces)-1 {
			text, err := json.Marshal(k)
			if err != nil {
				return fmt.Errorf("telegram: keyboard: %w", err)
			}
			p["reply_markup"] = string(text)
		}
		if err := b.edit(ctx, to, t, slot, part{method: method, params: p}); err != nil {
			return err
		}
		slot = ""
	}
	return nil
}

// edit changes one message; one that already says so, or is gone when it should go, is as it should be.
func (b *Bot) edit(ctx context.Context, to channels.Address, t target, slot string, p part) error {
	err := b.paced(ctx, slot, t.pace, p, nil)
	var known *problem
	if errors.As(err, &known) && (known.what == notModified || known.what == "message to delete not found") {
		return nil
	}
	if err != nil {
		return b.outcome(to, err)
	}
	return nil
}
