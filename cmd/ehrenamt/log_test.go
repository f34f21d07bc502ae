package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"ehrenamt/channels"
)

func TestSecretsStayHiddenWhateverPrintsThem(t *testing.T) {
	s := struct{ S []secret }{[]secret{"geheim"}}
	l := location("postgres://u:geheim@h/d?sslpassword=geheim")
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%08b", "%e"} {
		fmt.Fprintf(&out, verb+"\n", s, s)
		fmt.Fprintf(&out, verb+"\n", secret("geheim"), l)
		fmt.Fprintf(&out, verb+"\n", l, &s)
	}
	j, err := json.Marshal(map[string]any{"s": s, "l": l})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(j)
	fmt.Fprint(&out, errors.Join(fmt.Errorf("open %s with %s", l, s.S[0])))
	for _, leak := range []string{"geheim", fmt.Sprintf("%x", "geheim"), fmt.Sprintf("%X", "geheim")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("shown: %s", out.String())
		}
	}
	if secret("").String() != "" || secret("x").reveal() != "x" {
		t.Error("an empty secret must look empty, and a secret must be usable")
	}
}

func TestLogHidesWhatIsPersonalByItsType(t *testing.T) {
	address := channels.Address{Channel: "email", Account: "main", ID: "anna@geheim.example"}
	type deep struct {
		In map[string][]*channels.Message
	}
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := newLogger(logConfig{Level: "debug", Format: format}, &out)
		log.With("key", secret("geheim")).WithGroup("g").Debug("met",
			"address", address, "pointer", &address, "list", []channels.Address{address}, "point", channels.Point{Lat: 50.77},
			"deep", deep{map[string][]*channels.Message{"a": {{Text: "geheim"}}}}, slog.Group("h", "secrets", []secret{"geheim"}),
			"database", location("postgres://u:geheim@h/d"), "url", &url.URL{Scheme: "http", User: url.UserPassword("u", "geheim")},
			"error", errors.New("disk full"), "count", 3, "nothing", nil)
		if strings.Contains(out.String(), "geheim") || strings.Contains(out.String(), "50.77") {
			t.Errorf("%s shows it: %s", format, &out)
		}
		for _, want := range []string{"met", "disk full", "3", hidden} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %q in %s", format, want, &out)
			}
		}
	}
}

func TestLogHasTheFormatAndLevelThatAreSet(t *testing.T) {
	for _, c := range []struct {
		config logConfig
		json   bool
		lines  int
	}{
		{logConfig{Level: "info", Format: "auto"}, true, 2}, // a buffer is no terminal
		{logConfig{Level: "debug", Format: "text"}, false, 3},
		{logConfig{Level: "warn", Format: "json"}, true, 1},
		{logConfig{Level: "error", Format: "json"}, true, 0},
	} {
		var out bytes.Buffer
		log := newLogger(c.config, &out)
		log.Debug("a")
		log.Info("b")
		log.Warn("c")
		if got := strings.Count(out.String(), "\n"); got != c.lines {
			t.Errorf("%+v: %d lines, want %d", c.config, got, c.lines)
		}
		if c.lines > 0 && strings.HasPrefix(out.String(), "{") != c.json {
			t.Errorf("%+v: %s", c.config, &out)
		}
	}
}
