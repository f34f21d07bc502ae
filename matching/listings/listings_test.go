package listings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"ehrenamt/matching"
	"ehrenamt/matching/listings"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// all reads a file to its end: the entries, and what was wrong as "line field why".
func all(t testing.TB, r io.Reader, f listings.Format) (found []listings.Listing, wrong []string, ended error) {
	t.Helper()
	lr, err := listings.NewReader(r, f, berlin(t))
	if err != nil {
		return nil, nil, err
	}
	for {
		l, err := lr.Next()
		var bad *listings.LineError
		switch {
		case errors.Is(err, io.EOF):
			return found, wrong, nil
		case errors.As(err, &bad):
			wrong = append(wrong, fmt.Sprintf("%d %s %s", bad.Line, bad.Field, bad.Why))
		case err != nil:
			return found, wrong, err
		default:
			found = append(found, l)
		}
	}
}

const german = "Nr;Titel;Träger;Ort;PLZ;Beginn;Ende;Helfende;E-Mail;Farbe\r\n" +
	"7;Lesepatin für die Bücherei;Stadtbücherei;Aachen;52062;05.12.2026 14:00;17:30;2;Kontakt@Buecherei.example;blau\r\n" +
	";;;;;;;;;\r\n" +
	"8;\"Aufbau; mit \"\"Kaffee\"\"\r\nund Kuchen\";TV Brand;;1069;2026-12-06;;\"=\"\"3\"\"\";;\r\n"

func TestGermanSpreadsheet(t *testing.T) {
	for name, in := range map[string]func() io.Reader{
		"utf-8": func() io.Reader { return strings.NewReader(german) },
		"bom":   func() io.Reader { return strings.NewReader("\ufeff" + german) },
		"1252": func() io.Reader {
			return transform.NewReader(strings.NewReader(german), charmap.Windows1252.NewEncoder())
		},
		"utf-16": func() io.Reader {
			return transform.NewReader(strings.NewReader(german), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder())
		},
	} {
		t.Run(name, func(t *testing.T) {
			found, wrong, err := all(t, in(), listings.CSV)
			if err != nil || len(wrong) > 0 || len(found) != 2 {
				t.Fatalf("found %d, wrong %v, error %v", len(found), wrong, err)
			}
			z := berlin(t)
			l := found[0]
			if l.Title != "Lesepatin für die Bücherei" || l.Organisation != "Stadtbücherei" || l.Helpers != 2 || l.ContactEmail != "kontakt@buecherei.example" {
				t.Errorf("first: %+v", l)
			}
			want := matching.Span{Start: time.Date(2026, 12, 5, 14, 0, 0, 0, z), End: time.Date(2026, 12, 5, 17, 30, 0, 0, z)}
			if len(l.Dates) != 1 || !l.Dates[0].Start.Equal(want.Start) || !l.Dates[0].End.Equal(want.End) {
				t.Errorf("dates: %v", l.Dates)
			}
			l = found[1]
			if l.Title != "Aufbau; mit \"Kaffee\"\nund Kuchen" || l.Postcode != "01069" || l.Helpers != 3 || !l.Dates[0].AllDay || l.Line != 4 {
				t.Errorf("second: %+v", l)
			}
		})
	}
}

func TestWrongLinesCostOnlyThemselves(t *testing.T) {
	const file = `external_id,title,organisation,place,start,end,helpers,contact_email,recurrence,kind,lat
1,,TV Brand,Aachen,,,,,,,
2,Aufbau,TV Brand,Aachen,morgen,,,,,,
3,Aufbau,TV Brand,Aachen,2026-12-05 14:00,2026-12-05 13:00,,,,,
4,Aufbau,TV Brand,Aachen,,,viele,,,,
5,Aufbau,TV Brand,Aachen,,,,wer immer,,,
6,Aufbau,TV Brand,Aachen,,,,,FREQ=SECONDLY,,
7,Aufbau,TV Brand,Aachen,,,,,,vielleicht,
8,Aufbau,TV Brand,,,,,,,,
9,Aufbau,,Aachen,,,,,,,
10,"Auf"bau,TV Brand,Aachen,,,,,,,
11,Aufbau,TV Brand,Aachen,,,,,,,,zu viel
12,Aufbau,TV Brand,Aachen,,,,,,,99
13,=1+1,TV Brand,Aachen,,,,,,,
,Aufbau,TV Brand,Aachen,,,,,,,
14,Aufbau,TV Brand,Aachen,,,2000,,,,
`
	found, wrong, err := all(t, strings.NewReader(file), listings.CSV)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2 title missing", "3 start malformed", "4 end out of range", "5 helpers malformed", "6 contact_email malformed", "7 recurrence malformed",
		"8 kind unknown", "9 place missing", "10 organisation missing", "11  broken syntax", "12  broken syntax", "13 lat malformed",
		"15 external_id missing", "16 helpers out of range",
	}
	if !reflect.DeepEqual(wrong, want) {
		t.Errorf("got  %q\nwant %q", wrong, want)
	}
	if len(found) != 1 || found[0].Title != "=1+1" {
		t.Errorf("found %+v", found)
	}
}

