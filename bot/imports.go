package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/matching/listings"
	"ehrenamt/storage"
)

// ImportOutcome is what became of an entry of a list.
type ImportOutcome string

// The outcomes.
const (
	ImportedNew       ImportOutcome = "new"
	ImportedChanged   ImportOutcome = "changed"
	ImportedUnchanged ImportOutcome = "unchanged"
	ImportedTaken     ImportOutcome = "taken over" // somebody leads it here now; the list no longer does
	ImportedPast      ImportOutcome = "over"       // its last date is over
	ImportedWrong     ImportOutcome = "wrong"      // a column cannot be understood
)

// ImportOutcomes lists them in the order they are told.
var ImportOutcomes = []ImportOutcome{ImportedNew, ImportedChanged, ImportedUnchanged, ImportedTaken, ImportedPast, ImportedWrong}

// ImportResult is what became of one entry.
type ImportResult struct {
	Line    int
	Outcome ImportOutcome
	Column  string // that cannot be understood
	Code    string // of the posting
}

// undatedLease is how long a posting without dates is shown until it has to be renewed.
const undatedLease = 30 * 24 * time.Hour

// Importer brings a list of postings into a front. It is for one list and one goroutine.
type Importer struct {
	b     *Bot
	front storage.Front
	env   conversations.Env
	dry   bool
	known map[string]understanding.Draft
	seen  map[string]bool // external ids
}

// NewImporter begins a list; with dry nothing is kept. ErrNotFound if there is no such front.
func (b *Bot) NewImporter(ctx context.Context, front string, dry bool) (*Importer, error) {
	im := &Importer{b: b, dry: dry, known: map[string]understanding.Draft{}, seen: map[string]bool{}}
	err := b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) (err error) {
		im.front, err = tx.Fronts.Front(ctx, front)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("front %s: %w", front, err)
	}
	z := b.fronts.zone(im.front)
	im.env = conversations.Env{Now: b.Now().In(z), Zone: z, Front: front, Place: im.front.Place, Lang: "de"}
	if len(im.front.Languages) > 0 {
		im.env.Lang = im.front.Languages[0]
	}
	return im, nil
}

// Zone is the one in which times without an offset are meant.
func (im *Importer) Zone() *time.Location { return im.env.Zone }

// entry is a listing on its way to a posting.
type importEntry struct {
	l       listings.Listing
	digest  string
	old     matching.Posting // what the list said before
	posting matching.Posting // what it says now
	result  ImportResult
}

var errDry = errors.New("dry run")

// Take brings some entries in, in one transaction. What the texts mean is read before it.
func (im *Importer) Take(ctx context.Context, ls []listings.Listing) ([]ImportResult, error) {
	entries := make([]*importEntry, 0, len(ls))
	for _, l := range ls {
		e, err := im.enter(l)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	if err := im.b.Store.View(ctx, func(ctx context.Context, tx *storage.Tx) error { return im.compare(ctx, tx, entries) }); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	for _, e := range entries {
		if e.result.Outcome != "" {
			continue
		}
		if e.posting, e.result.Column = im.b.Book.FromListing(e.l, im.env, im.known); e.result.Column != "" {
			e.result.Outcome = ImportedWrong
		} else if past(&e.posting, im.env.Now, im.env.Zone) {
			e.result.Outcome = ImportedPast
		}
	}
	if err := im.write(ctx, entries); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	results := make([]ImportResult, 0, len(entries))
	for _, e := range entries {
		results = append(results, e.result)
	}
	return results, nil
}

// enter notes an entry, unless it stood in the list before.
func (im *Importer) enter(l listings.Listing) (*importEntry, error) {
	e := &importEntry{l: l, result: ImportResult{Line: l.Line}}
	if im.seen[l.ExternalID] {
		e.result.Outcome, e.result.Column = ImportedWrong, "external_id"
		return e, nil
	}
	im.seen[l.ExternalID] = true
	l.Line = 0
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", e.l.Line, err)
	}
	sum := sha256.Sum256(raw)
	e.digest = hex.EncodeToString(sum[:16])
	return e, nil
}

// compare finds what the store has already.
func (im *Importer) compare(ctx context.Context, tx *storage.Tx, entries []*importEntry) error {
	for _, e := range entries {
		if e.digest == "" {
			continue
		}
		e.result.Outcome, e.result.Code, e.old = "", "", matching.Posting{}
		before, err := tx.Imports.Imported(ctx, im.front.ID, e.l.ExternalID)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", e.l.Line, err)
		}
		if before.Digest == e.digest {
			e.result.Outcome = ImportedUnchanged
			continue
		}
		if e.old, err = tx.Postings.Posting(ctx, before.Posting); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("line %d: %w", e.l.Line, err)
		}
		if e.result.Code = e.old.Code; !e.old.Imported || e.old.State.Over() {
			e.result.Outcome = ImportedTaken
		}
	}
	return nil
}

