package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ehrenamt/conversations/flows"
	"ehrenamt/storage"
)

// Kinds of tokens handed out as codes.
const (
	inviteToken   = "invite"   // joins an organisation; subject "org:<id>"
	editorToken   = "editor"   // makes an editor; subject "front:<id>"
	operatorToken = "operator" // makes an operator
	askInToken    = "ask-in"   // not handed out: somebody waits to be let in; the secret is "<organisation> <person>"
)

// How long codes are good for.
const (
	inviteDays = 14
	inviteUses = 20
	editorDays = 7
	askInDays  = 30
)

const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes a code of 12 characters of Crockford's base 32: 60 random bits.
func newCode(random io.Reader) (string, error) {
	b := make([]byte, 12)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("randomness: %w", err)
	}
	for i := range b {
		b[i] = codeAlphabet[b[i]&31]
	}
	return string(b), nil
}

// plainCode is a code as it was made, however it was typed.
func plainCode(typed string) string {
	return strings.NewReplacer("-", "", " ", "", "I", "1", "L", "1", "O", "0", "„", "", "“", "", "\"", "", ".", "").Replace(strings.ToUpper(typed))
}

// spacedCode is a code as people read it best.
func spacedCode(code string) string {
	if len(code) != 12 {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

// redeem looks at a code somebody typed, unless they, or somebody from there, tried too many. Its uses are not counted yet.
func (t *turn) redeem(ctx context.Context, k *talk, kind, typed string) (storage.Token, flows.Refusal, error) {
	if err := t.limit(ctx, t.b.Limits.Codes, ofBoth("code", k)...); err != nil {
		return storage.Token{}, "", err
	}
	tok, err := t.tx.Tokens.Peek(ctx, kind, plainCode(typed), t.now)
	if errors.Is(err, storage.ErrNotFound) {
		return storage.Token{}, flows.BadCode, nil
	}
	if err != nil {
		return storage.Token{}, "", fmt.Errorf("token: %w", err)
	}
	return tok, "", nil
}

// InviteEditor makes a code that makes whoever sends it to the bot an editor of the front, once.
func InviteEditor(ctx context.Context, s storage.Store, random io.Reader, now time.Time, front string) (string, error) {
	code, err := newCode(random)
	if err != nil {
		return "", err
	}
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if _, err := tx.Fronts.Front(ctx, front); err != nil {
			return fmt.Errorf("front %s: %w", front, err)
		}
		tok := storage.Token{Kind: editorToken, Subject: "front:" + front, Expires: now.AddDate(0, 0, editorDays), Uses: 1}
		return tx.Tokens.PutToken(ctx, code, tok)
	})
	return spacedCode(code), err
}

// InviteOperator makes a code that makes whoever sends it to any of the bots an operator, once.
func InviteOperator(ctx context.Context, s storage.Store, random io.Reader, now time.Time) (string, error) {
	code, err := newCode(random)
	if err != nil {
		return "", err
	}
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Tokens.PutToken(ctx, code, storage.Token{Kind: operatorToken, Subject: "operators", Expires: now.AddDate(0, 0, editorDays), Uses: 1})
	})
	return spacedCode(code), err
}
