package telegramtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Sent is one message of a bot as the chat shows it now.
type Sent struct {
	Chat     int64
	Topic    int64
	ID       int64
	HTML     string
	Text     string // without tags
	Buttons  [][]Button
	Keyboard [][]ReplyButton // a reply keyboard that came with it
	Removes  bool            // it took a reply keyboard away
	Document string          // file name
	Data     []byte
	At       time.Time
	Lost     bool // the bot was never told that it was sent
	Edits    int
	EditedAt time.Time
	Deleted  bool
}

// Labels are the labels of its inline buttons in reading order.
func (s Sent) Labels() []string {
	var all []string
	for _, row := range s.Buttons {
		for _, b := range row {
			all = append(all, b.Text)
		}
	}
	return all
}

// Press is a pressed button and its acknowledgement.
type Press struct {
	User       int64
	At         time.Time
	AnsweredAt time.Time // zero: never
}

var sending = map[string]bool{"sendMessage": true, "sendDocument": true, "sendPhoto": true, "editMessageText": true}

func (b *Bot) serve(w http.ResponseWriter, r *http.Request, method string) {
	b.mu.Lock()
	b.calls[method]++
	f, fail := b.faults, b.failing
	b.mu.Unlock()
	strikes := sending[method]
	if fail != nil {
		if a, handled := fail(method); handled {
			if a.Code == 0 {
				http.Error(w, a.Text, http.StatusOK)
				return
			}
			answer{code: a.Code, text: a.Text, retry: a.Retry}.write(w)
			return
		}
	}
	if strikes || f.Polls && method == "getUpdates" {
		switch {
		case b.s.draw(f.Drop):
			reset(w)
			return
		case b.s.draw(f.BadGateway):
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
			return
		}
	}
	if method == "getUpdates" {
		a := b.getUpdates(r)
		if f.Polls && b.s.draw(f.Reset) {
			reset(w)
			return
		}
		a.write(w)
		return
	}
	lose := strikes && b.s.draw(f.Reset)
	a := b.do(r, method, f, lose)
	if lose && a.code == 0 {
		reset(w)
		return
	}
	a.write(w)
}

func (b *Bot) do(r *http.Request, method string, f Faults, lose bool) answer {
	form := r.Form
	switch method {
	case "getMe":
		return good(map[string]any{"id": b.ID, "is_bot": true, "first_name": b.Username, "username": b.Username, "can_join_groups": true})
	case "sendMessage", "sendDocument", "sendPhoto", "editMessageText":
		if a, refused := b.admit(form.Get("chat_id"), f); refused {
			return a
		}
		switch method {
		case "sendMessage":
			return b.sendMessage(form.Get, lose)
		case "editMessageText":
			return b.edit(form.Get)
		}
		return b.sendFile(r, lose)
	case "deleteMessage":
		return b.deleteMessage(form.Get)
	case "answerCallbackQuery":
		return b.answerPress(form.Get)
	case "setWebhook":
		return b.setWebhook(form.Get)
	case "deleteWebhook":
		b.setHook(hook{})
		return good(true)
	case "getWebhookInfo":
		b.mu.Lock()
		defer b.mu.Unlock()
		return good(map[string]any{
			"url": b.hook.url, "pending_update_count": len(b.queue),
			"last_error_date": b.hookErrorAt.Unix(), "last_error_message": b.hookError,
		})
	case "setMyCommands", "getMyCommands", "deleteMyCommands":
		return b.menu(method, form.Get)
	case "setMyName", "setMyDescription", "setMyShortDescription", "getMyName", "getMyDescription", "getMyShortDescription":
		return b.profile(method, form.Get)
	case "sendChatAction":
		return good(true)
	}
	return bad(http.StatusNotFound, "Not Found: method not found")
}

