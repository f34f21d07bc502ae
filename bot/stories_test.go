package bot_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ehrenamt/conversations/transcript"
)

var update = flag.Bool("update", false, "write the stories down as they go now")

// TestStoriesGoAsWritten plays every story in testdata/stories over a chat and by mail. Each has a file of
// its own for mail, because everything missing is asked at once there. Those about searching play in a town
// where something is going on already.
func TestStoriesGoAsWritten(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	var mu sync.Mutex
	effects := map[string][]string{}
	t.Cleanup(func() { compareEffects(t, effects) }) // after the stories, which go beside each other
	for _, file := range files {
		mail := strings.HasSuffix(file, ".mail.txt")
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			story, err := transcript.Parse(strings.NewReader(string(data)))
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, mail)
			w.furnish(file)
			got, err := transcript.Play(t.Context(), story, w)
			if err != nil {
				t.Fatalf("%v\n%s", err, got)
			}
			changed, err := w.effects(t.Context(), story)
			if err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			effects[file] = changed
			mu.Unlock()
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("the story went differently:\n%s", got)
			}
		})
	}
}

// compareEffects holds each story told by mail against the same story in a chat: it is to have the same effects.
func compareEffects(t *testing.T, effects map[string][]string) {
	t.Helper()
	for file, byMail := range effects {
		chat, ok := strings.CutSuffix(file, ".mail.txt")
		inChat, played := effects[chat+".txt"]
		if !ok || !played || slices.Equal(byMail, inChat) {
			continue
		}
		only := func(a, b []string) (lines []string) {
			return slices.DeleteFunc(slices.Clone(a), func(l string) bool { return slices.Contains(b, l) })
		}
		t.Errorf("%s has other effects than in a chat:\nby mail: %s\nin chat: %s", filepath.Base(file), strings.Join(only(byMail, inChat), "\n         "), strings.Join(only(inChat, byMail), "\n         "))
	}
}

// furnish prepares a world for the story of a file.
func (w *world) furnish(file string) {
	if strings.HasPrefix(filepath.Base(file), "search_") {
		w.seedTown()
	}
}