// endless is a table in which a quote is opened and never closed, as long as one likes.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read == 0 {
		e.read = 1
		return copy(p, "external_id,title,organisation,place\n1,\""), nil
	}
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestQuoteThatNeverCloses(t *testing.T) {
	e := &endless{}
	_, _, err := all(t, e, listings.CSV)
	if !errors.Is(err, listings.ErrFile) {
		t.Fatalf("got %v", err)
	}
	if e.read > 4*listings.MaxRecord {
		t.Errorf("%d bytes were read before it was noticed", e.read)
	}
	_, _, err = all(t, io.MultiReader(strings.NewReader(`[{"title":"`), e), listings.JSON)
	if !errors.Is(err, listings.ErrFile) {
		t.Errorf("json: %v", err)
	}
}

func TestJSONForms(t *testing.T) {
	const one = `{"external_id": 7, "title": "Vorlesen", "organisation": "Bücherei", "place": "Aachen", "qualifications": ["language_de", "Geduld"], "start": "2026-12-05T14:00:00+01:00", "shade": {"a": 1}}`
	for _, file := range []string{"[" + one + "]", `{"generated": {"by": ["x"]}, "postings": [` + one + "]}", one + "\n" + `{"external_id": 8, "title": {}, "place": "Aachen"}` + "\n"} {
		found, wrong, err := all(t, strings.NewReader(file), listings.JSON)
		if err != nil || len(found) != 1 || len(wrong) > 1 {
			t.Errorf("%s: found %d, wrong %v, error %v", file, len(found), wrong, err)
			continue
		}
		l := found[0]
		if l.ExternalID != "7" || !reflect.DeepEqual(l.Qualifications, []string{"language_de", "Geduld"}) || len(l.Dates) != 1 {
			t.Errorf("%+v", l)
		}
	}
	for _, file := range []string{"", "7", "[1", `[{"title": 1}, `, "null"} {
		if _, _, err := all(t, strings.NewReader(file), listings.JSON); err == nil {
			t.Errorf("%q was read without an error", file)
		}
	}
}

func posting(z *time.Location) matching.Posting {
	at := time.Date(2026, 12, 5, 14, 0, 0, 0, z)
	return matching.Posting{
		Code: "0123456789", Kind: matching.Need, Title: "=Aufbau, \"Zelte\"", Description: "-2 Treppen\nmit Geländer", Carrier: "TV Brand", Actor: matching.Club,
		Category: matching.Sport, Place: matching.Place{Name: "Aachen-Brand", Postcode: "52078", Point: matching.Point{Lat: 50.7471, Lon: 6.1653}},
		Dates:  []matching.Span{{Start: at, End: at.Add(4 * time.Hour)}, {Start: time.Date(2026, 12, 7, 0, 0, 0, 0, z), End: time.Date(2026, 12, 9, 0, 0, 0, 0, z), AllDay: true}},
		Places: 5, MinAge: 16, Required: []matching.Qualification{matching.FirstAid}, Welcome: []matching.Qualification{matching.OwnCar, "language_de"},
		Author: "secret-author", Address: "Geheime Straße 1", Private: "Schlüssel beim Nachbarn", Contact: "0241 123",
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	z := berlin(t)
	p := posting(z)
	want := listings.Of(&p, "https://aachen.example/p/0123456789")
	for _, f := range []listings.Format{listings.CSV, listings.JSON} {
		var b bytes.Buffer
		write(t, &b, f, z, want)
		if f == listings.CSV && !strings.Contains(b.String(), `"'=Aufbau`) {
			t.Error("a formula is not made harmless")
		}
		found, wrong, err := all(t, &b, f)
		if err != nil || len(wrong) > 0 || len(found) != 1 {
			t.Fatalf("%s: %v %v %v", f, found, wrong, err)
		}
		got := found[0]
		for i := range got.Dates {
			if !got.Dates[i].Start.Equal(want.Dates[i].Start) || !got.Dates[i].End.Equal(want.Dates[i].End) || got.Dates[i].AllDay != want.Dates[i].AllDay {
				t.Errorf("%s: date %d: %v, want %v", f, i, got.Dates[i], want.Dates[i])
			}
		}
		if matching.DistanceKM(got.Point, want.Point) > 0.02 {
			t.Errorf("%s: point %v, want %v", f, got.Point, want.Point)
		}
		got.Line, got.Dates, got.Point, got.Code = 0, want.Dates, want.Point, want.Code
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", f, got, want)
		}
	}
}

