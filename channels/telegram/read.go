package telegram

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"ehrenamt/channels"
)

// read turns an update into a message; ok is false for what nobody said to us: talk of a group, other bots,
// service messages. now stands in where Telegram tells no time.
func (b *Bot) read(u update, now time.Time) (m channels.Message, ok bool) {
	switch {
	case u.Message != nil:
		return b.readMessage(u.Message)
	case u.Edited != nil:
		return b.readEdit(u.Edited)
	case u.Callback != nil:
		return b.readPress(u.Callback, now)
	case u.Member != nil:
		return b.readMember(u.Member)
	}
	return channels.Message{}, false
}

// id names something on the network without telling where or by whom: a hash, the same at every repeat. Telegram's
// update_id would not do, it begins anew after an idle week.
func (b *Bot) id(kind string, parts ...any) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%s", b.o.Account, b.bot, kind)
	for _, p := range parts {
		fmt.Fprintf(h, "\x00%v", p)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:15]))
}

func (b *Bot) messageID(m *message) string { return b.id("message", m.Chat.ID, m.ID) }

func (b *Bot) address(id string) channels.Address {
	return channels.Address{Channel: Name, Account: b.o.Account, ID: id}
}

// place is the address of a chat, and of the topic in it.
func place(m *message) string {
	id := strconv.FormatInt(m.Chat.ID, 10)
	if m.InTopic && m.Topic != 0 {
		id += "/" + strconv.FormatInt(m.Topic, 10)
	}
	return id
}

// head fills in what all kinds share; ok is false if the sender is nobody to be answered.
func (b *Bot) head(m *message) (channels.Message, bool) {
	if m.From == nil || m.From.Bot || m.From.ID <= 0 || m.Chat.ID == 0 || m.Chat.Type == "channel" {
		return channels.Message{}, false
	}
	c := channels.Message{
		ID:    b.messageID(m),
		From:  b.address(strconv.FormatInt(m.From.ID, 10)),
		Lang:  m.From.Lang,
		Name:  m.From.First,
		Trust: channels.Authenticated,
		Sent:  time.Unix(m.Date, 0).UTC(),
	}
	if m.Chat.Type != "private" {
		c.Group = place(m)
	}
	if m.Reply != nil {
		c.Ref = strconv.FormatInt(m.Reply.ID, 10)
	}
	return c, true
}

func (b *Bot) readMessage(m *message) (channels.Message, bool) {
	if m.MigrateTo != 0 {
		return b.readMove(m)
	}
	if m.Pinned != nil || m.AutoDelete != nil || m.WriteAccess != nil || m.Background != nil {
		return channels.Message{}, false
	}
	c, ok := b.head(m)
	if !ok {
		return c, false
	}
	b.content(m, &c)
	if c.Group != "" && !b.addressed(m, &c) {
		return channels.Message{}, false
	}
	c.Start = start(c.Text)
	return c, true
}

// content finds out what kind of message it is.
func (b *Bot) content(m *message, c *channels.Message) {
	c.Kind, c.Text = channels.Text, m.Text
	switch {
	case m.Text != "":
	case m.Location != nil && m.Location.point() != nil:
		c.Kind, c.Point = channels.Location, m.Location.point()
		if m.Venue != nil {
			c.Text = m.Venue.Title
		}
	case m.Contact != nil:
		c.Kind = channels.Contact // the number is not taken: nobody here is called
	case m.Sticker != nil:
		c.Kind, c.Text = channels.Sticker, m.Sticker.Emoji
	default:
		c.Text = m.Caption
		c.Files = m.files()
		c.Kind = channels.File
		if len(c.Files) == 0 {
			c.Kind = channels.Sticker // a dice, a poll, a gift, or something Telegram will invent: no words
		}
	}
}

func (l *location) point() *channels.Point {
	if l.Lat == nil || l.Lon == nil || math.Abs(*l.Lat) > 90 || math.Abs(*l.Lon) > 180 {
		return nil
	}
	return &channels.Point{Lat: *l.Lat, Lon: *l.Lon}
}

func (m *message) files() []channels.FileInfo {
	var all []channels.FileInfo
	add := func(f *file, name, media string) {
		if f == nil {
			return
		}
		i := channels.FileInfo{Name: f.Name, Type: f.Type, Size: f.Size}
		if i.Name == "" {
			i.Name = name
		}
		if i.Type == "" {
			i.Type = media
		}
		all = append(all, i)
	}
	if n := len(m.Photo); n > 0 {
		add(&m.Photo[n-1], "photo.jpg", "image/jpeg") // the same picture in several sizes, the largest last
	}
	add(m.Voice, "voice.ogg", "audio/ogg")
	add(m.VideoNote, "video.mp4", "video/mp4")
	add(m.Video, "video.mp4", "video/mp4")
	add(m.Audio, "audio.mp3", "audio/mpeg")
	if m.Animation != nil { // comes as a document too
		add(m.Animation, "animation.mp4", "video/mp4")
	} else {
		add(m.Document, "document", "application/octet-stream")
	}
	return all
}

