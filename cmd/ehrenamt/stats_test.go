package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatsForPeopleProgramsAndEyes(t *testing.T) {
	dir := t.TempDir()
	conf := "database = \"" + filepath.Join(dir, "e.db") + "\"\n[fronts.aachen]\nname = \"Aachen\"\nzone = \"Europe/Berlin\"\n"
	if err := os.WriteFile(filepath.Join(dir, "ehrenamt.toml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(dir, "x.svg")
	out, err := ask(t, dir, "stats", "--front", "aachen", "--month", "2026-10", "--months", "3", "--chart", picture)
	if err != nil || !strings.Contains(out, "2026-10 to 2026-12") || !strings.Contains(out, "needs") {
		t.Errorf("%v\n%s", err, out)
	}
	if raw, err := os.ReadFile(picture); err != nil || !strings.Contains(string(raw), "<svg") {
		t.Errorf("picture: %v", err)
	}
	out, err = ask(t, dir, "stats", "--front", "aachen", "--json")
	var doc map[string]any
	if err != nil || json.Unmarshal([]byte(out), &doc) != nil || doc["needs"] != float64(0) || doc["front"] != "aachen" {
		t.Errorf("%v\n%s", err, out)
	}
	for _, wrong := range [][]string{
		{"stats"}, {"stats", "--front", "koeln"}, {"stats", "--front", "aachen", "--month", "bald"}, {"stats", "--front", "aachen", "--months", "0"},
		{"stats", "--front", "aachen", "--chart", "x.gif"},
	} {
		if out, err := ask(t, dir, wrong...); err == nil {
			t.Errorf("%v went well: %s", wrong, out)
		}
	}
}
