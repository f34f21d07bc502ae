package bot_test

import (
	"context"
	"testing"

	"ehrenamt/channels"
	"ehrenamt/storage"
)

// TestOnlyAReportAboutWhatWeSentThereClosesAnAddress sends reports of failure that name this and that.
func TestOnlyAReportAboutWhatWeSentThereClosesAnAddress(t *testing.T) {
	w := newWorld(t, true)
	ctx := t.Context()
	for _, who := range []string{"anna", "ben"} {
		if err := w.Say(ctx, who, "hilfe"); err != nil {
			t.Fatal(err)
		}
	}
	state := func(who string) (r storage.AddressRecord) {
		t.Helper()
		err := w.store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
			r, err = tx.Addresses.Owner(ctx, channels.Address{Channel: "test", Account: "a", ID: who})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	report := func(kind channels.Kind, who, ref string) {
		t.Helper()
		m := w.message(who)
		m.Kind, m.Ref, m.Trust, m.Text = kind, ref, channels.Routed, "5.1.1"
		if err := w.hear(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	report(channels.Failure, "anna", "2") // what was sent to Ben
	report(channels.Failure, "anna", "nothing")
	report(channels.Failure, "anna", "")
	report(channels.Failure, "nobody", "1")
	for range 10 {
		report(channels.Bounced, "anna", "2")
	}
	if r := state("anna"); r.State != storage.AddressOpen || r.Soft != 0 {
		t.Errorf("a report about something else made her address %s (%d)", r.State, r.Soft)
	}
	report(channels.Failure, "anna", "1")
	if r := state("anna"); r.State != storage.AddressClosed {
		t.Errorf("her address is %s", r.State)
	}
	if r := state("ben"); r.State != storage.AddressOpen {
		t.Errorf("his address is %s", r.State)
	}
	if err := w.Say(ctx, "anna", "hilfe"); err != nil { // whoever writes is there
		t.Fatal(err)
	}
	if r := state("anna"); r.State != storage.AddressOpen {
		t.Errorf("her address stays %s", r.State)
	}
}
