package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func runUnderstand(t *testing.T, in string, args ...string) (string, string, error) {
	t.Helper()
	cmd := newRoot()
	var out, errs bytes.Buffer
	cmd.SetIn(strings.NewReader(in))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	cmd.SetArgs(append([]string{"understand"}, args...))
	err := cmd.Execute()
	return out.String(), errs.String(), err
}

func TestUnderstandAnswersLineByLine(t *testing.T) {
	in := `{"id":"a","channel":"telegram","text":"Wir suchen am Samstag von 14-18 Uhr 5 Leute in Eschweiler","reference_time":"2026-11-25T10:00:00+01:00"}

not json
{"id":"b","channel":"email","subject":"","text":"Danke!","reference_time":"2026-11-25T10:00:00+01:00"}
{"id":"c","text":"x","reference_time":"yesterday"}`
	out, errs, err := runUnderstand(t, in)
	var code *exitError
	if !errors.As(err, &code) || code.code != exitFailure {
		t.Errorf("error %v", err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines: %s", len(lines), out)
	}
	var first struct {
		ID, Intent, Start, End string
		Helpers                int
		Recurrence             *string
		Place                  struct{ Name string }
	}
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	if first.ID != "a" || first.Intent != "need" || first.Start != "2026-11-28T14:00:00+01:00" || first.End != "2026-11-28T18:00:00+01:00" || first.Helpers != 5 || first.Place.Name != "Eschweiler" || first.Recurrence != nil {
		t.Errorf("%s", lines[0])
	}
	if !strings.Contains(lines[1], `"error"`) || !strings.Contains(lines[2], `"intent":"other"`) || !strings.Contains(lines[3], `"error"`) {
		t.Errorf("%s", out)
	}
	if strings.Count(errs, "line ") != 2 {
		t.Errorf("errors: %s", errs)
	}
}

func TestUnderstandExplains(t *testing.T) {
	out, _, err := runUnderstand(t, "", "--explain", "Wir suchen morgen ab 9 Uhr drei Helfer in Brand", "--at", "2026-11-25T10:00:00+01:00")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"intent", "need", "helpers", "drei Helfer", "number before people", `"start": "2026-11-26T09:00:00+01:00"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if _, _, err := runUnderstand(t, "", "--explain", "x", "--at", "later"); err == nil {
		t.Error("a wrong reference time is accepted")
	}
}
