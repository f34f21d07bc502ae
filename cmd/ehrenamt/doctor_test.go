package main

import (
	"strings"
	"testing"

	"ehrenamt/channels/email/emailtest"
	"ehrenamt/channels/telegram/telegramtest"
)

func TestDoctorSendsAMailThroughEachMailbox(t *testing.T) {
	stack := emailtest.Start(t)
	us := stack.User()
	server := func(scheme, addr, password string) mailServer {
		return mailServer{URL: scheme + "://" + addr + "?tls=off", User: us, Password: secret(password)}
	}
	box := emailConfig{Address: us, PlusAddressing: true, IMAP: server("imap", stack.IMAP, emailtest.Password), SMTP: server("smtp", stack.Submission, emailtest.Password)}
	c := config{Key: killKey, Fronts: map[string]frontConfig{"": {Name: "Aachen"}}, Email: map[string]emailConfig{"main": box}}
	var out strings.Builder
	_ = examine(t.Context(), c, &out) // whether anybody can be asked for records depends on the machine
	for _, want := range []string{"email.main imap", "logged in", "email.main round trip", "arrives after", "email.main plus addresses", "telegram"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	box.SMTP.Password = "wrong"
	c.Email["main"] = box
	out.Reset()
	if err := examine(t.Context(), c, &out); err == nil || !strings.Contains(out.String(), "refuses this user and password") {
		t.Errorf("%v in\n%s", err, out.String())
	}
	if strings.Contains(out.String(), emailtest.Password) {
		t.Error("the password shows up")
	}
}

func TestDoctorSaysHowEachBotStands(t *testing.T) {
	server := telegramtest.Start(t, telegramtest.Options{})
	server.Bot("42:right", "ehrenamt_aachen_bot")
	base := strings.TrimSuffix(server.Endpoint(), "/bot%s/%s")
	var out strings.Builder
	c := config{Telegram: map[string]telegramConfig{
		"aachen": {Token: "42:right", Endpoint: base},
		"dueren": {Token: "43:wrong", Endpoint: base},
	}}
	err := examine(t.Context(), c, &out)
	if err == nil {
		t.Error("a wrong token is no reason for an exit code")
	}
	for _, want := range []string{"telegram.aachen token", "@ehrenamt_aachen_bot", "telegram.dueren token", "does not know this token"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "43:wrong") {
		t.Errorf("the token shows up in\n%s", out.String())
	}
	delete(c.Telegram, "dueren")
	out.Reset()
	if err := examine(t.Context(), c, &out); err != nil || strings.Contains(out.String(), "error") {
		t.Errorf("%v:\n%s", err, out.String())
	}
}
