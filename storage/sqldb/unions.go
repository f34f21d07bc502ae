package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ehrenamt/channels"
	"ehrenamt/matching"
	"ehrenamt/storage"
)

type unions struct{ *txn }

func (t unions) WhoIs(ctx context.Context, person string) (string, error) {
	keep := person
	err := t.row(ctx, "SELECT keep FROM merged WHERE gone = ?1", []any{person}, &keep)
	if errors.Is(err, storage.ErrNotFound) {
		return person, nil
	}
	return keep, err
}

func (t unions) Detach(ctx context.Context, a channels.Address) error {
	lookup := t.address(a)
	n, err := t.exec(ctx, "DELETE FROM addresses WHERE lookup = ?1", lookup)
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("detach: %w", err)
	}
	err = t.all(ctx, []any{lookup},
		"DELETE FROM conversations WHERE lookup = ?1",
		"DELETE FROM shown WHERE address_hash = ?1",
		"DELETE FROM timers WHERE address_hash = ?1",
		"UPDATE deliveries SET state = 'cancelled', holder = '', lease = 0, settled = created WHERE to_hash = ?1 AND state = 'queued'")
	if err != nil {
		return fmt.Errorf("detach: %w", err)
	}
	return nil
}

func (t people) MergePersons(ctx context.Context, keep, gone string, when time.Time) error {
	if keep == gone {
		return nil
	}
	for _, id := range []string{min(keep, gone), max(keep, gone)} { // in one order, so that two merges wait for each other
		var rev int64
		if err := t.row(ctx, "SELECT rev FROM persons WHERE id = ?1"+t.lock(), []any{id}, &rev); err != nil {
			return fmt.Errorf("merge: %w", err)
		}
	}
	for _, step := range []func(context.Context, string, string) error{t.mergeAnswers, t.mergeAlerts, t.mergeMembers, t.mergeRows} {
		if err := step(ctx, keep, gone); err != nil {
			return fmt.Errorf("merge: %w", err)
		}
	}
	err := t.all(ctx, []any{keep, ms(when)},
		`INSERT INTO changes (kind, id, revision, gone, at) SELECT 'subscription', id, revision, 0, CAST(?2 AS BIGINT) FROM subscriptions WHERE person = ?1`,
		`INSERT INTO changes (kind, id, revision, gone, at) SELECT 'posting', id, revision, 0, CAST(?2 AS BIGINT) FROM postings WHERE author = ?1`)
	if err == nil {
		_, err = t.exec(ctx, "INSERT INTO merged (gone, keep, at) VALUES (?1, ?2, ?3)", gone, keep, ms(when))
	}
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	return fronts{t.txn}.replaceEditor(ctx, gone, keep)
}

// binding orders answers by how much others count on them.
var binding = map[matching.AnswerState]int{
	matching.Attended: 8, matching.NoShow: 8, matching.Confirmed: 7, matching.Accepted: 6, matching.Offered: 5,
	matching.Interested: 4, matching.Waiting: 3, matching.Declined: 2,
}

// mergeAnswers leaves one answer where both have one to the same date.
func (t people) mergeAnswers(ctx context.Context, keep, gone string) error {
	var pairs [][2]string // who stays, who goes
	err := t.rows(ctx, `SELECT k.id, k.state, k.changed, g.id, g.state, g.changed FROM answers g
		JOIN answers k ON k.posting = g.posting AND k.date = g.date AND k.person = ?1 WHERE g.person = ?2`, []any{keep, gone}, func(r *rows) error {
		var ours, theirs string
		var our, their matching.AnswerState
		var ourTime, theirTime int64
		if err := r.Scan(&ours, &our, &ourTime, &theirs, &their, &theirTime); err != nil {
			return err
		}
		pair := [2]string{ours, theirs}
		if a, b := binding[our], binding[their]; b > a || a == b && theirTime > ourTime {
			pair = [2]string{theirs, ours}
		}
		pairs = append(pairs, pair)
		return nil
	})
	for _, p := range pairs {
		if err == nil {
			err = t.oneAnswer(ctx, p[0], p[1])
		}
	}
	return err
}

// oneAnswer removes an answer in favour of another to the same date, which gets what belongs to it where it has none.
func (t people) oneAnswer(ctx context.Context, stays, goes string) error {
	for _, table := range []string{"threads", "replies", "visits"} {
		err := t.all(ctx, []any{stays, goes},
			"UPDATE "+table+" SET answer = ?1 WHERE answer = ?2 AND NOT EXISTS (SELECT 1 FROM "+table+" k WHERE k.answer = ?1)",
			"DELETE FROM "+table+" WHERE answer = ?2 AND answer <> CAST(?1 AS TEXT)")
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, "DELETE FROM answers WHERE id = ?1", goes)
	return err
}

// told orders alerts by what became of them.
var told = map[storage.AlertState]int{
	storage.AlertYes: 4, storage.AlertNo: 4, storage.AlertNever: 4, storage.AlertSent: 3, storage.AlertUncertain: 3, storage.AlertQueued: 2,
}

