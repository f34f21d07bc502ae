package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func simulate(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := newRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs(append([]string{"simulate"}, args...))
	err := root.ExecuteContext(context.Background())
	return out.String(), err
}

func TestSimulatePrintsTableJSONAndChart(t *testing.T) {
	chart := filepath.Join(t.TempDir(), "town.svg")
	small := []string{"--seeds", "2", "--first-seed", "5", "--days", "20", "--warm-up", "5", "--needs-per-day", "6", "--policy", "practice,ours"}
	table, err := simulate(t, append(small, "--chart", chart)...)
	if err != nil || !strings.Contains(table, "ours") || strings.Contains(table, "nearest") {
		t.Errorf("table: %v\n%s", err, table)
	}
	if svg, err := os.ReadFile(chart); err != nil || !bytes.HasPrefix(svg, []byte("<svg")) {
		t.Errorf("chart: %v", err)
	}
	text, err := simulate(t, append(small, "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Policies []struct {
			Policy       string  `json:"policy"`
			PlacesFilled float64 `json:"places_filled"`
		} `json:"policies"`
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil || len(report.Policies) != 2 || report.Policies[1].Policy != "ours" || report.Policies[1].PlacesFilled <= 0 {
		t.Errorf("%v: %+v", err, report)
	}
	if again, _ := simulate(t, append(small, "--json")...); again != text {
		t.Error("the same seeds give other bytes")
	}
}

func TestSimulateRefusesWhatItCannotDo(t *testing.T) {
	for _, args := range [][]string{{"--policy", "best"}, {"--needs-per-day", "0"}, {"--seeds", "0"}, {"--pace", "--needs-per-hour", "0"}} {
		_, err := simulate(t, args...)
		var e *exitError
		if !errors.As(err, &e) || e.code != exitUsage {
			t.Errorf("%v: %v", args, err)
		}
	}
}