func write(t *testing.T, b io.Writer, f listings.Format, z *time.Location, ls ...listings.Listing) {
	t.Helper()
	w, err := listings.NewWriter(b, f, z)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ls {
		if err := w.Write(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNothingPrivateIsWritten(t *testing.T) {
	z := berlin(t)
	p := posting(z)
	for _, f := range []listings.Format{listings.CSV, listings.JSON, listings.JSONLD} {
		var b bytes.Buffer
		write(t, &b, f, z, listings.Of(&p, ""))
		for _, secret := range []string{"secret-author", "Geheime", "Schlüssel", "0241", "50.747"} {
			if strings.Contains(b.String(), secret) {
				t.Errorf("%s contains %q", f, secret)
			}
		}
	}
}

func TestLinkedData(t *testing.T) {
	z := berlin(t)
	p := posting(z)
	offer := p
	offer.Kind, offer.Actor, offer.Carrier, offer.Dates = matching.Offer, matching.Person, "", nil
	var b bytes.Buffer
	write(t, &b, listings.JSONLD, z, listings.Of(&p, "https://a.example/p/1"), listings.Of(&offer, ""))
	var doc struct {
		Context string           `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Context != "https://schema.org" || len(doc.Graph) != 2 || doc.Graph[0]["employmentType"] != "VOLUNTEER" || doc.Graph[1]["@type"] != "Offer" {
		t.Errorf("%+v", doc)
	}
	if _, there := doc.Graph[1]["availabilityStarts"]; there {
		t.Error("an offer without dates has a beginning")
	}
	var empty bytes.Buffer
	write(t, &empty, listings.JSONLD, z)
	if !json.Valid(empty.Bytes()) {
		t.Errorf("no entries: %q", empty.String())
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(german), false)
	f.Add([]byte(`[{"external_id":"1","title":"x","place":"y","start":["2026-01-01","02.02.2026 10:00"]}]`), true)
	f.Add([]byte("\xff\xfee\x00x\x00"), false)
	f.Fuzz(func(t *testing.T, file []byte, asJSON bool) {
		format := listings.CSV
		if asJSON {
			format = listings.JSON
		}
		found, _, _ := all(t, bytes.NewReader(file), format)
		for _, l := range found {
			if l.ExternalID == "" || l.Title == "" || l.Kind == "" || !utf8.ValidString(l.Title) || len(l.Postcode) != 0 && len(l.Postcode) != 5 {
				t.Errorf("%+v", l)
			}
			for _, d := range l.Dates {
				if !d.End.IsZero() && !d.End.After(d.Start) {
					t.Errorf("dates %+v", l.Dates)
				}
			}
			var b bytes.Buffer
			write(t, &b, listings.CSV, berlin(t), l)
			again, wrong, err := all(t, &b, listings.CSV)
			if err != nil || len(wrong) > 0 || len(again) != 1 || again[0].Title != l.Title && !strings.HasPrefix(l.Title, "'") {
				t.Errorf("what is written is not read again: %+v %v %v", l, wrong, err)
			}
		}
	})
}
