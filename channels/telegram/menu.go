package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

// The limits of https://core.telegram.org/bots/api#setmycommands and its neighbours, in characters.
const (
	maxCommands    = 100
	maxCommand     = 32
	maxCommandText = 256
	maxBotName     = 64
	maxDescription = 512
	maxAbout       = 120
)

type menuEntry struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// SetCommands implements channels.Commander: the menu that everybody sees.
func (b *Bot) SetCommands(ctx context.Context, lang string, commands []channels.Command) error {
	return b.setMenu(ctx, "", lang, commands)
}

// SetMenu sets the menu that one chat sees instead, such as an editor's; without commands it returns to the general
// one.
func (b *Bot) SetMenu(ctx context.Context, to channels.Address, lang string, commands []channels.Command) error {
	t, err := targetOf(to)
	if err != nil {
		return err
	}
	scope := `{"type":"chat","chat_id":` + strconv.Quote(t.chat) + `}`
	if !strings.HasPrefix(t.chat, "@") {
		scope = `{"type":"chat","chat_id":` + t.chat + `}`
	}
	return b.setMenu(ctx, scope, lang, commands)
}

func (b *Bot) setMenu(ctx context.Context, scope, lang string, commands []channels.Command) error {
	p := tgbotapi.Params{}
	if scope != "" {
		p["scope"] = scope
	}
	if l := language(lang); l != "" {
		p["language_code"] = l
	}
	if len(commands) == 0 {
		return b.call(ctx, "deleteMyCommands", p, nil, nil)
	}
	if len(commands) > maxCommands {
		return fmt.Errorf("telegram: %d commands, at most %d are possible: %w", len(commands), maxCommands, channels.ErrUndeliverable)
	}
	var menu []menuEntry
	for _, c := range commands {
		name, err := commandName(c.Name)
		if err != nil {
			return err
		}
		menu = append(menu, menuEntry{name, short(c.Description, maxCommandText)})
	}
	text, err := json.Marshal(menu)
	if err != nil {
		return fmt.Errorf("telegram: menu: %w", err)
	}
	p["commands"] = string(text)
	return b.call(ctx, "setMyCommands", p, nil, nil)
}

// commandName brings a name into what Telegram takes: 1–32 of a-z, 0-9 and _. Umlauts are written out.
func commandName(s string) (string, error) {
	name := strings.ReplaceAll(channels.Fold(strings.ReplaceAll(s, "_", " ")), " ", "_")
	for _, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			name = ""
		}
	}
	if name == "" || len(name) > maxCommand {
		return "", fmt.Errorf("telegram: %q cannot be a command: %w", s, channels.ErrUndeliverable)
	}
	return name, nil
}

// SetProfile implements channels.Profiler: a name of at most 64 characters, a description of 512, about of 120. It
// changes what differs; empty fields stay as they are. Telegram allows few changes a day, so it is asked
// first.
func (b *Bot) SetProfile(ctx context.Context, p channels.Profile) error {
	for _, f := range []struct {
		method, field, want string
		limit               int
	}{
		{"Name", "name", p.Name, maxBotName},
		{"Description", "description", p.Description, maxDescription},
		{"ShortDescription", "short_description", p.About, maxAbout},
	} {
		if f.want == "" {
			continue
		}
		want := short(f.want, f.limit)
		params := tgbotapi.Params{}
		if l := language(p.Lang); l != "" {
			params["language_code"] = l
		}
		var is map[string]string
		if err := b.call(ctx, "getMy"+f.method, params, nil, &is); err != nil {
			return err
		}
		if is[f.field] == want {
			continue
		}
		params[f.field] = want
		if err := b.call(ctx, "setMy"+f.method, params, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// language is the two-letter code that Telegram keys texts by.
func language(lang string) string {
	l, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if len(l) != 2 {
		return ""
	}
	return l
}

// short cuts a text to n characters at a word.
func short(s string, n int) string {
	s = legible(s)
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	cut := string(r[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + "…"
}
