package telegram

import (
	"time"

	"ehrenamt/channels"
)

var (
	_ channels.Linker            = (*Bot)(nil)
	_ channels.Commander         = (*Bot)(nil)
	_ channels.PersonalCommander = (*Bot)(nil)
	_ channels.Profiler          = (*Bot)(nil)
	_ channels.Watched           = (*Bot)(nil)
)

// Link implements channels.Linker: a deep link. start has at most 64 letters, digits, _ and -.
func (b *Bot) Link(start string) string {
	name := b.name()
	if name == "" {
		return ""
	}
	return "https://t.me/" + name + "?start=" + start
}

// LastSeen implements channels.Watched.
func (b *Bot) LastSeen() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lastSeen
}
