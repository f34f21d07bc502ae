package bot_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// chatLength is how long a reply in a chat may be, in characters, without its choices.
const chatLength = 600

// longer are the replies that may be longer, by how they begin: texts that somebody asked for in full, and lists.
var longer = []string{
	"Was ich mir merke:",              // privacy, asked for in full
	"Das merke ich mir:",              // privacy in plain language, which needs more and shorter sentences
	"What I remember:",                // privacy in English
	"Diese Woche (", "Dieser Monat (", // a calendar
	"Deine Einträge:", "Deine Zusagen und", // what is mine
	"Das habe ich mir gemerkt", // all settings
}

var numberedChoice = regexp.MustCompile(`^\d+\) `)

// TestRepliesInAChatAreShort reads every reply of every story of a chat.
func TestRepliesInAChatAreShort(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d stories: %v", len(files), err)
	}
	replies := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".mail.txt") {
			continue
		}
		for _, reply := range repliesIn(t, file) {
			replies++
			if n := utf8.RuneCountInString(reply); n > chatLength && !excused(reply) {
				t.Errorf("%s: %d characters in\n%s", file, n, reply)
			}
		}
	}
	if replies < 500 {
		t.Errorf("only %d replies were read", replies)
	}
}

func excused(reply string) bool {
	if rest, ok := strings.CutPrefix(reply, "@"); ok { // to somebody else
		_, reply, _ = strings.Cut(rest, " ")
	}
	for _, begin := range longer {
		if strings.HasPrefix(reply, begin) {
			return true
		}
	}
	return false
}

// repliesIn are the answers of a story, without their choices.
func repliesIn(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []string
	open := false
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		said, ok := strings.CutPrefix(lines.Text(), "<")
		further := strings.HasPrefix(said, "    ") || said == ""
		text := strings.TrimPrefix(said, "    ")
		switch {
		case !ok:
			open = false
		case open && further && numberedChoice.MatchString(text):
		case open && further:
			all[len(all)-1] += "\n" + text
		default:
			all, open = append(all, strings.TrimPrefix(said, " ")), true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
