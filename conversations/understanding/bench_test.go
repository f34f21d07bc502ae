package understanding

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// longMail is a message of about 2 KB.
func longMail() string {
	return `Sehr geehrte Damen und Herren,

der Förderverein unserer Grundschule in Burtscheid feiert in diesem Jahr sein zwanzigjähriges Bestehen. ` + strings.Repeat("Viele Eltern und Ehemalige haben ihre Teilnahme schon zugesagt, und die Vorbereitungen laufen seit Wochen auf vollen Touren, denn es soll ein schöner Tag für alle werden. ", 7) + `
Für das Schulfest am Samstag, 12. Juni 2027, von 11 bis 17 Uhr suchen wir noch 15 Helferinnen und Helfer: acht für Auf- und Abbau, vier für den Grill (Belehrung nach § 43 IfSG) und drei für das Kinderschminken. Mindestalter 16 Jahre, ein Führerschein wäre von Vorteil.
Bitte melden Sie sich bis zum 30. Mai bei uns. ` + strings.Repeat("Für Speisen und Getränke ist gesorgt, und wer Kuchen mitbringen möchte, darf das gerne tun. ", 3) + `

Mit freundlichen Grüßen
Der Vorstand
Tel. 0241 123456`
}

func BenchmarkRead(b *testing.B) {
	r := newReader(b)
	req := Request{Text: longMail(), Subject: "Helfer für das Schulfest", Channel: "email", Now: wednesday(b), Front: r.gazetteer().Lookup("Aachen")[0]}
	b.SetBytes(int64(len(req.Text)))
	b.ReportAllocs()
	took := make([]time.Duration, 0, 1<<14)
	for b.Loop() {
		from := time.Now()
		x := r.Read(req)
		took = append(took, time.Since(from))
		if x.Draft.Helpers == nil {
			b.Fatal("no helpers found")
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkNew(b *testing.B) {
	g := newReader(b).gazetteer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(g); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzRead feeds any text; soak runs it for long.
func FuzzRead(f *testing.F) {
	r := newReader(f)
	for _, set := range developmentSets(f) {
		for _, g := range set {
			f.Add(g.Text, g.Subject, int64(1_800_000_000))
		}
	}
	for _, s := range []string{"", "\x00", "am 31.2.", "1.1.1.1.1.", "von bis von bis", "((((", strings.Repeat("9", 300), strings.Repeat("Mo-", 99), "§§§", "halb", "\u0308\u0308", "Sa/So/Mo/Di", "> > >", "--\n--"} {
		f.Add(s, s, int64(0))
	}
	zone := berlin(f)
	f.Fuzz(func(t *testing.T, text, subject string, unix int64) {
		now := time.Unix(unix%4_000_000_000, 0).In(zone)
		for _, req := range []Request{
			{Text: text, Subject: subject, Now: now},
			{Text: text, Now: now, Channel: "email", Kind: Need, Expect: FieldTime},
			{Text: text, Now: now, Kind: Need, Base: &Draft{Start: Moment{T: now}, Recurrence: "FREQ=WEEKLY;BYDAY=MO"}},
			{Text: text, Now: now, Kind: Answer},
		} {
			x := r.Read(req)
			for _, found := range x.Found {
				if found.From > found.To || found.To > len(text) || found.From < -1 {
					t.Fatalf("span %+v outside of %d bytes", found, len(text))
				}
			}
			d := x.Draft
			if !d.Start.IsZero() && !d.End.IsZero() && d.End.T.Before(d.Start.T) {
				t.Fatalf("%q ends %s before it starts %s", text, d.End.T, d.Start.T)
			}
			if d.Helpers != nil && (*d.Helpers < 1 || *d.Helpers > 500) {
				t.Fatalf("%d helpers", *d.Helpers)
			}
			if len([]rune(d.Title)) > 60 {
				t.Fatalf("title of %d characters", len([]rune(d.Title)))
			}
		}
	})
}

// FuzzParseSample feeds any line to the command's reader.
func FuzzParseSample(f *testing.F) {
	f.Add([]byte(`{"id":"1","text":"x","reference_time":"2026-11-25T10:00:00+01:00"}`))
	f.Add([]byte(`{"id":1}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	zone := berlin(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		s, now, err := ParseSample(line, zone)
		if err == nil && (s.ID == "" || now.Location() != zone) {
			t.Fatalf("%q: %+v %v", line, s, now)
		}
	})
}

// TestReadingIsTheSameEachTime reads one message often and gets the same each time, with bounded work.
func TestReadingIsTheSameEachTime(t *testing.T) {
	r := newReader(t)
	req := Request{Text: longMail(), Channel: "email", Now: wednesday(t), Front: aachen(t, r)}
	first := PredictionOf("", r.Read(req))
	n := 20
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		n = 2000
	}
	for range n {
		if p := PredictionOf("", r.Read(req)); *p.Start != *first.Start || *p.Category != *first.Category || p.Actor != first.Actor || *p.Helpers != *first.Helpers || p.Title != first.Title {
			t.Fatalf("%+v, before %+v", p, first)
		}
	}
	if *first.Helpers != 15 || *first.Start != "2027-06-12T11:00:00+02:00" || *first.MinAge != 16 {
		t.Errorf("%+v", first)
	}
	if allocs := testing.AllocsPerRun(10, func() { r.Read(req) }); allocs > 12000 {
		t.Errorf("%.0f allocations for one message", allocs)
	}
}
