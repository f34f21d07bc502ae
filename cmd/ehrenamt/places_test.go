package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const postalLines = "DE\t99998\tNeudorf am Testsee\tThüringen\tTH\t\t\t\t\t51.2\t10.6\t4\n" +
	"DE\t52045\tHUK-Coburg\tNordrhein-Westfalen\t07\t\t\t\t\t50.7717\t6.0851\t4\n" +
	"AT\t1010\tWien\tWien\t09\t\t\t\t\t48.2\t16.4\t4\n" +
	"broken\n"

func TestPlacesImportWritesWhatFindReads(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "DE.txt"), filepath.Join(dir, "places.tsv.gz")
	if err := os.WriteFile(from, []byte(postalLines), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&errs)
	root.SetArgs([]string{"places", "import", from, "--out", to})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if want := "rows 1, bulk-mail customers left out 1, other countries left out 1, bad lines 1\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("said %q", out.String())
	}
	if !strings.Contains(errs.String(), "line 4: 1 fields instead of 11") {
		t.Errorf("complained %q", errs.String())
	}
	out.Reset()
	root = newRoot()
	root.SetOut(&out)
	root.SetArgs([]string{"places", "find", "--places", to, "--home", "Aachen", "Von Brand nach 99998 Neudorf am Testsee"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "99998 Neudorf am Testsee") {
		t.Errorf("found %q", out.String())
	}
}

func TestPlacesImportLeavesNothingBehindWhenItFails(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "other.txt"), filepath.Join(dir, "places.tsv.gz")
	if err := os.WriteFile(from, []byte("no postal file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a file without places": {"places", "import", from, "--out", to},
		"no such file":          {"places", "import", filepath.Join(dir, "missing"), "--out", to},
		"a folder":              {"places", "import", dir, "--out", to},
		"nowhere to write":      {"places", "import", from, "--out", filepath.Join(dir, "missing", "x")},
	} {
		root := newRoot()
		root.SetOut(&bytes.Buffer{})
		root.SetErr(&bytes.Buffer{})
		root.SetArgs(args)
		if err := root.Execute(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}