// addressed tells whether something in a group is for us, and takes our name out of the text. What is said to us by
// name, as an answer to one of our messages, or as a command that names no other bot is for us.
func (b *Bot) addressed(m *message, c *channels.Message) bool {
	command := strings.HasPrefix(c.Text, "/")
	head, _, _ := strings.Cut(c.Text, " ")
	if _, name, ok := strings.Cut(head, "@"); command && ok && !strings.EqualFold(name, b.name()) {
		return false
	}
	c.Mention = m.Reply != nil && m.Reply.From != nil && m.Reply.From.ID == b.bot
	for _, e := range append(append([]entity{}, m.Entities...), m.CaptionEntities...) {
		if e.Type == "text_mention" && e.User != nil && e.User.ID == b.bot {
			c.Mention = true
		}
	}
	if text, named := withoutName(c.Text, b.name()); named {
		c.Text, c.Mention = text, true
	}
	return c.Mention || command
}

// withoutName removes "@name" where it stands as a word of its own.
func withoutName(text, name string) (string, bool) {
	if name == "" {
		return text, false
	}
	found := false
	var b strings.Builder
	for {
		i := indexFold(text, "@"+name)
		if i < 0 {
			b.WriteString(text)
			break
		}
		end := i + 1 + len(name)
		next, _ := firstRune(text[end:])
		if next == '_' || unicode.IsLetter(next) || unicode.IsDigit(next) {
			b.WriteString(text[:end])
			text = text[end:]
			continue
		}
		found = true
		b.WriteString(text[:i])
		text = text[end:]
		if b.Len() == 0 || strings.HasSuffix(b.String(), " ") {
			text = strings.TrimLeft(text, " ,:")
		}
	}
	return strings.TrimSpace(b.String()), found
}

// indexFold finds an ASCII text whatever its case.
func indexFold(s, sub string) int {
	for i := 0; i+len(sub) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sub)], sub) {
			return i
		}
	}
	return -1
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// start is the parameter of a deep link, 1–64 of A-Za-z0-9_-, or "".
func start(text string) string {
	payload, ok := strings.CutPrefix(text, "/start ")
	if !ok {
		return ""
	}
	payload = strings.TrimSpace(payload)
	if len(payload) > 64 {
		return ""
	}
	for _, r := range payload {
		if r > unicode.MaxASCII || r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return ""
		}
	}
	return payload
}

// readEdit reads a corrected message. A shared live location arrives as edits of itself; only its beginning is heard.
func (b *Bot) readEdit(m *message) (channels.Message, bool) {
	if m.Location != nil {
		return channels.Message{}, false
	}
	c, ok := b.readMessage(m)
	if !ok {
		return c, false
	}
	c.Kind, c.Original = channels.Edit, c.ID
	c.ID = b.id("edit", m.Chat.ID, m.ID, m.EditDate, c.Text)
	if m.EditDate > 0 {
		c.Sent = time.Unix(m.EditDate, 0).UTC()
	}
	return c, true
}

func (b *Bot) readPress(q *callback, now time.Time) (channels.Message, bool) {
	if q.ID == "" || q.From.ID <= 0 || q.From.Bot {
		return channels.Message{}, false
	}
	c := channels.Message{
		ID:     b.id("press", q.ID),
		Kind:   channels.Press,
		From:   b.address(strconv.FormatInt(q.From.ID, 10)),
		Lang:   q.From.Lang,
		Name:   q.From.First,
		Handle: q.Data,
		Trust:  channels.Authenticated,
		Sent:   now,
	}
	if m := q.Message; m != nil {
		c.Ref = strconv.FormatInt(m.ID, 10)
		if m.Chat.Type != "private" && m.Chat.ID != 0 {
			c.Group = place(m)
		}
	}
	return c, true
}

// readMember reads that we were blocked, removed, let in again or added.
func (b *Bot) readMember(x *memberChange) (channels.Message, bool) {
	if x.Chat.ID == 0 || x.Old.in() == x.New.in() && x.Old.Status != "" {
		return channels.Message{}, false
	}
	id := strconv.FormatInt(x.Chat.ID, 10)
	c := channels.Message{
		ID:    b.id("member", x.Chat.ID, x.Date, x.New.Status),
		Kind:  channels.Blocked,
		From:  b.address(id),
		Lang:  x.From.Lang,
		Trust: channels.Authenticated,
		Sent:  time.Unix(x.Date, 0).UTC(),
	}
	if x.New.in() {
		c.Kind = channels.Unblocked
	}
	if x.Chat.Type != "private" {
		c.Group = id
	}
	return c, true
}

// readMove reads that a group has become a supergroup with another id.
func (b *Bot) readMove(m *message) (channels.Message, bool) {
	if m.Chat.ID == 0 {
		return channels.Message{}, false
	}
	id := strconv.FormatInt(m.Chat.ID, 10)
	return channels.Message{
		ID:    b.messageID(m),
		Kind:  channels.Moved,
		From:  b.address(id),
		Group: id,
		Text:  strconv.FormatInt(m.MigrateTo, 10),
		Trust: channels.Authenticated,
		Sent:  time.Unix(m.Date, 0).UTC(),
	}, true
}
