package sqldb

import (
	"context"
	"encoding/json"
	"time"

	"ehrenamt/storage"
)

type tokens struct{ *txn }

// token is what a token holds that is sealed.
type token struct {
	Subject string          `json:"subject"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (t tokens) hash(kind, secret string) []byte { return t.s.vault.hash("token", kind, secret) }

func (t tokens) PutToken(ctx context.Context, secret string, k storage.Token) error {
	lookup := t.hash(k.Kind, secret)
	body, err := t.s.vault.seal("tokens.body"+string(lookup), token{k.Subject, k.Data})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO tokens (lookup, kind, subject_hash, person, expires, uses, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (lookup) DO UPDATE SET subject_hash = excluded.subject_hash, person = excluded.person, expires = excluded.expires,
		uses = excluded.uses, body = excluded.body`, lookup, k.Kind, t.subject(k.Subject), k.Person, ms(k.Expires), k.Uses, body)
	return err
}

const tokenValid = " WHERE lookup = ?1 AND uses <> 0 AND (expires = 0 OR expires > ?2)"

func (t tokens) Peek(ctx context.Context, kind, secret string, now time.Time) (storage.Token, error) {
	return t.read(ctx, "SELECT person, expires, uses, body FROM tokens"+tokenValid, kind, secret, now)
}

func (t tokens) Take(ctx context.Context, kind, secret string, now time.Time) (storage.Token, error) {
	return t.read(ctx, "UPDATE tokens SET uses = CASE WHEN uses > 0 THEN uses - 1 ELSE uses END"+tokenValid+
		" RETURNING person, expires, uses, body", kind, secret, now)
}

func (t tokens) read(ctx context.Context, query, kind, secret string, now time.Time) (storage.Token, error) {
	lookup := t.hash(kind, secret)
	k := storage.Token{Kind: kind, Hash: hexOf(lookup)}
	var expires int64
	var body []byte
	if err := t.row(ctx, query, []any{lookup, ms(now)}, &k.Person, &expires, &k.Uses, &body); err != nil {
		return storage.Token{}, err
	}
	var in token
	err := t.s.vault.unseal("tokens.body"+string(lookup), body, &in)
	k.Subject, k.Data, k.Expires = in.Subject, in.Data, at(expires)
	return k, err
}

func (t tokens) Revoke(ctx context.Context, kind, subject string) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM tokens WHERE subject_hash = ?1 AND kind = ?2", t.subject(subject), kind)
	return int(n), err
}

func (t tokens) ForgetTokens(ctx context.Context, expiredBefore time.Time) (int, error) {
	n, err := t.exec(ctx, "DELETE FROM tokens WHERE expires > 0 AND expires < ?1", ms(expiredBefore))
	return int(n), err
}
