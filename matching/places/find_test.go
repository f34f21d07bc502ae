package places_test

import (
	"strings"
	"testing"

	"ehrenamt/matching"
	"ehrenamt/matching/places"
)

func defaultGazetteer(t testing.TB) *places.Gazetteer {
	t.Helper()
	g, err := places.Default()
	if err != nil {
		t.Fatal(err)
	}
	marks, err := places.ExampleLandmarks()
	if err != nil {
		t.Fatal(err)
	}
	return g.WithLandmarks(marks)
}

func homeOf(t testing.TB, g *places.Gazetteer, name string) matching.Place {
	t.Helper()
	if name == "" {
		return matching.Place{}
	}
	found := g.Lookup(name)
	if len(found) == 0 {
		t.Fatalf("no home %q", name)
	}
	return found[0]
}

// TestFind writes each found place as "span=Name", with "?" behind what is ambiguous.
func TestFind(t *testing.T) {
	g := defaultGazetteer(t)
	for _, c := range []struct{ name, home, text, want string }{
		{"a municipality in a sentence", "Aachen", "Wir suchen Leute für den Basar in Würselen.", "Würselen=Würselen"},
		{"a municipality without a cue", "Aachen", "Tierschutzverein Düren: Gassigeher gesucht!", "Düren=Düren"},
		{"a district with its municipality", "", "Aufbau des Sommerfests in Aachen-Brand", "Aachen-Brand=Aachen-Brand"},
		{"a district behind its municipality with a space", "", "Rentner, Aachen Forst, Termin flexibel", "Aachen Forst=Aachen-Forst"},
		{"a district in brackets", "", "Treffen in Aachen (Brand)", "Aachen (Brand)=Aachen-Brand"},
		{"a district typed without capitals", "", "suche was in aachen brand am wochenende", "aachen brand=Aachen-Brand"},
		{"a district of a neighbour typed without capitals", "Aachen", "moin wir vom heimatverein kohlscheid", "kohlscheid=Herzogenrath-Kohlscheid"},
		{"a district that is a word, with a preposition", "Aachen", "beim Stadtteilfest in Haaren Getränke ausgeben", "Haaren=Aachen-Haaren"},
		{"a district that is a word, behind a venue", "Aachen", "Reparaturcafé Forst sucht Bastler", "Forst=Aachen-Forst?"},
		{"a district that is a word, behind a club", "Aachen", "Der TV Brand sucht Übungsleiter", "Brand=Aachen-Brand?"},
		{"two districts that are words, by themselves", "Aachen", "Zeit für Jugendarbeit, Brand oder Forst", "Brand=Aachen-Brand?, Forst=Aachen-Forst?"},
		{"a district that is a word, last on the line", "Aachen", "will infos wenns mal was mit fußball gibt, abends, brand", "brand=Aachen-Brand?"},
		{"a district with its article", "Aachen", "Kleingarten in der Soers", "Soers=Aachen-Soers"},
		{"a fire is no district", "Aachen", "Nach dem Brand in der Küche brauchen wir Möbel. Das Haus wurde in Brand gesetzt.", ""},
		{"a surname is no district", "Aachen", "Fragen an Herrn Brand oder Frau Dr. Hahn", ""},
		{"a signature is no district", "Aachen", "Mit freundlichen Grüßen\nThomas Brand", ""},
		{"hair is no district", "Aachen", "Wer kann beim Haaren schneiden helfen? Mit langen Haaren kein Problem", ""},
		{"a forest is no district", "Aachen", "Arbeit im Forst, Müll sammeln", ""},
		{"turning to somebody is no town", "Aachen", "Wenden Sie sich bitte an das Büro.", ""},
		{"turning is no town even where it is one", "Wenden", "Wenden Sie sich bitte an das Büro.", ""},
		{"a town that is a verb, with a preposition", "", "Umzug von Olpe nach Wenden", "Olpe=Olpe, Wenden=Wenden"},
		{"sending is no town", "", "Senden Sie uns eine Mail. Fotos senden an uns.", ""},
		{"food is no town", "Aachen", "Essen wird gestellt. Nach dem Essen spülen. Essen und Trinken frei.", ""},
		{"a town that is food", "Aachen", "Möbel aus Essen abholen", "Essen=Essen"},
		{"a hall is no town", "Aachen", "Aufbau in der Halle, wir treffen uns in Halle 3", ""},
		{"the town called hall", "Bielefeld", "Konzert in Halle am Samstag", "Halle=Halle (Westf.)"},
		{"the town called hall, in full", "", "Konzert in Halle (Saale)", "Halle (Saale)=Halle (Saale)"},
		{"weather is no town", "Hagen", "Nur bei Wetter ohne Regen, bei schlechtem Wetter drinnen", ""},
		{"the town called weather", "Hagen", "Fest in Wetter an der Ruhr", "Wetter an der Ruhr=Wetter (Ruhr)"},
		{"people came", "", "Letztes Jahr kamen viele. Kamen auch Kinder?", ""},
		{"a place is no situation", "Detmold", "Wir sind in der Lage zu helfen.", ""},
		{"the town called situation", "Detmold", "Seniorentreff in Lage", "Lage=Lage"},
		{"mountains are no town", "", "Ferienfreizeit in den Alpen", ""},
		{"winning is no town", "Aachen", "wir wollen siegen und feiern", ""},
		{"a town that is also to win", "", "Tafel Siegen sucht Fahrer", "Siegen=Siegen"},
		{"a postcode makes a word a town", "", "Treffpunkt 59075 Hamm, Marktplatz", "59075 Hamm=Hamm"},
		{"a bare postcode", "Aachen", "einer älteren Dame in 52074 helfen", "52074=Aachen"},
		{"a postcode in brackets behind the town", "", "community centre in Aachen (52062).", "Aachen (52062)=Aachen"},
		{"a postcode of another state with its town", "", "Abholung in 54290 Trier", "54290 Trier=Trier"},
		{"a village that only its postcode makes known", "", "Abholung 54516 Wittlich", "54516 Wittlich=Wittlich"},
		{"an amount is no postcode", "Aachen", "Wir haben 52062 Euro gesammelt und 52064 Flyer", ""},
		{"a postcode before those who are wanted", "Aachen", "wenn samstags in 52066 Leute gesucht werden", "52066=Aachen"},
		{"a telephone number holds no postcode", "Aachen", "Tel. 0241 52062, +49 52064 1234, Konto 52066", ""},
		{"a longer name", "", "Markt in Bad Münstereifel", "Bad Münstereifel=Bad Münstereifel"},
		{"an abbreviated saint", "", "Fest in St. Augustin", "St. Augustin=Sankt Augustin"},
		{"a river behind the name", "", "Lauf in Mülheim an der Ruhr, auch Mülheim (Ruhr)", "Mülheim an der Ruhr=Mülheim an der Ruhr, Mülheim (Ruhr)=Mülheim an der Ruhr"},
		{"umlauts written out", "", "Helfer fuer Wuerselen und Koeln", "Wuerselen=Würselen, Koeln=Köln"},
		{"a short form", "", "Fahrt nach M'gladbach", "M'gladbach=Mönchengladbach"},
		{"one letter missing", "Aachen", "Umzug in Würselen, dann Eschweilr", "Würselen=Würselen, Eschweilr=Eschweiler?"},
		{"two letters swapped behind a cue", "Aachen", "Umzug nach Aahcen", "Aahcen=Aachen?"},
		{"an ordinary word near a name is none", "Aachen", "Wir bitten um Hilfe, weiter brauchen wir Karten und Spenden, deren Herren lieben Kuchen", ""},
		{"an English word near a name is none", "Aachen", "written and hidden", ""},
		{"the adjective of a town", "", "Müllsammeln im Aachener Wald", "Aachener=Aachen"},
		{"a street named after a town", "", "Treffen in der Trierer Straße 12, Kölner Str. 5, Jülicher Allee", ""},
		{"a surname that is a town", "", "Ansprechpartnerin: Frau Düren, Herr Bergheim", ""},
		{"mail addresses and links", "Aachen", "info@tv-walheim.de, www.aachen.de, https://example.org/koeln", ""},
		{"a Turkish ending", "", "Aachen'de çocuk şenliği, Stolberg'de yardım", "Aachen=Aachen, Stolberg=Stolberg"},
		{"Cyrillic letters and endings", "", "живу в Ешвайлері, Аахен", "Ешвайлері=Eschweiler, Аахен=Aachen"},
		{"an area", "Aachen", "Katastrophenschutz in der Städteregion Aachen", "Städteregion Aachen=Städteregion Aachen"},
		{"a landmark at home", "Aachen", "bin am Elisenbrunnen und habe bis 18 Uhr Zeit", "Elisenbrunnen=Elisenbrunnen"},
		{"a landmark elsewhere", "Köln", "bin am Elisenbrunnen", ""},
		{"the station of another town", "Aachen", "Treffen in Köln Hbf", "Köln=Köln"},
		{"a name of several places goes to the home", "Köln", "Flohmarkt in Mülheim", "Mülheim=Köln-Mülheim"},
		{"a name of several places goes to the named municipality", "", "Köln sucht: Lesepaten in Weiden", "Köln=Köln, Weiden=Köln-Weiden"},
		{"the town hall of another town", "Aachen", "Treffen am Rathaus Würselen", "Würselen=Würselen"},
		{"a city comes before a village of its name near home", "Aachen", "Fahrt nach Oberhausen", "Oberhausen=Oberhausen"},
		{"a number is no misspelt town", "Aachen", "in sieben Tagen, nach sieben Uhr", ""},
		{"a number is no misspelt town without capitals", "Aachen", "in sieben tagen", ""},
		{"the adjective of a district at home", "Aachen", "am Brander Bahnhof, im Burtscheider Kurpark", "Brander=Aachen-Brand, Burtscheider=Aachen-Burtscheid"},
		{"the adjective of a district elsewhere", "Köln", "am Brander Bahnhof", ""},
		{"a street of several words", "Aachen", "Sankt-Augustin-Straße 3", ""},
		{"a circle around a town that is a word", "", "im Umkreis von 10 km um Hamm, in der Nähe von Unna", "Hamm=Hamm, Unna=Unna"},
		{"between two towns that are words", "", "irgendwo zwischen Hamm und Unna", "Hamm=Hamm, Unna=Unna?"},
		{"a body of a town that is a word", "Aachen", "Feuerwehr Wenden, THW Ortsverband Lage, Tafel Hamm", "Wenden=Wenden?, Lage=Lage?, Hamm=Hamm?"},
		{"a food bank hands out food", "Aachen", "weil die Tafel Essen verteilt", ""},
		{"over the border", "Aachen", "Fahrt nach Vaals und Eupen", "Vaals=Vaals, Eupen=Eupen"},
		{"a distant district that is a word", "Aachen", "Spaziergang in Wald und Flur", ""},
		{"nothing at all", "Aachen", "", ""},
		{"a letter broken in two", "", "Fest in Du\u0308ren", "Du\u0308ren=Düren"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range g.Find(c.text, homeOf(t, g, c.home)) {
				s := c.text[m.Start:m.End] + "=" + m.Place.Name
				if m.Ambiguous {
					s += "?"
				}
				got = append(got, s)
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%q at home in %q:\n got %s\nwant %s", c.text, c.home, s, c.want)
			}
		})
	}
}

