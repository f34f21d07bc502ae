package storagetest

import (
	"context"
	"encoding/json"
	"time"

	"ehrenamt/storage"
)

func frontSecrets(b *bench) {
	s := storage.FrontSecret{Channel: "telegram", Account: "ac", Front: "ac", Settings: json.RawMessage(`{"token":"1:a"}`)}
	b.do(func(ctx context.Context, tx *storage.Tx) error { s.Rev = 0; return tx.Secrets.SaveSecret(ctx, &s) })
	old := s
	s.Settings = json.RawMessage(`{"token":"2:b"}`)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		s.Rev = old.Rev
		return tx.Secrets.SaveSecret(ctx, &s)
	})
	for what, bad := range map[string]storage.FrontSecret{"save an old one": old, "insert again": {Channel: "telegram", Account: "ac", Front: "dn", Settings: json.RawMessage(`{}`)}} {
		err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { c := bad; return tx.Secrets.SaveSecret(ctx, &c) })
		b.is(what, err, storage.ErrConflict)
	}
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Secrets.AllSecrets(ctx)
		b.equal("all", all, []storage.FrontSecret{s})
		return err
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.Secrets.RemoveSecret(ctx, "telegram", "ac") })
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		all, err := tx.Secrets.AllSecrets(ctx)
		b.equal("after removing", len(all), 0)
		return err
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { return tx.Secrets.RemoveSecret(ctx, "telegram", "ac") })
	b.is("remove again", err, storage.ErrNotFound)
}

func frontTexts(b *bench) {
	text := func(version, lang, words string, asks bool) storage.FrontText {
		return storage.FrontText{Front: "ac", Kind: storage.TermsText, Lang: lang, Version: version, Text: words, Asks: asks, At: b.now}
	}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for _, x := range []storage.FrontText{text("1", "de", "alt", false), text("2", "de", "neu", true), text("2", "en", "new", true)} {
			if err := tx.Texts.AddText(ctx, x); err != nil {
				return err
			}
		}
		return nil
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Texts.AddText(ctx, text("1", "de", "anders", false))
	})
	b.is("rewriting a version", err, storage.ErrConflict)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Texts.TextOf(ctx, "ac", storage.TermsText, "2", "en")
		b.equal("in a language", got, text("2", "en", "new", true))
		if err != nil {
			return err
		}
		got, err = tx.Texts.TextOf(ctx, "ac", storage.TermsText, "1", "tr")
		b.equal("in another language", got, text("1", "de", "alt", false))
		if err != nil {
			return err
		}
		_, err = tx.Texts.TextOf(ctx, "dn", storage.TermsText, "1", "de")
		b.is("of another front", err, storage.ErrNotFound)
		all, err := tx.Texts.TextsOf(ctx, "ac")
		b.equal("all", len(all), 3)
		return err
	})
}

func frontArms(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if _, _, err := tx.Arms.Arms(ctx, "ac"); err == nil {
			b.Error("arms nobody saved")
		}
		if err := tx.Arms.SaveArms(ctx, "ac", "image/png", []byte{1, 2}, b.now); err != nil {
			return err
		}
		if err := tx.Arms.SaveArms(ctx, "ac", "image/svg+xml", []byte{3}, b.now); err != nil {
			return err
		}
		kind, picture, err := tx.Arms.Arms(ctx, "ac")
		b.equal("arms", []any{kind, picture}, []any{"image/svg+xml", []byte{3}})
		return err
	})
}

func caseFiles(b *bench) {
	first := storage.Case{Front: "ac", Kind: storage.PostingCase, Subject: "posting:p", About: "author", State: storage.CaseOpen, Why: []string{"link"},
		Text: "x", Asked: []string{"e"}, Opened: b.now}
	other := storage.Case{Front: "dn", Kind: storage.ReportCase, Subject: "posting:p", Person: "reporter", State: storage.CaseOpen, Opened: b.after(time.Hour)}
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		first.ID, first.Rev, other.ID, other.Rev = "", 0, "", 0
		if err := tx.Cases.SaveCase(ctx, &first); err != nil {
			return err
		}
		return tx.Cases.SaveCase(ctx, &other)
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Cases.Case(ctx, first.ID)
		b.equal("case", got, first)
		if err != nil {
			return err
		}
		for what, list := range map[string]struct {
			get  func() ([]storage.Case, error)
			want []storage.Case
		}{
			"open of a front":   {func() ([]storage.Case, error) { return tx.Cases.OpenCases(ctx, "ac", 9) }, []storage.Case{first}},
			"open of all":       {func() ([]storage.Case, error) { return tx.Cases.OpenCases(ctx, "", 9) }, []storage.Case{first, other}},
			"about a posting":   {func() ([]storage.Case, error) { return tx.Cases.CasesAbout(ctx, "posting:p", 9) }, []storage.Case{other, first}},
			"brought by":        {func() ([]storage.Case, error) { return tx.Cases.CasesOf(ctx, "reporter", 9) }, []storage.Case{other}},
			"about somebody":    {func() ([]storage.Case, error) { return tx.Cases.CasesOf(ctx, "author", 9) }, []storage.Case{first}},
			"of nobody":         {func() ([]storage.Case, error) { return tx.Cases.CasesOf(ctx, "", 9) }, nil},
			"not more than ask": {func() ([]storage.Case, error) { return tx.Cases.OpenCases(ctx, "", 1) }, []storage.Case{first}},
		} {
			got, err := list.get()
			if err != nil {
				return err
			}
			b.equal(what, got, list.want)
		}
		_, err = tx.Cases.Case(ctx, "x")
		b.is("unknown", err, storage.ErrNotFound)
		return nil
	})
	old := first
	first.State, first.DecidedBy, first.Verdict, first.Decided = storage.CaseDecided, "e", "approved", b.after(time.Minute)
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		first.Rev = old.Rev
		return tx.Cases.SaveCase(ctx, &first)
	})
	err := b.s.Update(b.ctx, func(ctx context.Context, tx *storage.Tx) error { c := old; return tx.Cases.SaveCase(ctx, &c) })
	b.is("two deciding at once", err, storage.ErrConflict)
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		open, err := tx.Cases.OpenCases(ctx, "ac", 9)
		b.equal("open when decided", len(open), 0)
		return err
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Cases.ForgetCases(ctx, b.after(time.Minute))
		b.equal("forgotten: only what was over before", n, 0)
		if err != nil {
			return err
		}
		n, err = tx.Cases.ForgetCases(ctx, b.after(time.Hour))
		b.equal("forgotten: only what is over", n, 1)
		return err
	})
}