// write stores what is new or different. Of a list that is read twice at the same time one has to compare again.
func (im *Importer) write(ctx context.Context, entries []*importEntry) error {
	entries = slices.DeleteFunc(slices.Clone(entries), func(e *importEntry) bool {
		return e.result.Outcome != "" && e.result.Outcome != ImportedNew && e.result.Outcome != ImportedChanged
	})
	if len(entries) == 0 {
		return nil
	}
	t, err := im.b.change(ctx, func(ctx context.Context, t *turn) error {
		if err := im.compare(ctx, t.tx, entries); err != nil {
			return err
		}
		for _, e := range entries {
			if e.result.Outcome != "" {
				continue
			}
			if err := im.keep(ctx, t, e); err != nil {
				return fmt.Errorf("line %d: %w", e.l.Line, err)
			}
		}
		if im.dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		return nil
	}
	if err == nil {
		im.b.after(t)
	}
	return err
}

// keep stores the posting of an entry, anew or in the place of what the list said before.
func (im *Importer) keep(ctx context.Context, t *turn, e *importEntry) error {
	p, old := e.posting, e.old
	p.State, p.Created, p.Published = matching.Open, t.now, t.now
	e.result.Outcome = ImportedNew
	if old.ID != "" {
		p.ID, p.Code, p.Revision, p.Created, p.Published, p.State = old.ID, old.Code, old.Revision, old.Created, old.Published, old.State
		e.result.Outcome = ImportedChanged
	}
	if !p.Dated() {
		p.Lease = t.now.Add(undatedLease)
	}
	if err := im.carrier(ctx, t, &p, e.l); err != nil {
		return err
	}
	if err := t.savePosting(ctx, &p); err != nil {
		return err
	}
	e.result.Code = p.Code
	if err := t.setEnd(ctx, &p); err != nil {
		return err
	}
	return t.tx.Imports.SaveImported(ctx, storage.Imported{Front: im.front.ID, External: e.l.ExternalID, Posting: p.ID, Digest: e.digest, At: t.now})
}

// carrier finds the organisation of an entry or founds it, with whoever the list names as its contact; they are asked
// to take over what came with the list.
func (im *Importer) carrier(ctx context.Context, t *turn, p *matching.Posting, l listings.Listing) error {
	if p.Actor == matching.Person {
		p.Carrier = ""
		who, err := im.contact(ctx, t, l)
		p.Author = who
		if err != nil || who == "" {
			return err
		}
		return t.claimSoon(ctx, who)
	}
	same, err := t.tx.Organisations.Named(ctx, im.front.ID, l.Organisation)
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	var o storage.Organisation
	if len(same) > 0 {
		o = same[0]
	} else {
		o = storage.Organisation{Front: im.front.ID, Name: l.Organisation, Actor: l.Actor, Created: t.now}
		if err := t.tx.Organisations.SaveOrganisation(ctx, &o); err != nil {
			return fmt.Errorf("organisation: %w", err)
		}
	}
	p.Organisation, p.Carrier, p.Actor = o.ID, o.Name, o.Actor
	members, err := t.tx.Members.OfOrganisation(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("members: %w", err)
	}
	if len(members) == 0 {
		who, err := im.contact(ctx, t, l)
		if err != nil || who == "" {
			return err
		}
		members = []storage.Member{{Organisation: o.ID, Person: who, Role: storage.Owner, Since: t.now}}
		if err := t.tx.Members.Join(ctx, members[0]); err != nil {
			return fmt.Errorf("member: %w", err)
		}
	}
	p.Author = responsible(members, "")
	return t.claimSoon(ctx, p.Author)
}

// contact is the person behind the mail address of an entry, made known if need be; "" where the list names none or
// the front has no mailbox to write from. Nothing but the question is sent to an address that never wrote.
func (im *Importer) contact(ctx context.Context, t *turn, l listings.Listing) (string, error) {
	account := mailbox(im.front)
	if l.ContactEmail == "" || account == "" {
		return "", nil
	}
	a := channels.Address{Channel: "email", Account: account, ID: l.ContactEmail}
	rec, err := t.tx.Addresses.Owner(ctx, a)
	if err == nil {
		return rec.Person, nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return "", fmt.Errorf("address: %w", err)
	}
	if erased, err := t.tx.Addresses.Erased(ctx, a); err != nil || erased {
		return "", err // they asked to be forgotten
	}
	who := storage.Person{Front: im.front.ID, Name: firstName(l.ContactName), Lang: im.env.Lang, Created: t.now, Active: t.now}
	if err := t.tx.People.Create(ctx, &who); err != nil {
		return "", fmt.Errorf("person: %w", err)
	}
	rec = storage.AddressRecord{Address: a, Person: who.ID, Front: im.front.ID, State: storage.AddressUnconfirmed, Created: t.now}
	if err := t.tx.Addresses.SaveAddress(ctx, rec); err != nil {
		return "", fmt.Errorf("address: %w", err)
	}
	return who.ID, nil
}

// mailbox is the mail account of a front, "" if it has none.
func mailbox(f storage.Front) string {
	for _, a := range f.Accounts {
		if account, ok := strings.CutPrefix(a, "email:"); ok {
			return account
		}
	}
	return ""
}
