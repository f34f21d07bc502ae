package sqldb

import (
	"context"
	"fmt"
	"time"

	"ehrenamt/matching"
	"ehrenamt/storage"
)

// pseudonym replaces a person; it begins with gone, and no two are alike.
const gone = "gone:"

func (t people) ErasePerson(ctx context.Context, id string, when time.Time) error {
	n, err := t.exec(ctx, "DELETE FROM persons WHERE id = ?1", id)
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	steps := []func(context.Context, string, time.Time) error{
		t.eraseModeration, t.eraseAddresses, t.eraseRows, t.eraseSubscriptions, t.erasePostings, t.eraseAnswers,
	}
	for _, step := range steps {
		if err := step(ctx, id, when); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	if err := (fronts{t.txn}).replaceEditor(ctx, id, ""); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return nil
}

// eraseAddresses removes what belongs to each address of the person.
func (t people) eraseAddresses(ctx context.Context, id string, when time.Time) error {
	var lookups [][]byte
	err := t.rows(ctx, "SELECT lookup FROM addresses WHERE person = ?1", []any{id}, func(r *rows) error {
		var l []byte
		err := r.Scan(&l)
		lookups = append(lookups, l)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range lookups {
		if _, err := t.exec(ctx, "INSERT INTO tombstones (lookup, at) VALUES (?1, ?2) ON CONFLICT (lookup) DO UPDATE SET at = excluded.at", l, ms(when)); err != nil {
			return err
		}
		err := t.all(ctx, []any{l},
			"DELETE FROM addresses WHERE lookup = ?1",
			"DELETE FROM conversations WHERE lookup = ?1",
			"DELETE FROM shown WHERE address_hash = ?1",
			"DELETE FROM timers WHERE address_hash = ?1",
			"UPDATE inbox SET body = NULL WHERE sender = ?1 AND body IS NOT NULL",
			"DELETE FROM deliveries WHERE to_hash = ?1 AND state = 'queued'",
			"DELETE FROM deliveries WHERE to_hash = ?1 AND state = 'sending'",
			"UPDATE deliveries SET head = NULL, body = NULL, ref = NULL, ref_hash = NULL WHERE to_hash = ?1 AND person = ''")
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseRows removes what is found by the person alone.
func (t people) eraseRows(ctx context.Context, id string, _ time.Time) error {
	return t.all(ctx, []any{id},
		"DELETE FROM consents WHERE person = ?1",
		"DELETE FROM merged WHERE keep = ?1",
		"DELETE FROM members WHERE person = ?1",
		"DELETE FROM alerts WHERE person = ?1",
		"DELETE FROM records WHERE person = ?1",
		"DELETE FROM tokens WHERE person = ?1",
		"DELETE FROM shown WHERE person = ?1",
		"DELETE FROM threads WHERE person = ?1",
		"DELETE FROM threads WHERE organisation = '' AND author = ?1",
		"UPDATE threads SET speaker = '' WHERE speaker <> '' AND speaker = ?1",
		"UPDATE threads SET author = '' WHERE organisation <> '' AND author = ?1",
		"DELETE FROM replies WHERE carrier = 'person:' || CAST(?1 AS TEXT)",
		"UPDATE visits SET carrier = '' WHERE carrier = 'person:' || CAST(?1 AS TEXT)",
		"DELETE FROM visits WHERE person = ?1",
		"DELETE FROM digest_notes WHERE person = ?1",
		"DELETE FROM deliveries WHERE person = ?1 AND state IN ('queued', 'sending')",
		"UPDATE deliveries SET person = '', head = NULL, body = NULL, ref = NULL, ref_hash = NULL WHERE person = ?1",
		"UPDATE audit SET detail = NULL, actor = CASE WHEN actor = ?1 THEN 'gone' ELSE actor END, "+
			"subject = CASE WHEN subject = ?1 THEN 'gone' ELSE subject END WHERE actor = ?1 OR subject = ?1")
}

func (t people) eraseSubscriptions(ctx context.Context, id string, when time.Time) error {
	ids, err := t.strings(ctx, "SELECT id FROM subscriptions WHERE person = ?1", id)
	for _, s := range ids {
		if err == nil {
			err = subscriptions{t.txn}.RemoveSubscription(ctx, s, when)
		}
	}
	return err
}

// erasePostings blanks what the person posted privately, and takes their name from what they posted for an
// organisation.
func (t people) erasePostings(ctx context.Context, id string, when time.Time) error {
	ids, err := t.strings(ctx, "SELECT id FROM postings WHERE author = ?1", id)
	if err != nil {
		return err
	}
	for _, p := range ids {
		old, err := postings{t.txn}.LockPosting(ctx, p)
		if err != nil {
			return err
		}
		blank := old
		if old.Organisation == "" {
			blank = matching.Posting{ID: old.ID, Code: old.Code, Front: old.Front, Kind: old.Kind, Category: old.Category, Dates: old.Dates,
				State: matching.Withdrawn, Revision: old.Revision, Created: old.Created, Published: old.Published}
		}
		blank.Author, blank.Contact = "", ""
		if err := (postings{t.txn}).SavePosting(ctx, &blank, when); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM posting_revisions WHERE posting = ?1", p); err != nil {
			return err
		}
	}
	return nil
}

func (t people) eraseAnswers(ctx context.Context, id string, _ time.Time) error {
	ids, err := t.strings(ctx, "SELECT id FROM answers WHERE person = ?1", id)
	for _, a := range ids {
		if err == nil {
			err = answers{t.txn}.pseudonymise(ctx, a)
		}
	}
	return err
}
