package main

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels/telegram/telegramtest"
)

// TestBotsOfFrontsAreCalled: a bot of the database may be called instead of asked, one added while the service runs, too;
// whoever calls without the secret, or for a bot that is asked, learns nothing.
func TestBotsOfFrontsAreCalled(t *testing.T) {
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
	called, later, asked := fake.Bot("77:"+secretWord, "aachen_bot"), fake.Bot("78:"+secretWord, "dueren_bot"), fake.Bot("79:"+secretWord, "juelich_bot")
	dir := office(t)
	for _, name := range []string{"78", "79"} {
		write(t, dir, name, name+":"+secretWord)
	}
	add := func(id, token string, more ...string) (string, error) {
		return ask(t, dir, append([]string{"front", "add", id, "--name", id, "--telegram-token-file", filepath.Join(dir, token),
			"--telegram-endpoint", strings.TrimSuffix(fake.Endpoint(), "/bot%s/%s")}, more...)...)
	}
	t.Setenv("EHRENAMT_LISTEN", addr)
	if out, err := add("aachen", "token", "--telegram-webhook"); err == nil || !strings.Contains(err.Error(), "public_url") {
		t.Errorf("a webhook nobody can reach: %v\n%s", err, out)
	}
	t.Setenv("EHRENAMT_PUBLIC_URL", "https://ehrenamt.example/")
	if out, err := add("aachen", "token", "--telegram-webhook"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := add("juelich", "79"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"serve", "--config", filepath.Join(dir, "ehrenamt.toml")}) }()
	hears := func(b *telegramtest.Bot) {
		t.Helper()
		b.User(7).Say("/start")
		if _, err := b.Arrived(ctx, 7, 1); err != nil {
			t.Fatalf("no answer: %v", err)
		}
	}
	hears(called)
	hears(asked)
	if out, err := add("dueren", "78", "--telegram-webhook"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	hears(later)
	if n := called.Calls("getUpdates") + later.Calls("getUpdates"); n != 0 {
		t.Errorf("%d polls beside the webhooks", n)
	}
	for path, want := range map[string]int{"/telegram/aachen": 401, "/telegram/juelich": 404, "/telegram/nobody": 404} {
		r, err := http.Post("http://"+addr+path, "application/json", strings.NewReader(`{"update_id":1}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != want && !(want == 401 && r.StatusCode == 403) {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, want)
		}
	}
	out, err := ask(t, dir, "doctor")
	for _, want := range []string{"database", "telegram.aachen token", "@dueren_bot", "telegram.juelich token", "webhook"} {
		if !strings.Contains(out, want) {
			t.Errorf("the doctor does not say %q: %v\n%s", want, err, out)
		}
	}
	if strings.Contains(out, secretWord) {
		t.Errorf("the doctor tells a secret:\n%s", out)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d", c)
	}
}

// TestTheDoctorLooksAtTheDatabaseAsItIs: where there is none none is made, and a wrong token of a front is found.
func TestTheDoctorLooksAtTheDatabaseAsItIs(t *testing.T) {
	dir := office(t)
	if out, err := ask(t, dir, "doctor"); err != nil || !strings.Contains(out, "is not there yet") {
		t.Errorf("%v\n%s", err, out)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "e.db*")); len(found) > 0 {
		t.Errorf("the doctor made %v", found)
	}
	fake := telegramtest.Start(t, telegramtest.Options{})
	out, err := ask(t, dir, "front", "add", "aachen", "--name", "Aachen", "--telegram-token-file", filepath.Join(dir, "token"),
		"--telegram-endpoint", strings.TrimSuffix(fake.Endpoint(), "/bot%s/%s"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err = ask(t, dir, "doctor"); err == nil || !strings.Contains(out, "does not know this token") {
		t.Errorf("%v\n%s", err, out)
	}
}
