package main

import (
	"strings"
	"testing"

	"ehrenamt/channels/telegram/telegramtest"
)

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
