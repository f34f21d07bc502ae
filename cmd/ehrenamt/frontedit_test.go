package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels/telegram/telegramtest"
)

// secretWord is in every secret of the tests, and may show nowhere.
const secretWord = "streng-geheim"

// office is a place to run the command line in.
func office(t *testing.T) string {
	dir := t.TempDir()
	write(t, dir, "ehrenamt.toml", `database = "`+filepath.Join(dir, "e.db")+`"`+"\nkey = \""+killKey+"\"\n")
	write(t, dir, "token", "77:"+secretWord+"\n")
	write(t, dir, "password", secretWord)
	write(t, dir, "terms.txt", "Seid nett zueinander.")
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 20, 20))); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "arms.png", b.String())
	return dir
}

func TestAFrontIsAddedAndChanged(t *testing.T) {
	dir := office(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	out, err := ask(t, dir, "front", "add", "aachen", "--name", "Aachen", "--register", "sie", "--accent", "#1a5fb4", "--arms", in("arms.png"),
		"--off", "church_religion,politics_rights", "--rename", "animals=Tierisch gut", "--landmark", "Elisenbrunnen=50.7745,6.0868",
		"--area", "Aachen,05334036", "--telegram-token-file", in("token"), "--email-address", "ehrenamt@aachen.example",
		"--email-imap-url", "imaps://mail.aachen.example", "--email-smtp-url", "smtps://mail.aachen.example", "--email-password-file", in("password"),
		"--terms", in("terms.txt"), "--text-version", "2027-01", "--telegram", "minimal", "--state", "nw")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := ask(t, dir, "front", "add", "dueren", "--name", "Düren", "--neighbours", "aachen"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = ask(t, dir, "front", "show", "aachen")
	for _, want := range []string{"email:aachen, telegram:aachen", "minimal", "#ffffff on #1a5fb4", "image/png", "church_religion, politics_rights",
		"animals = Tierisch gut", "Elisenbrunnen", "05334002, 05334036", "2027-01 (de), in force", "sie"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not shown: %v", want, err)
		}
	}
	list, err := ask(t, dir, "front", "list")
	if err != nil || !strings.Contains(list, "dueren") || strings.Contains(list, "default") {
		t.Errorf("%v\n%s", err, list)
	}
	for _, step := range []struct{ verb, shows string }{{"suspend", "suspended since"}, {"suspend", "suspended since"}, {"resume", "runs"}} {
		if out, err := ask(t, dir, "front", step.verb, "aachen"); err != nil {
			t.Errorf("%v %s", err, out)
		}
		if out, _ := ask(t, dir, "front", "show", "aachen"); !strings.Contains(out, step.shows) {
			t.Errorf("after %s:\n%s", step.verb, out)
		}
	}
	if out, err := ask(t, dir, "front", "text", "aachen", "terms"); err != nil || !strings.Contains(out, "Seid nett") {
		t.Errorf("%v %s", err, out)
	}
	if raw, err := os.ReadFile(in("e.db")); err != nil || bytes.Contains(raw, []byte(secretWord)) || strings.Contains(out+list, secretWord) {
		t.Errorf("a secret can be read: %v", err)
	}
}

func TestWhatAFrontMayNotBe(t *testing.T) {
	dir := office(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	if out, err := ask(t, dir, "front", "add", "aachen", "--name", "Aachen", "--telegram-token-file", in("token"), "--terms", in("terms.txt"), "--text-version", "1"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	big, err := os.Create(in("big.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(50 << 20); err != nil {
		t.Fatal(err)
	}
	_ = big.Close()
	write(t, dir, "other", "78:"+secretWord)
	write(t, dir, "lines", "79:a\n79:b")
	write(t, dir, "nothing", "")
	before, _ := ask(t, dir, "front", "show", "aachen")
	for name, c := range map[string]struct{ args, says string }{
		"a front that is there":         {"add aachen", "edit aachen"},
		"an id with a blank":            {"add A!", "no id"},
		"nowhere":                       {"add xy --name Nirgendwo", "--place"},
		"a bot that runs already":       {"add dueren --name Düren --telegram-token-file " + in("token"), "front aachen's already"},
		"another bot in its place":      {"edit aachen --telegram-token-file " + in("other"), "another bot"},
		"two lines":                     {"add dueren --name Düren --telegram-token-file " + in("lines"), "one line"},
		"an empty file":                 {"add dueren --name Düren --telegram-token-file " + in("nothing"), "one line"},
		"arms of 50 MB":                 {"edit aachen --arms " + in("big.png"), "larger than 1 MB"},
		"arms that are none":            {"edit aachen --arms " + in("terms.txt"), "not a PNG"},
		"a colour nobody can read":      {"edit aachen --accent #ffd700", "would do instead"},
		"a colour that is none":         {"edit aachen --accent gelb", "not a colour"},
		"a category there is not":       {"edit aachen --off hunde", "none of"},
		"a place there is not":          {"edit aachen --area Atlantis", "no municipality"},
		"a landmark in the void":        {"edit aachen --landmark Mond=500,1", "latitude"},
		"a neighbour there is not":      {"edit aachen --neighbours koeln", "no front"},
		"its own neighbour":             {"edit aachen --neighbours aachen", "own neighbour"},
		"a register":                    {"edit aachen --register ihr", "none of"},
		"a zone":                        {"edit aachen --zone Mars", "not a time zone"},
		"a use of Telegram":             {"edit aachen --telegram halb", "none of"},
		"terms rewritten":               {"edit aachen --terms " + in("terms.txt") + " --text-version 1", "never rewritten"},
		"terms without a version":       {"edit aachen --terms " + in("terms.txt"), "--text-version"},
		"a version of nothing":          {"edit aachen --text-version 2", "are about"},
		"nothing":                       {"edit aachen", "nothing to change"},
		"half a mailbox":                {"edit aachen --email-address a@b.example", "imap"},
		"a front there is not":          {"edit koeln --name Köln", "no front"},
		"a front to let rest":           {"suspend koeln", "no front"},
		"a page that is no URL":         {"edit aachen --page aachen", "URL"},
		"a change of which half is bad": {"edit aachen --name Neu --register ihr", "none of"},
	} {
		out, err := ask(t, dir, append([]string{"front"}, strings.Fields(c.args)...)...)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(out+err.Error(), secretWord) {
			t.Errorf("%s: %v %s", name, err, out)
		}
	}
	if after, _ := ask(t, dir, "front", "show", "aachen"); after != before {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
}

// TestServeTakesFrontsIn: a front of the database is run without a word in the configuration, one added later is taken
// in by the running service, and one whose bot is let go is heard no more.
func TestServeTakesFrontsIn(t *testing.T) {
	dir := office(t)
	fake := telegramtest.Start(t, telegramtest.Options{})
	endpoint := strings.TrimSuffix(fake.Endpoint(), "/bot%s/%s")
	first, second := fake.Bot("77:"+secretWord, "aachen_bot"), fake.Bot("78:"+secretWord, "dueren_bot")
	write(t, dir, "second", "78:"+secretWord)
	t.Setenv("EHRENAMT_LISTEN", "off")
	add := func(id, name, token string) {
		t.Helper()
		if out, err := ask(t, dir, "front", "add", id, "--name", name, "--telegram-token-file", filepath.Join(dir, token), "--telegram-endpoint", endpoint); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	add("aachen", "Aachen", "token")
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"serve", "--config", filepath.Join(dir, "ehrenamt.toml")}) }()
	first.User(7).Say("/start")
	if _, err := first.Arrived(ctx, 7, 1); err != nil {
		t.Fatalf("no answer at the first front: %v", err)
	}
	add("dueren", "Düren", "second")
	second.User(7).Say("/start")
	if _, err := second.Arrived(ctx, 7, 1); err != nil {
		t.Fatalf("no answer at the front that came later: %v", err)
	}
	if out, err := ask(t, dir, "front", "suspend", "dueren"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for n := 2; ; n++ { // the service follows within a few seconds
		second.User(7).Say("Hallo")
		sent, err := second.Arrived(ctx, 7, n)
		if err != nil {
			t.Fatalf("the front that rests does not say so: %v", err)
		}
		if strings.Contains(sent[len(sent)-1].Text, "macht gerade Pause") {
			break
		}
	}
	first.User(7).Say("Hallo")
	if sent, err := first.Arrived(ctx, 7, 2); err != nil || strings.Contains(sent[1].Text, "Pause") {
		t.Errorf("the neighbour is disturbed: %v %v", err, sent)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d", c)
	}
}
