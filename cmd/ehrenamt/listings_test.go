package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestListsGoInAndOut(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("ehrenamt.toml", "database = \""+filepath.Join(dir, "e.db")+"\"\n[fronts.aachen]\nname = \"Aachen\"\nzone = \"Europe/Berlin\"\n")
	good := put("good.csv", "Nr;Titel;Verein;Ort;Beginn;Farbe\n1;Aufbau;TV Brand;Aachen;05.12.2100 14:00;rot\n2;Abbau;TV Brand;Aachen;nie;rot\n")
	run := func(want string, args ...string) string {
		t.Helper()
		out, err := ask(t, dir, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v, said\n%s", args, err, out)
		}
		return out
	}
	out := run("new 1, changed 0, unchanged 0, taken over 0, over 0, wrong 1, (dry run", "import", "postings", good, "--front", "aachen", "--dry-run")
	if !strings.Contains(out, "line 3: start: malformed") || !strings.Contains(out, "columns not used: Farbe") {
		t.Errorf("what is wrong is not told:\n%s", out)
	}
	run("new 1, changed 0", "import", "postings", good, "--front", "aachen")
	run("new 0, changed 0, unchanged 1", "import", "postings", good, "--front", "aachen")
	run("Aufbau", "export", "postings", "--front", "aachen")
	run(`"title":"Aufbau"`, "export", "postings", "--format", "json")
	run("JobPosting", "export", "postings", "--format", "jsonld")
	file := filepath.Join(dir, "out.csv")
	run("", "export", "postings", "--out", file)
	// What one exchange writes another one reads.
	run("new 1", "import", "postings", file, "--front", "aachen")
	for _, wrong := range [][]string{
		{"import", "postings", good, "--front", "koeln"}, {"import", "postings", filepath.Join(dir, "none.csv"), "--front", "aachen"},
		{"import", "postings", put("x.pdf", "%PDF"), "--front", "aachen"}, {"import", "postings", put("empty.csv", ""), "--front", "aachen"},
		{"import", "postings", put("headless.csv", "1;2;3\n"), "--front", "aachen"}, {"import", "postings", put("cut.json", `[{"external_id":"9"`), "--front", "aachen"},
		{"export", "postings", "--front", "koeln"}, {"export", "postings", "--format", "xml"},
	} {
		if out, err := ask(t, dir, wrong...); err == nil {
			t.Errorf("%v went well: %s", wrong, out)
		}
	}
}
