package main

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels/telegram/telegramtest"
)

func TestServeTakesTelegramsCalls(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	fake := telegramtest.Start(t, telegramtest.Options{Reach: func(url string) string {
		return strings.Replace(url, "https://ehrenamt.example", "http://"+addr, 1)
	}})
	bot := fake.Bot("55:hook", "ehrenamt_bot")
	for name, value := range map[string]string{
		"DATABASE": filepath.Join(t.TempDir(), "hook.db"), "KEY": killKey, "LISTEN": addr, "PUBLIC_URL": "https://ehrenamt.example/",
		"TELEGRAM_TOKEN": "55:hook", "TELEGRAM_SECRET": "geheim", "TELEGRAM_WEBHOOK": "true",
		"TELEGRAM_ENDPOINT": strings.TrimSuffix(fake.Endpoint(), "/bot%s/%s"),
	} {
		t.Setenv("EHRENAMT_"+name, value)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"serve"}) }()
	bot.User(7).Say("/start")
	if _, err := bot.Arrived(ctx, 7, 1); err != nil {
		t.Errorf("no answer to what came by webhook: %v", err)
	}
	if n := bot.Calls("getUpdates"); n != 0 {
		t.Errorf("%d polls beside the webhook", n)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d", c)
	}
}
