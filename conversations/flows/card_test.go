package flows

import (
	"strings"
	"testing"
	"time"

	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/conversations/wording"
	"ehrenamt/matching"
)

func german(t *testing.T) (wording.Words, conversations.Env) {
	t.Helper()
	c, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return c.For("de", ""), conversations.Env{Now: time.Date(2026, 11, 23, 10, 0, 0, 0, z), Zone: z, Lang: "de"}
}

func TestTheCardListsShiftsWithTheirOwnPlaces(t *testing.T) {
	w, env := german(t)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, env.Zone) }
	no := false
	p := matching.Posting{
		Kind: matching.Need, Title: "Aufbau", Places: 3, Place: matching.Place{Name: "Aachen-Brand"}, MinAge: 16, Accessible: &no, Carrier: "TV Brand",
		Dates: []matching.Span{{Start: at(21, 10), End: at(21, 12)}, {Start: at(28, 10), End: at(28, 12), Places: 1}, {Start: at(28, 12), End: at(28, 14), Places: 4}, {Start: at(29, 10), End: at(29, 12)}},
	}
	want := strings.Join([]string{
		"Gesucht: 3 Helfende · Aufbau", "Aachen-Brand", "– Sa 28.11., 10–12 Uhr (1 Platz)", "– Sa 28.11., 12–14 Uhr (4 Plätze)", "– So 29.11., 10–12 Uhr",
		"Für: TV Brand", "Ab 16 Jahren", "Leider nicht barrierefrei",
	}, "\n")
	if got := card(w, &p, env); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for i := range 20 {
		p.Dates = append(p.Dates, matching.Span{Start: at(30, 1+i), End: at(30, 2+i)})
	}
	if got := card(w, &p, env); strings.Count(got, "\n") > 14 || !strings.Contains(got, "und 17 weitere Termine") {
		t.Errorf("a long list: %s", got)
	}
}

func TestTheCardOfAnOfferShowsWhatIsLentAndForHowMany(t *testing.T) {
	w, env := german(t)
	p := matching.Posting{Kind: matching.Offer, Title: "Grillhütte", Things: []string{"Grill", "Bänke"}, GroupMin: 8, GroupMax: 20, Radius: 5, Place: matching.Place{Name: "Eilendorf"}}
	got := card(w, &p, env)
	for _, line := range []string{"Angebot: Grillhütte", "Zu leihen: Grill und Bänke", "Gruppe: 8 bis 20 Menschen", "Umkreis: 5 km"} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	for want, g := range map[string][2]int{"Gruppe: bis 12 Menschen": {0, 12}, "Gruppe: ab 5 Menschen": {5, 0}, "Gruppe: 6 Menschen": {6, 6}} {
		p.GroupMin, p.GroupMax = g[0], g[1]
		if got := card(w, &p, env); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTheSameAgainIsOnTheSameWeekdayAndHourOfAComingWeek(t *testing.T) {
	_, env := german(t)
	for name, c := range map[string]struct{ was, now, want string }{
		"last Saturday":             {"2026-11-21 14:00", "2026-11-23 10:00", "2026-11-28 14:00"},
		"a coming Saturday":         {"2026-11-28 14:00", "2026-11-23 10:00", "2026-12-05 14:00"},
		"months ago":                {"2026-03-07 09:30", "2026-11-23 10:00", "2026-11-28 09:30"},
		"over the change of clocks": {"2027-03-21 14:00", "2027-03-22 10:00", "2027-03-28 14:00"},
		"today, earlier":            {"2026-11-23 09:00", "2026-11-23 10:00", "2026-11-30 09:00"},
	} {
		at := func(s string) time.Time {
			d, err := time.ParseInLocation("2006-01-02 15:04", s, env.Zone)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		env.Now = at(c.now)
		was := at(c.was)
		got := comingWeek([]matching.Span{{Start: was, End: was.Add(2 * time.Hour)}, {Start: was.AddDate(0, 0, 1), Places: 2}}, env)
		if !got[0].Start.Equal(at(c.want)) || got[1].Start.Weekday() != was.AddDate(0, 0, 1).Weekday() || got[1].Places != 2 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestForWhomIsAskedOnlyWhereItIsNotClear(t *testing.T) {
	club := OrganisationOf{ID: "1", Name: "TV Brand", Actor: matching.Club}
	firm := OrganisationOf{ID: "2", Name: "Müller", Actor: matching.Company}
	for name, c := range map[string]struct {
		me      Me
		said    matching.Actor
		carrier string
		want    string // organisation, "-" privately, "" asked
	}{
		"nothing is known":                        {},
		"one club":                                {me: Me{Organisations: []OrganisationOf{club}}, want: "1"},
		"two, nothing yet":                        {me: Me{Organisations: []OrganisationOf{club, firm}}},
		"two, the last one":                       {me: Me{Organisations: []OrganisationOf{club, firm}, Last: "2"}, want: "2"},
		"last privately":                          {me: Me{Organisations: []OrganisationOf{club}, Last: Privately}, want: "-"},
		"last privately, no club":                 {me: Me{Last: Privately}, want: "-"},
		"last left since":                         {me: Me{Organisations: []OrganisationOf{club, firm}, Last: "9"}},
		"says privately":                          {me: Me{Organisations: []OrganisationOf{club}, Last: "1"}, said: matching.Person, want: "-"},
		"says club, last the firm":                {me: Me{Organisations: []OrganisationOf{club, firm}, Last: "2"}, said: matching.Club, want: "1"},
		"names one of mine, a little differently": {me: Me{Organisations: []OrganisationOf{club, firm}, Last: "2"}, carrier: "TV Brand e.V.", want: "1"},
		"names another one":                       {me: Me{Organisations: []OrganisationOf{club}, Last: "1"}, carrier: "Chor Brand"},
		"says school, has none":                   {me: Me{Organisations: []OrganisationOf{club}, Last: "1"}, said: matching.School},
	} {
		d := postDraft{Me: c.me, Draft: understanding.Draft{Actor: c.said, Carrier: c.carrier}}
		d.settleCarrier()
		got := d.Organisation
		if d.ForWhom && d.Actor == matching.Person {
			got = "-"
		}
		if got != c.want || d.ForWhom != (c.want != "") {
			t.Errorf("%s: got %q (settled %v), want %q", name, got, d.ForWhom, c.want)
		}
	}
}

func TestWhatIsTooLongOrTooManyIsBounded(t *testing.T) {
	n := 10000
	d := postDraft{Draft: understanding.Draft{Title: strings.Repeat("Ä", 3000), Description: strings.Repeat("wort ", 3000), Helpers: &n, Carrier: strings.Repeat("x", 500)}}
	d.bound()
	x := d.Draft
	if len([]rune(x.Title)) > MaxTitle || !d.Clipped || len([]rune(x.Description)) > MaxDescription || x.Helpers != nil || len([]rune(x.Carrier)) > MaxTitle {
		t.Errorf("%d %d %v %d", len([]rune(x.Title)), len([]rune(x.Description)), x.Helpers, len([]rune(x.Carrier)))
	}
	if doubt, ok := d.doubt(understanding.FieldHelpers); !ok || doubt.Kind != understanding.OutOfRange || doubt.Text != "10000" {
		t.Errorf("%+v", doubt)
	}
}
