package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehrenamt/matching/index/indexbench"
)

// bench runs a subcommand and reads its JSON.
func bench(t *testing.T, args ...string) map[string]any {
	t.Helper()
	root := newRoot()
	var out strings.Builder
	root.SetOut(&out)
	root.SetErr(io.Discard)
	root.SetArgs(append([]string{"bench"}, args...))
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(out.String()), &m); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	return m
}

func TestTheBenchEqualsBruteForceAndSQLite(t *testing.T) {
	dir := t.TempDir()
	first := bench(t, "matching", "--subscriptions", "3000", "--needs", "60", "--rounds", "1", "--write", dir, "--vs", "sqlite-cell", "--start")
	again := bench(t, "matching", "--in", dir, "--rounds", "1", "--changes", "20ms")
	if first["equal"] != true || again["equal"] != true || first["matches"] != again["matches"] || first["matches"] == 0.0 {
		t.Errorf("made up %v, read back %v", first, again)
	}
	if vs := first["vs"].(map[string]any); vs["equal"] != true {
		t.Errorf("%v", vs)
	}
	if s := first["start"].(map[string]any); s["same"] != true {
		t.Errorf("%v", s)
	}
	if c := again["changes"].(map[string]any); c["equal"] != true || c["per_s"] == 0.0 {
		t.Errorf("%v", c)
	}
	for _, name := range []string{"subscriptions", "needs", "build_s", "bytes_per_subscription", "mean_us", "p50_us", "p99_us", "matches", "brute_mean_us"} {
		if _, ok := first[name].(float64); !ok {
			t.Errorf("no %s in %v", name, first)
		}
	}
}

// TestTheBenchReadsOddRows has poles, the date line, radius 0, strange ids, nobody and nothing.
func TestTheBenchReadsOddRows(t *testing.T) {
	for name, c := range map[string]struct {
		subs, needs string
		matches     float64
	}{
		"nothing":          {"", "", 0},
		"names alone":      {"id,lat,lon,radius_km,categories,slots,qualifications\n", "id,lat,lon,category,slot,qualifications\n", 0},
		"nobody":           {"", "n,50,6,0,0,0\n", 0},
		"no needs":         {"1,50,6,5,1,1,0\n", "", 0},
		"date line":        {"a,0,179.99,10,0,0,0\nb,0,-179.99,10,1,1,0\nc,0,179,10,1,1,0\n", "n,0,180,0,0,0\nm,0,-180,,,\n", 4},
		"pole":             {"a,90,0,10,0,0,0\nb,89.95,-120,10,ffffff,fffffff,fff\nc,-90,0,200,0,0,0\n", "n,89.99,77,3,3,0\n", 2},
		"radius 0":         {"a,50.1,6.1,0,0x1,0X1,0x0\nb,50.1,6.1000001,0,1,1,0\n", "n,50.1,6.1,0,0,0\n", 1},
		"200 km":           {"a,50,6,200,1,1,3\nb,50,6,200,1,1,1\n", "n,51.7,6,0,0,3\n", 1},
		"an id twice":      {"a,50,6,5,1,1,0\na,60,6,5,1,1,0\n", "n,50,6,0,0,0\nm,60,6,0,0,0\n", 1},
		"ids of all sorts": {"\"a,b\",50,6,5,1,1,0\n007,50,6,5,1,1,0\n7,50,6,5,1,1,0\n0190b5c8-0000-7000-8000-00000000abcd,50,6,5,1,1,0\n,50,6,5,1,1,0\nan id that is much longer than sixteen bytes,50,6,5,1,1,0\n", "n,50,6,0,0,0\n", 6},
	} {
		dir := t.TempDir()
		write(t, dir, subscriptionsFile, c.subs)
		write(t, dir, needsFile, c.needs)
		m := bench(t, "matching", "--in", dir, "--rounds", "1", "--vs", "sqlite-cell")
		if m["equal"] != true || m["matches"] != c.matches || m["vs"].(map[string]any)["equal"] != true {
			t.Errorf("%s: %v", name, m)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheBenchRefusesBrokenRows(t *testing.T) {
	for _, row := range []string{
		"a,91,6,5,1,1,0", "a,50,181,5,1,1,0", "a,x,6,5,1,1,0", "a,50,6,NaN,1,1,0", "a,50,6,5,zz,1,0", "a,50,6,5,100000000,1,0", "a,50,6,5,1", "a,50,6,5,1,10000000,0",
	} {
		if _, err := indexbench.ReadSet(strings.NewReader(row+"\n"), strings.NewReader("")); err == nil {
			t.Errorf("%s was read", row)
		}
	}
	for _, row := range []string{"n,50,6,32,0,0", "n,50,6,0,28,0", "n,50,6,x,0,0", "n,50,6,0,0,-1"} {
		if _, err := indexbench.ReadSet(strings.NewReader(""), strings.NewReader(row)); err == nil {
			t.Errorf("%s was read", row)
		}
	}
}

func TestTheBenchMeasuresSearches(t *testing.T) {
	m := bench(t, "search", "--postings", "2000", "--queries", "30", "--rounds", "1", "--compare", "30")
	if m["equal"] != true || m["compared"] != 30.0 || len(m["searches"].(map[string]any)) != 6 {
		t.Errorf("%v", m)
	}
	if m := bench(t, "search", "--postings", "0", "--queries", "3", "--rounds", "1"); m["equal"] != true {
		t.Errorf("%v", m)
	}
}

func TestTheBenchRefusesAnUnknownRival(t *testing.T) {
	root := newRoot()
	root.SetArgs([]string{"bench", "matching", "--vs", "abacus", "--subscriptions", "1"})
	var e *exitError
	if err := root.ExecuteContext(t.Context()); !errors.As(err, &e) || e.code != exitUsage {
		t.Errorf("%v", err)
	}
}

func FuzzReadSet(f *testing.F) {
	f.Add("id,lat,lon,radius_km,categories,slots,qualifications\n1,50,6,5,1,1,0\n", "1,50,6,0,,0\n")
	f.Fuzz(func(t *testing.T, subs, needs string) {
		s, err := indexbench.ReadSet(strings.NewReader(subs), strings.NewReader(needs))
		if err != nil {
			return
		}
		var a, b strings.Builder
		if err := s.WriteSet(&a, &b); err != nil {
			t.Fatal(err)
		}
		again, err := indexbench.ReadSet(strings.NewReader(a.String()), strings.NewReader(b.String()))
		if err != nil || len(again.Entries) != len(s.Entries) || len(again.Needs) != len(s.Needs) {
			t.Fatalf("%q, %q: %v", a.String(), b.String(), err)
		}
	})
}