// admit applies rates and faults to a message; the chat's own state decides after that.
func (b *Bot) admit(chat string, f Faults) (answer, bool) {
	now := b.s.o.Now()
	storm, forbidden := b.s.draw(f.TooMany), b.s.draw(f.Forbidden)
	seconds := 0
	if storm {
		lo, hi := max(f.RetryMin, 1), f.RetryMax
		if hi == 0 {
			hi = 60
		}
		seconds = b.s.between(lo, max(lo, hi))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.pace.check(now, b.number(chat), b.s.o.Grace)
	if wait == 0 && storm {
		wait = b.pace.refuse(now, time.Duration(seconds)*time.Second)
	}
	if wait > 0 {
		b.refused++
		return answer{code: http.StatusTooManyRequests, text: fmt.Sprintf("Too Many Requests: retry after %d", wait), retry: wait}, true
	}
	if forbidden {
		return bad(http.StatusForbidden, "Forbidden: bot can't send messages to the user"), true
	}
	return answer{}, false
}

// number is the chat that a chat_id means: a number or the @name of a public channel.
func (b *Bot) number(id string) int64 {
	if name, ok := strings.CutPrefix(id, "@"); ok {
		return b.public[name]
	}
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

// reach finds the chat that a message is for.
func (b *Bot) reach(id string) (int64, *chatState, *answer) {
	n := b.number(id)
	c := b.chats[n]
	var a answer
	switch {
	case c == nil:
		a = bad(http.StatusBadRequest, "Bad Request: chat not found")
	case c.movedTo != 0:
		a = answer{code: http.StatusBadRequest, text: "Bad Request: group chat was upgraded to a supergroup chat", moved: c.movedTo}
	case c.deactivated:
		a = bad(http.StatusForbidden, "Forbidden: user is deactivated")
	case c.blocked && n < 0:
		a = bad(http.StatusForbidden, "Forbidden: bot was kicked from the group chat")
	case c.blocked:
		a = bad(http.StatusForbidden, "Forbidden: bot was blocked by the user")
	default:
		return n, c, nil
	}
	return n, nil, &a
}

// content checks text and keyboard.
func content(get func(string) string, chat int64) (Sent, *answer) {
	refuse := func(why string) (Sent, *answer) {
		a := bad(http.StatusBadRequest, "Bad Request: "+why)
		return Sent{}, &a
	}
	raw := get("text")
	if !utf8.ValidString(raw) {
		return refuse("strings must be encoded in UTF-8")
	}
	text := raw
	switch get("parse_mode") {
	case "":
	case "HTML":
		var err error
		if text, err = ParseHTML(raw); err != nil {
			return refuse("can't parse entities: " + err.Error())
		}
	default:
		return refuse("unsupported parse_mode")
	}
	if strings.TrimSpace(text) == "" {
		return refuse("message text is empty")
	}
	if Units(text) > 4096 {
		return refuse("message is too long")
	}
	m, why := parseMarkup(get("reply_markup"), chat > 0)
	if why != "" {
		return refuse(why)
	}
	return Sent{Chat: chat, HTML: raw, Text: text, Buttons: m.Inline, Keyboard: m.Reply, Removes: m.Remove}, nil
}

func (b *Bot) sendMessage(get func(string) string, lose bool) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, c, refused := b.reach(get("chat_id"))
	if refused != nil {
		return *refused
	}
	m, wrong := content(get, id)
	if wrong != nil {
		return *wrong
	}
	m.Topic, _ = strconv.ParseInt(get("message_thread_id"), 10, 64)
	return b.record(m, c, lose)
}

func (b *Bot) record(m Sent, c *chatState, lose bool) answer {
	c.messages++
	m.ID, m.At, m.Lost = c.messages, b.s.o.Now(), lose
	c.sent = append(c.sent, len(b.sent))
	b.sent = append(b.sent, m)
	if m.Keyboard != nil || m.Removes {
		c.keyboard = m.Keyboard
	}
	b.wake()
	return good(map[string]any{"message_id": m.ID, "date": m.At.Unix(), "chat": map[string]any{"id": m.Chat}, "text": m.Text})
}

func (b *Bot) sendFile(r *http.Request, lose bool) answer {
	var m Sent
	if r.MultipartForm != nil {
		for _, headers := range r.MultipartForm.File {
			for _, h := range headers {
				f, err := h.Open()
				if err != nil {
					return bad(http.StatusBadRequest, "Bad Request: can't read the file")
				}
				m.Document = h.Filename
				m.Data, err = io.ReadAll(f)
				_ = f.Close()
				if err != nil {
					return bad(http.StatusBadRequest, "Bad Request: can't read the file")
				}
			}
		}
	}
	switch {
	case m.Document == "" || len(m.Data) == 0:
		return bad(http.StatusBadRequest, "Bad Request: file must be non-empty")
	case len(m.Data) > 50<<20:
		return bad(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	case Units(r.Form.Get("caption")) > 1024:
		return bad(http.StatusBadRequest, "Bad Request: message caption is too long")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	id, c, refused := b.reach(r.Form.Get("chat_id"))
	if refused != nil {
		return *refused
	}
	m.Chat, m.Text = id, r.Form.Get("caption")
	return b.record(m, c, lose)
}

// find returns the message of a chat that is not deleted.
func (b *Bot) find(c *chatState, id int64) *Sent {
	for _, i := range c.sent {
		if b.sent[i].ID == id && !b.sent[i].Deleted {
			return &b.sent[i]
		}
	}
	return nil
}

func (b *Bot) edit(get func(string) string) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, c, refused := b.reach(get("chat_id"))
	if refused != nil {
		return *refused
	}
	n, _ := strconv.ParseInt(get("message_id"), 10, 64)
	old := b.find(c, n)
	if old == nil {
		return bad(http.StatusBadRequest, "Bad Request: message to edit not found")
	}
	if old.Document != "" {
		return bad(http.StatusBadRequest, "Bad Request: there is no text in the message to edit")
	}
	m, wrong := content(get, id)
	if wrong != nil {
		return *wrong
	}
	if m.Keyboard != nil || m.Removes {
		return bad(http.StatusBadRequest, "Bad Request: inline keyboard expected")
	}
	if m.HTML == old.HTML && fmt.Sprint(m.Buttons) == fmt.Sprint(old.Buttons) {
		return bad(http.StatusBadRequest, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
	}
	old.HTML, old.Text, old.Buttons = m.HTML, m.Text, m.Buttons
	old.Edits++
	old.EditedAt = b.s.o.Now()
	b.wake()
	return good(map[string]any{"message_id": old.ID, "chat": map[string]any{"id": id}, "text": m.Text})
}

func (b *Bot) deleteMessage(get func(string) string) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, c, refused := b.reach(get("chat_id"))
	if refused != nil {
		return *refused
	}
	n, _ := strconv.ParseInt(get("message_id"), 10, 64)
	m := b.find(c, n)
	if m == nil {
		return bad(http.StatusBadRequest, "Bad Request: message to delete not found")
	}
	m.Deleted = true
	b.wake()
	return good(true)
}

// answerLimit is how long a press may wait for its acknowledgement.
const answerLimit = 15 * time.Second

func (b *Bot) answerPress(get func(string) string) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.presses[get("callback_query_id")]
	if Units(get("text")) > 200 {
		return bad(http.StatusBadRequest, "Bad Request: MESSAGE_TOO_LONG")
	}
	now := b.s.o.Now()
	if p == nil || now.Sub(p.At) > answerLimit {
		return bad(http.StatusBadRequest, "Bad Request: query is too old and response timeout expired or query ID is invalid")
	}
	if p.AnsweredAt.IsZero() {
		p.AnsweredAt = now
	}
	b.wake()
	return good(true)
}

var commandText = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (b *Bot) menu(method string, get func(string) string) answer {
	key := get("scope") + "|" + get("language_code")
	b.mu.Lock()
	defer b.mu.Unlock()
	switch method {
	case "getMyCommands":
		if c, ok := b.commands[key]; ok {
			return good(c)
		}
		return good([]string{})
	case "deleteMyCommands":
		delete(b.commands, key)
		return good(true)
	}
	var list []struct{ Command, Description string }
	if json.Unmarshal([]byte(get("commands")), &list) != nil || len(list) == 0 || len(list) > 100 {
		return bad(http.StatusBadRequest, "Bad Request: can't parse commands")
	}
	for _, c := range list {
		if !commandText.MatchString(c.Command) {
			return bad(http.StatusBadRequest, "Bad Request: BOT_COMMAND_INVALID")
		}
		if n := utf8.RuneCountInString(c.Description); n < 1 || n > 256 {
			return bad(http.StatusBadRequest, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	b.commands[key] = json.RawMessage(get("commands"))
	return good(true)
}

func (b *Bot) profile(method string, get func(string) string) answer {
	field, limit := "name", 64
	switch method[len("setMy"):] {
	case "Description":
		field, limit = "description", 512
	case "ShortDescription":
		field, limit = "short_description", 120
	}
	key := field + "|" + get("language_code")
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.HasPrefix(method, "get") {
		return good(map[string]string{field: b.texts[key]})
	}
	if utf8.RuneCountInString(get(field)) > limit {
		return bad(http.StatusBadRequest, "Bad Request: text is too long")
	}
	b.texts[key] = get(field)
	return good(true)
}
