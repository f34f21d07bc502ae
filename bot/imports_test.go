package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ehrenamt/bot"
	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/matching/listings"
	"ehrenamt/storage"
)

// mailbox is the recording network under the name of the mail channel.
type mailbox struct{ *network }

func (mailbox) Name() string { return "email" }

// newMailWorld is a world whose front has a mailbox.
func newMailWorld(t *testing.T) *world {
	t.Helper()
	net := &network{}
	w := newWorldOn(t, quickDir(t)+"/ehrenamt.db", 1, bot.Account{Channel: mailbox{net}, Account: "a", Front: "aachen", AskAll: true})
	w.net = net
	w.front(func(f *storage.Front) { f.Accounts = []string{"email:a"} })
	return w
}

func (w *world) front(change func(*storage.Front)) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		f, err := tx.Fronts.Front(ctx, "aachen")
		if err != nil {
			return err
		}
		change(&f)
		return tx.Fronts.SaveFront(ctx, &f)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// mail lets somebody write from an address.
func (w *world) mail(who, text string) {
	w.t.Helper()
	m := w.message(who)
	m.From.Channel, m.Text, m.Trust = "email", text, channels.Authenticated
	if err := w.hear(w.t.Context(), m); err != nil {
		w.t.Fatal(err)
	}
}

// told is what an address was told since the last time, in one text.
func (w *world) told(who string) string {
	w.t.Helper()
	if err := w.Wait(w.t.Context(), w.now.Add(2*time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	all, _ := w.Heard(w.t.Context())
	var b strings.Builder
	for _, h := range all {
		if h.Who == who {
			b.WriteString(h.Text + "\n")
		}
	}
	return b.String()
}

// bring imports a CSV file and returns how many entries had which outcome.
func (w *world) bring(csv string, dry bool) map[bot.ImportOutcome]int {
	w.t.Helper()
	im, err := w.bot.NewImporter(w.t.Context(), "aachen", dry)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := listings.NewReader(strings.NewReader(csv), listings.CSV, im.Zone())
	if err != nil {
		w.t.Fatal(err)
	}
	var all []listings.Listing
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, l)
	}
	n := map[bot.ImportOutcome]int{}
	results, err := im.Take(w.t.Context(), all)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range results {
		n[x.Outcome]++
	}
	return n
}

func (w *world) postings() []matching.Posting {
	w.t.Helper()
	var all []matching.Posting
	w.view(func(ctx context.Context, tx *storage.Tx) (err error) {
		all, err = tx.Postings.ListPostings(ctx, storage.PostingQuery{Front: "aachen"})
		return err
	})
	return all
}

const head = "external_id;titel;träger;kategorie;ort;plz;beginn;ende;helfende;qualifikationen;email;ansprechperson\n"

const twoOfTheLibrary = head +
	"1;Vorlesen in der Bücherei;Stadtbücherei;;Aachen;52062;05.12.2026 14:00;17:00;2;;kontakt@buecherei.example;Petra Kuhn\n" +
	"2;Bücherflohmarkt aufbauen;Stadtbücherei;Kultur;;52062;06.12.2026 9:00;12:00;4;Führerschein Klasse B;kontakt@buecherei.example;Petra Kuhn\n"

const library = "kontakt@buecherei.example"

func TestAListIsTakenOverByWhomItNames(t *testing.T) {
	w := newMailWorld(t)
	w.mail("vera@example.org", "Sag mir Bescheid, wenn in Aachen Hilfe gebraucht wird, 10 km")
	w.told("vera@example.org")
	if got := w.bring(twoOfTheLibrary, true); got[bot.ImportedNew] != 2 || len(w.postings()) != 0 {
		t.Fatalf("dry run: %v, %d postings", got, len(w.postings()))
	}
	if got := w.bring(twoOfTheLibrary, false); got[bot.ImportedNew] != 2 {
		t.Fatalf("import: %v", got)
	}
	ps := w.postings()
	for _, p := range ps {
		if p.State != matching.Open || !p.Imported || p.Place.Point.IsZero() || len(p.Dates) != 1 {
			t.Errorf("%+v", p)
		}
		if strings.Contains(p.Title, "flohmarkt") && (len(p.Required) != 1 || p.Required[0] != matching.DrivingLicenceB || p.Category != matching.CultureMusic) {
			t.Errorf("words were not read: %+v", p)
		}
	}
	if said := w.told("vera@example.org"); said != "" {
		t.Errorf("somebody was alerted to what nobody answers for: %s", said)
	}
	w.mail(library, "hilfe")
	w.told(library)
	if got := w.bring(twoOfTheLibrary, false); got[bot.ImportedUnchanged] != 2 {
		t.Errorf("the same again: %v", got)
	}
	w.mail(library, "Ja, wir übernehmen")
	w.mail(library, "/übernehmen")
	w.mail(library, "ja")
	for _, p := range w.postings() {
		if p.Imported {
			t.Errorf("%s was not taken over", p.Title)
		}
	}
	if said := w.told("vera@example.org"); !strings.Contains(said, "Vorlesen") {
		t.Errorf("nobody is asked after it was taken over: %q", said)
	}
	changed := strings.Replace(twoOfTheLibrary, ";2;;", ";7;;", 1)
	if got := w.bring(changed, false); got[bot.ImportedTaken] != 1 || got[bot.ImportedUnchanged] != 1 {
		t.Errorf("the list changes what is somebody's own: %v", got)
	}
}

