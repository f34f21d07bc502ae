package telegramtest

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf16"
)

// User is somebody who writes to a bot, in private or in a group.
type User struct {
	b     *Bot
	ID    int64
	First string
	Lang  string
	chat  int64 // where they write: their own id, or a group's
	topic int64
}

// User returns the person with this id. They are known to the bot only after they wrote or pressed /start.
func (b *Bot) User(id int64) *User {
	return &User{b: b, ID: id, First: fmt.Sprintf("U%d", id), Lang: "de", chat: id}
}

// In returns the same person writing in a group; topic 0 is none.
func (u *User) In(group, topic int64) *User {
	v := *u
	v.chat, v.topic = group, topic
	return &v
}

// Meet makes the chat known without a message, so that the bot may write there.
func (u *User) Meet() *User {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	u.state()
	return u
}

func (u *User) state() *chatState {
	c := u.b.chats[u.chat]
	if c == nil {
		c = &chatState{}
		u.b.chats[u.chat] = c
	}
	return c
}

func (u *User) from() map[string]any {
	return map[string]any{"id": u.ID, "is_bot": false, "first_name": u.First, "language_code": u.Lang}
}

func (u *User) place() map[string]any {
	kind := "private"
	if u.chat < 0 {
		kind = "supergroup"
	}
	return map[string]any{"id": u.chat, "type": kind}
}

// post queues a message with these fields and returns its number in the chat.
func (u *User) post(kind string, id int64, fields map[string]any) int64 {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	c := u.state()
	m := map[string]any{"from": u.from(), "chat": u.place(), "date": u.b.s.o.Now().Unix()}
	if id == 0 {
		c.messages++
		id = c.messages
	} else {
		m["edit_date"] = u.b.s.o.Now().Unix()
	}
	m["message_id"] = id
	if u.topic != 0 {
		m["message_thread_id"], m["is_topic_message"] = u.topic, true
	}
	maps.Copy(m, fields)
	u.b.push(u.chat, kind, m)
	return id
}

// textFields are a text and what Telegram marks in it: commands and mentions.
func (u *User) textFields(text string) map[string]any {
	f := map[string]any{"text": text}
	var entities []map[string]any
	mark := func(kind string, from, to int) {
		entities = append(entities, map[string]any{
			"type": kind, "offset": len(utf16.Encode([]rune(text[:from]))), "length": len(utf16.Encode([]rune(text[from:to]))),
		})
	}
	if strings.HasPrefix(text, "/") {
		end := strings.IndexAny(text, " \n")
		if end < 0 {
			end = len(text)
		}
		mark("bot_command", 0, end)
	}
	if i := strings.Index(text, "@"+u.b.Username); i >= 0 {
		mark("mention", i, i+1+len(u.b.Username))
	}
	if entities != nil {
		f["entities"] = entities
	}
	return f
}

// Say writes a text and returns its message number.
func (u *User) Say(text string) int64 { return u.post("message", 0, u.textFields(text)) }

// Answer writes a text as a reply to the bot's message.
func (u *User) Answer(to int64, text string) int64 {
	f := u.textFields(text)
	f["reply_to_message"] = map[string]any{
		"message_id": to, "chat": u.place(), "date": 1,
		"from": map[string]any{"id": u.b.ID, "is_bot": true, "first_name": u.b.Username},
	}
	return u.post("message", 0, f)
}

// Edit changes an earlier text.
func (u *User) Edit(id int64, text string) { u.post("edited_message", id, u.textFields(text)) }

// Share sends a position.
func (u *User) Share(lat, lon float64) int64 {
	return u.post("message", 0, map[string]any{"location": map[string]any{"latitude": lat, "longitude": lon}})
}

// Send sends a message with fields as in the Bot API's Message, such as "sticker".
func (u *User) Send(fields map[string]any) int64 { return u.post("message", 0, fields) }

// Press presses the button of a message that has this label or ends with it behind a number, "2) …". It returns
// false if there is no such button. A button of a reply keyboard says its label.
func (u *User) Press(id int64, label string) bool {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	c := u.state()
	m := u.b.find(c, id)
	if m == nil {
		return false
	}
	for _, row := range m.Buttons {
		for _, btn := range row {
			if btn.Data != "" && (btn.Text == label || strings.HasSuffix(btn.Text, ") "+label)) {
				u.press(m, btn.Data)
				return true
			}
		}
	}
	return false
}

// PressLast presses the newest button with this label in the chat.
func (u *User) PressLast(label string) bool {
	for _, m := range backwards(u.b.To(u.chat)) {
		if u.Press(m.ID, label) {
			return true
		}
	}
	return false
}

// Replay presses with any data, such as a button of somebody else.
func (u *User) Replay(id int64, data string) {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	m := u.b.find(u.state(), id)
	if m == nil {
		m = &Sent{Chat: u.chat, ID: id}
	}
	u.press(m, data)
}

func (u *User) press(m *Sent, data string) {
	id := fmt.Sprintf("%d%06d", u.ID, u.b.s.serial())
	u.b.presses[id] = &Press{User: u.ID, At: u.b.s.o.Now()}
	msg := map[string]any{"message_id": m.ID, "chat": u.place(), "date": m.At.Unix(), "text": m.Text}
	if m.Topic != 0 {
		msg["message_thread_id"], msg["is_topic_message"] = m.Topic, true
	}
	u.b.push(u.chat, "callback_query", map[string]any{
		"id": id, "from": u.from(), "chat_instance": "1", "data": data, "message": msg,
	})
}

// Block lets the bot be blocked, or in a group removed.
func (u *User) Block() { u.member(true) }

// Unblock is the reverse.
func (u *User) Unblock() { u.member(false) }

func (u *User) member(out bool) {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	u.state().blocked = out
	status := map[bool]string{true: "kicked", false: "member"}
	bot := map[string]any{"id": u.b.ID, "is_bot": true, "first_name": u.b.Username}
	u.b.push(u.chat, "my_chat_member", map[string]any{
		"chat": u.place(), "from": u.from(), "date": u.b.s.o.Now().Unix(),
		"old_chat_member": map[string]any{"user": bot, "status": status[!out]},
		"new_chat_member": map[string]any{"user": bot, "status": status[out]},
	})
}

// Vanish deletes the person's account.
func (u *User) Vanish() {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	u.state().deactivated = true
}

// Upgrade gives a group a new id, as when it becomes a supergroup.
func (u *User) Upgrade(to int64) {
	u.post("message", 0, map[string]any{"migrate_to_chat_id": to})
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	u.state().movedTo = to
	u.b.chats[to] = &chatState{}
}

// Keyboard is the reply keyboard that stands under the chat.
func (u *User) Keyboard() [][]ReplyButton {
	u.b.mu.Lock()
	defer u.b.mu.Unlock()
	return u.state().keyboard
}

func backwards(all []Sent) []Sent {
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}