// mergeAlerts leaves one alert where both were alerted to the same posting.
func (t people) mergeAlerts(ctx context.Context, keep, gone string) error {
	type pair struct{ person, posting string }
	var losers []pair
	err := t.rows(ctx, `SELECT g.posting, k.state, g.state FROM alerts g JOIN alerts k ON k.posting = g.posting AND k.person = ?1
		WHERE g.person = ?2`, []any{keep, gone}, func(r *rows) error {
		var posting string
		var our, their storage.AlertState
		if err := r.Scan(&posting, &our, &their); err != nil {
			return err
		}
		loser := gone
		if told[their] > told[our] {
			loser = keep
		}
		losers = append(losers, pair{loser, posting})
		return nil
	})
	for _, l := range losers {
		if err == nil {
			_, err = t.exec(ctx, "DELETE FROM alerts WHERE person = ?1 AND posting = ?2", l.person, l.posting)
		}
	}
	return err
}

// mergeMembers leaves one membership where both belong: the role that may do more, from the earlier day on.
func (t people) mergeMembers(ctx context.Context, keep, gone string) error {
	return t.all(ctx, []any{keep, gone},
		`UPDATE members SET role = 'owner' WHERE person = ?1 AND EXISTS
			(SELECT 1 FROM members g WHERE g.person = ?2 AND g.organisation = members.organisation AND g.role = 'owner')`,
		`UPDATE members SET since = (SELECT MIN(x.since) FROM members x WHERE x.organisation = members.organisation AND x.person IN (?1, ?2))
			WHERE person = ?1`,
		`DELETE FROM members WHERE person = ?2 AND EXISTS (SELECT 1 FROM members k WHERE k.person = ?1 AND k.organisation = members.organisation)`)
}

// mergeRows gives everything else of gone to keep.
func (t people) mergeRows(ctx context.Context, keep, gone string) error {
	err := t.all(ctx, []any{keep, gone},
		`UPDATE answers SET person = ?1, revision = revision + 1 WHERE person = ?2`,
		`UPDATE alerts SET person = ?1 WHERE person = ?2`,
		`UPDATE members SET person = ?1 WHERE person = ?2`,
		`UPDATE addresses SET person = ?1 WHERE person = ?2`,
		`UPDATE consents SET person = ?1 WHERE person = ?2`,
		`UPDATE deliveries SET person = ?1 WHERE person = ?2 AND person <> ''`,
		`UPDATE shown SET person = ?1 WHERE person = ?2`,
		`UPDATE tokens SET person = ?1 WHERE person = ?2 AND person <> ''`,
		`UPDATE subscriptions SET person = ?1, revision = revision + 1 WHERE person = ?2`,
		`UPDATE postings SET author = ?1, revision = revision + 1 WHERE author = ?2`,
		`UPDATE threads SET person = ?1 WHERE person = ?2`,
		`UPDATE threads SET author = ?1 WHERE author = ?2`,
		`UPDATE threads SET speaker = ?1 WHERE speaker <> '' AND speaker = ?2`,
		`UPDATE replies SET carrier = 'person:' || CAST(?1 AS TEXT) WHERE carrier = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE visits SET carrier = 'person:' || CAST(?1 AS TEXT) WHERE carrier = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE visits SET person = ?1 WHERE person = ?2`,
		`DELETE FROM digest_notes WHERE person = ?2 AND EXISTS (SELECT 1 FROM digest_notes k WHERE k.person = ?1 AND k.posting = digest_notes.posting AND k.kind = digest_notes.kind)`,
		`UPDATE digest_notes SET person = ?1 WHERE person = ?2`,
		`INSERT INTO records (person, calls, heard, yes, served) SELECT CAST(?1 AS TEXT), calls, heard, yes, served FROM records WHERE person = ?2
			ON CONFLICT (person) DO UPDATE SET calls = records.calls + excluded.calls, heard = records.heard + excluded.heard,
			yes = records.yes + excluded.yes, served = CASE WHEN excluded.served > records.served THEN excluded.served ELSE records.served END`,
		`DELETE FROM records WHERE person = ?2 AND person <> ?1`,
		`UPDATE cases SET person = ?1, rev = rev + 1 WHERE person = ?2`,
		`UPDATE cases SET about = ?1, rev = rev + 1 WHERE about = ?2`,
		`UPDATE cases SET subject = 'person:' || CAST(?1 AS TEXT), rev = rev + 1 WHERE subject = 'person:' || CAST(?2 AS TEXT)`,
		`UPDATE blocks SET person = ?1 WHERE person = ?2`,
		`INSERT INTO operators (person, since) SELECT CAST(?1 AS TEXT), since FROM operators WHERE person = ?2 ON CONFLICT DO NOTHING`,
		`DELETE FROM operators WHERE person = ?2 AND person <> CAST(?1 AS TEXT)`,
		`UPDATE audit SET actor = ?1 WHERE actor = ?2`,
		`UPDATE audit SET subject = ?1 WHERE subject = ?2`,
		`UPDATE merged SET keep = ?1 WHERE keep = ?2`)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "DELETE FROM persons WHERE id = ?1", gone)
	return err
}
