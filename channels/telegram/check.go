package telegram

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Level says how bad a Finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warning"
	Bad  Level = "error"
)

// Finding is one thing that Check found, in words for operators. It contains no token.
type Finding struct {
	Level Level
	What  string // "token", "webhook", "queue", "groups", "commands"
	Says  string
}

type webhookInfo struct {
	URL       string   `json:"url"`
	Pending   int      `json:"pending_update_count"`
	ErrorAt   int64    `json:"last_error_date"`
	ErrorText string   `json:"last_error_message"`
	Allowed   []string `json:"allowed_updates"`
}

type me struct {
	user
	Groups  bool `json:"can_join_groups"`
	ReadAll bool `json:"can_read_all_group_messages"`
}

// Check asks Telegram how this bot stands. It changes nothing, sends nothing and receives nothing, so it may run
// beside the service.
func (b *Bot) Check(ctx context.Context) []Finding {
	var m me
	if err := b.call(ctx, "getMe", nil, nil, &m); err != nil {
		says := err.Error() + ": is the network up, the endpoint right?"
		if denied(err) {
			says = "Telegram does not know this token; BotFather shows the right one with /mybots"
		}
		return []Finding{{Bad, "token", says}}
	}
	found := []Finding{{OK, "token", "this is @" + m.Username}}
	if m.ReadAll {
		found = append(found, Finding{Warn, "groups", "privacy mode is off: the bot is sent all talk in groups; switch it on with /setprivacy"})
	}
	if !m.Groups {
		found = append(found, Finding{OK, "groups", "the bot cannot be added to groups (/setjoingroups)"})
	}
	found = append(found, b.checkWebhook(ctx)...)
	var commands []menuEntry
	switch err := b.call(ctx, "getMyCommands", nil, nil, &commands); {
	case err != nil:
		found = append(found, Finding{Warn, "commands", err.Error()})
	case len(commands) == 0:
		found = append(found, Finding{Warn, "commands", "no menu is set; it is set when the service starts"})
	default:
		found = append(found, Finding{OK, "commands", fmt.Sprintf("%d in the menu", len(commands))})
	}
	return found
}

func (b *Bot) checkWebhook(ctx context.Context) []Finding {
	var w webhookInfo
	if err := b.call(ctx, "getWebhookInfo", nil, nil, &w); err != nil {
		return []Finding{{Warn, "webhook", err.Error()}}
	}
	var found []Finding
	switch want := b.o.Webhook.URL; {
	case w.URL == want && want == "":
		found = append(found, Finding{OK, "webhook", "none, the service polls"})
	case w.URL == want:
		found = append(found, Finding{OK, "webhook", "set to " + want})
	case want == "":
		found = append(found, Finding{Bad, "webhook", "set to another address although the service polls; it is removed when the service starts"})
	case w.URL == "":
		found = append(found, Finding{Warn, "webhook", "not set yet; it is set when the service starts"})
	default:
		found = append(found, Finding{Bad, "webhook", "set to another address than configured; is another service running with this token?"})
	}
	if at := time.Unix(w.ErrorAt, 0); w.ErrorAt > 0 && b.o.Now().Sub(at) < kept {
		found = append(found, Finding{Warn, "webhook", "Telegram's last call failed at " + at.UTC().Format(time.RFC3339) + ": " + b.hide(w.ErrorText)})
	}
	level := OK
	if w.Pending > 100 {
		level = Warn
	}
	return append(found, Finding{level, "queue", fmt.Sprintf("%d updates wait at Telegram", w.Pending)})
}

// hide takes what is secret out of a text of Telegram's.
func (b *Bot) hide(s string) string {
	for _, secret := range []string{b.o.Token, b.o.Webhook.Secret} {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	return legible(s)
}