func TestFindNamesWhatTheTextNames(t *testing.T) {
	g := defaultGazetteer(t)
	home := homeOf(t, g, "Aachen")
	for text, want := range map[string]string{
		"Fest in Brand":                "Brand",
		"Fest in Aachen-Brand":         "Aachen-Brand",
		"aachen forst":                 "Aachen-Forst",
		"im Aachener Wald":             "Aachen",
		"Basar in Stolberg":            "Stolberg",
		"Umzug nach Stolberg (Rhld.)":  "Stolberg",
		"in Aachen, 52064":             "Aachen",
		"Konzert in Halle am Markt":    "Halle",
		"Fest in Frankfurt (Oder)":     "Frankfurt (Oder)",
		"Mittwoch in Minden (Westf.)":  "Minden",
		"in 52064":                     "",
		"Wer hilft in M’gladbach?":     "Mönchengladbach",
		"jemand in Eschweilre gesucht": "Eschweiler",
	} {
		found := g.Find(text, home)
		if len(found) != 1 || found[0].Named != want {
			t.Errorf("%q: got %+v, want one named %q", text, found, want)
		}
	}
}

func TestWordsAreGuardedAndStillFound(t *testing.T) {
	g := defaultGazetteer(t)
	words := strings.Fields(`Alpen Borken Bünde Enger Essen Haan Hagen Halle Hamm Heiden Kalkar Kamen Lage Löhne Lotte
		Marl Minden Recke Rees Reichshof Schlangen Senden Unna Wenden Werl Werne Wetter`)
	for _, w := range words {
		for _, home := range []string{"", "Aachen", w} {
			at := homeOf(t, g, home)
			for _, text := range []string{w + " Sie uns bitte.", "Das ist " + w + " für alle.", "Herr " + w + " hilft.", "die " + w + ", der " + w + " und das"} {
				if found := g.Find(text, at); len(found) > 0 {
					t.Errorf("%q at home in %q: found %+v", text, home, found)
				}
			}
			for _, text := range []string{"Ich wohne in " + w + " am Markt.", "Raum " + w, "Nähe " + w} {
				if found := g.Find(text, at); len(found) != 1 || !found[0].Cue {
					t.Errorf("%q at home in %q: found %+v", text, home, found)
				}
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	g := defaultGazetteer(f)
	for _, s := range []string{
		"in Aachen-Brand", "52062 Aachen", "Mülheim (Ruhr", "St. ", "Wenden Sie", "Ешвайлері", "\xff Aachen\xc3", "a\u0308", "D-52062",
		"Brand oder Forst, Hahn/Haaren", "Aachen (52062)", "ㅤAachen", "M'", "Köln Hbf 50667 Köln",
	} {
		f.Add(s, true)
	}
	aachen := homeOf(f, g, "Aachen")
	f.Fuzz(func(t *testing.T, text string, atHome bool) {
		home := matching.Place{}
		if atHome {
			home = aachen
		}
		last := 0
		for _, m := range g.Find(text, home) {
			if m.Start < last || m.End <= m.Start || m.End > len(text) {
				t.Fatalf("%q: span %d-%d behind %d", text, m.Start, m.End, last)
			}
			if m.Place.Name == "" || !m.Place.Point.Valid() || m.Place.Point.IsZero() {
				t.Fatalf("%q: place %+v", text, m.Place)
			}
			last = m.End
		}
		for _, p := range g.LookupNear(text, home) {
			if p.Name == "" || p.Point.IsZero() {
				t.Fatalf("%q: place %+v", text, p)
			}
		}
	})
}
