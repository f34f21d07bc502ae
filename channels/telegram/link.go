package telegram

import "ehrenamt/channels"

var _ channels.Linker = (*Bot)(nil)

// Link implements channels.Linker: a deep link. start has at most 64 letters, digits, _ and -.
func (b *Bot) Link(start string) string {
	name := b.name()
	if name == "" {
		return ""
	}
	return "https://t.me/" + name + "?start=" + start
}