func frontBlocks(b *bench) {
	me, later := console("anna"), console("anna-neu")
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		p := storage.Person{ID: "pb", Created: b.now}
		if err := tx.People.Create(ctx, &p); err != nil {
			return err
		}
		if err := tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: me, Person: "pb", State: storage.AddressOpen, Created: b.now}); err != nil {
			return err
		}
		if err := tx.Blocks.SetBlock(ctx, storage.Block{Front: "ac", Person: "pb", At: b.now, Until: b.after(24 * time.Hour), By: "e", Reason: "Spam"}); err != nil {
			return err
		}
		return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: later, Person: "pb", State: storage.AddressOpen, Created: b.now})
	})
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		got, err := tx.Blocks.Blocked(ctx, "ac", "pb", later, b.now)
		b.equal("block", got, storage.Block{Front: "ac", Person: "pb", At: b.now, Until: b.after(24 * time.Hour), By: "e", Reason: "Spam"})
		if err != nil {
			return err
		}
		_, err = tx.Blocks.Blocked(ctx, "dn", "pb", me, b.now)
		b.is("at another front", err, storage.ErrNotFound)
		_, err = tx.Blocks.Blocked(ctx, "ac", "pb", me, b.after(25*time.Hour))
		b.is("afterwards", err, storage.ErrNotFound)
		all, err := tx.Blocks.BlocksOf(ctx, "ac", 9)
		b.equal("blocks", len(all), 1)
		return err
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error { return tx.People.ErasePerson(ctx, "pb", b.now) })
	b.see(func(ctx context.Context, tx *storage.Tx) error {
		for _, a := range []struct {
			what string
			id   string
		}{{"the first address", "anna"}, {"the later one", "anna-neu"}} {
			if _, err := tx.Blocks.Blocked(ctx, "ac", "new", console(a.id), b.now); err != nil {
				b.Errorf("whoever was erased comes back with %s: %v", a.what, err)
			}
		}
		return nil
	})
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.Blocks.SetBlock(ctx, storage.Block{Front: "ac", Person: "q", At: b.now}); err != nil {
			return err
		}
		n, err := tx.Blocks.LiftBlock(ctx, "ac", "q")
		b.equal("lifted", n, 1)
		if err != nil {
			return err
		}
		_, err = tx.Blocks.Blocked(ctx, "ac", "q", console("q"), b.now)
		b.is("lifted", err, storage.ErrNotFound)
		return nil
	})
}

func frontOperators(b *bench) {
	b.do(func(ctx context.Context, tx *storage.Tx) error {
		for i, p := range []string{"b", "a", "b"} {
			if err := tx.Operators.AddOperator(ctx, p, b.after(time.Duration(i)*time.Second)); err != nil {
				return err
			}
		}
		all, err := tx.Operators.AllOperators(ctx)
		b.equal("operators", all, []string{"b", "a"})
		if err != nil {
			return err
		}
		if err := tx.Operators.RemoveOperator(ctx, "b"); err != nil {
			return err
		}
		all, err = tx.Operators.AllOperators(ctx)
		b.equal("operators", all, []string{"a"})
		return err
	})
}

// fillModeration writes cases and a block with the marker in them.
func fillModeration(tx *storage.Tx, id string, now time.Time) []func(context.Context) error {
	file := func(c storage.Case) func(context.Context) error {
		return func(ctx context.Context) error { return tx.Cases.SaveCase(ctx, &c) }
	}
	return []func(context.Context) error{
		file(storage.Case{Front: "ac", Kind: storage.ReportCase, Subject: "posting:x", Person: id, State: storage.CaseOpen, Text: Marker, Reason: Marker, Opened: now}),
		file(storage.Case{Front: "ac", Kind: storage.ReportCase, Subject: "person:" + id, About: id, State: storage.CaseOpen, Text: Marker, Opened: now}),
		func(ctx context.Context) error {
			return tx.Blocks.SetBlock(ctx, storage.Block{Front: "ac", Person: id, At: now, By: "e", Reason: Marker})
		},
		func(ctx context.Context) error { return tx.Operators.AddOperator(ctx, id, now) },
		func(ctx context.Context) error {
			return tx.Secrets.SaveSecret(ctx, &storage.FrontSecret{Channel: "telegram", Account: "ac", Front: "ac", Settings: json.RawMessage(`"Hausmeister"`)})
		},
	}
}