func TestTheQuestionGoesOutOnceAndTellsEverything(t *testing.T) {
	w := newMailWorld(t)
	w.bring(twoOfTheLibrary, false)
	said := w.told(library)
	for _, part := range []string{"2 Einträge von Stadtbücherei", "Vorlesen", "flohmarkt", "Nein", "Werbung"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q is missing in\n%s", part, said)
		}
	}
	w.bring(strings.ReplaceAll(twoOfTheLibrary, ";4;", ";5;"), false)
	if again := w.told(library); again != "" {
		t.Errorf("asked again: %s", again)
	}
	w.mail(library, "Nein, bitte herausnehmen")
	if said := w.told(library); !strings.Contains(said, "heraus") {
		t.Errorf("said %q", said)
	}
	for _, p := range w.postings() {
		if p.State != matching.Withdrawn {
			t.Errorf("%s is %s", p.Title, p.State)
		}
	}
	if got := w.bring(strings.ReplaceAll(twoOfTheLibrary, ";4;", ";6;"), false); got[bot.ImportedNew]+got[bot.ImportedChanged] != 0 {
		t.Errorf("what was taken out came back: %v", got)
	}
}

func TestAnAnswerToWhatNobodyTookOver(t *testing.T) {
	w := newMailWorld(t)
	w.mail("edda@example.org", "hallo")
	w.front(func(f *storage.Front) {
		w.view(func(ctx context.Context, tx *storage.Tx) error {
			r, err := tx.Addresses.Owner(ctx, channels.Address{Channel: "email", Account: "a", ID: "edda@example.org"})
			f.Editors = []string{r.Person}
			return err
		})
	})
	w.bring(twoOfTheLibrary, false)
	w.told(library)
	p := w.postings()[1]
	w.now = w.now.Add(8 * 24 * time.Hour)
	w.mail("vera@example.org", "/zeig "+p.Code)
	w.told("vera@example.org")
	w.mail("vera@example.org", "Ich komme")
	all, _ := w.Heard(t.Context())
	var edda string
	for _, h := range all {
		if h.Who == "edda@example.org" {
			edda += h.Text
		}
	}
	if !strings.Contains(edda, "noch nicht übernommen") {
		t.Errorf("the editor was told %q", edda)
	}
	if said := w.told(library); !strings.Contains(said, "Stadtbücherei") {
		t.Errorf("the library was told %q", said)
	}
	w.mail(library, "ja")
	if said := w.told(library); !strings.Contains(said, "Vera") {
		t.Errorf("whoever takes over does not hear who answered: %q", said)
	}
}

func TestWhatCannotBeUnderstoodIsTold(t *testing.T) {
	w := newMailWorld(t)
	im, err := w.bot.NewImporter(t.Context(), "aachen", false)
	if err != nil {
		t.Fatal(err)
	}
	at := func(l listings.Listing) listings.Listing {
		l.Title, l.Organisation, l.Kind, l.Actor = "Aufbau", "TV Brand", matching.Need, matching.Club
		return l
	}
	old := []matching.Span{{Start: w.now.Add(-48 * time.Hour), End: w.now.Add(-47 * time.Hour)}}
	got, err := im.Take(t.Context(), []listings.Listing{
		at(listings.Listing{Line: 2, ExternalID: "1", Place: "Xyzzyhausen"}),
		at(listings.Listing{Line: 3, ExternalID: "2", Place: "Aachen", Qualifications: []string{"Qwertz"}}),
		at(listings.Listing{Line: 4, ExternalID: "3", Place: "Aachen", Dates: old}),
		at(listings.Listing{Line: 5, ExternalID: "4", Place: "Aachen"}),
		at(listings.Listing{Line: 6, ExternalID: "4", Place: "Aachen"}),
		at(listings.Listing{Line: 7, ExternalID: "5", Postcode: "99999"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"wrong place", "wrong qualifications", "over ", "new ", "wrong external_id", "wrong postcode"}
	for i, x := range got {
		if s := fmt.Sprintf("%s %s", x.Outcome, x.Column); s != want[i] {
			t.Errorf("line %d: %s, want %s", x.Line, s, want[i])
		}
	}
	if _, err := w.bot.NewImporter(t.Context(), "koeln", false); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a front that does not exist: %v", err)
	}
}

func TestWhoAskedToBeForgottenIsNotAsked(t *testing.T) {
	w := newMailWorld(t)
	w.mail(library, "hallo")
	w.mail(library, "/löschen")
	w.mail(library, "ja")
	w.told(library)
	w.bring(twoOfTheLibrary, false)
	if said := w.told(library); said != "" {
		t.Errorf("told %q", said)
	}
}
