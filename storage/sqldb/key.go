package sqldb

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ehrenamt/storage"
)

// Key is the secret of 32 bytes that everything personal is sealed with.
type Key struct{ secret [32]byte }

// String hides the key.
func (Key) String() string { return "key" }

// GoString hides the key.
func (Key) GoString() string { return "key" }

// Derive makes a further secret of 32 bytes for another purpose. It gives nothing away about the key.
func (k Key) Derive(purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, k.secret[:], nil, "ehrenamt: "+purpose, 32)
}

// CredentialName is the file in systemd's credentials directory that holds the key.
const CredentialName = "ehrenamt.key"

// KeySource says where a key is: the first of Value, the credential and File that exists.
type KeySource struct {
	Value       string // 64 hexadecimal digits or base64 of 32 bytes, from the environment
	Credentials string // systemd's $CREDENTIALS_DIRECTORY
	File        string
}

// LoadKey reads a key. Errors wrap storage.ErrKey, and fs.ErrNotExist if there is none.
func LoadKey(s KeySource) (Key, error) {
	if s.Value != "" {
		return parseKey(s.Value)
	}
	for _, path := range s.paths() {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Key{}, fmt.Errorf("key file %s cannot be read: %w", path, storage.ErrKey)
		}
		k, err := parseKey(string(text))
		if err != nil {
			return Key{}, fmt.Errorf("key file %s: %w", path, err)
		}
		return k, nil
	}
	return Key{}, fmt.Errorf("no key found (%s): %w: %w", s.places(), storage.ErrKey, fs.ErrNotExist)
}

func (s KeySource) paths() (paths []string) {
	if s.Credentials != "" {
		paths = append(paths, filepath.Join(s.Credentials, CredentialName))
	}
	if s.File != "" {
		paths = append(paths, s.File)
	}
	return paths
}

func (s KeySource) places() string {
	if p := s.paths(); len(p) > 0 {
		return "looked for " + strings.Join(p, ", ")
	}
	return "no value, file or credential is configured"
}

func parseKey(text string) (k Key, err error) {
	text = strings.TrimSpace(text)
	b, err := hex.DecodeString(text)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	}
	if err != nil || len(b) != len(k.secret) {
		return Key{}, fmt.Errorf("a key is 64 hexadecimal digits: %w", storage.ErrKey)
	}
	copy(k.secret[:], b)
	return k, nil
}

// newKeyFile generates a key into a file that only its owner may read. A file that exists meanwhile wins.
func newKeyFile(path string, random io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k.secret[:]); err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(hex.EncodeToString(k.secret[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return LoadKey(KeySource{File: path})
	}
	if err != nil {
		return Key{}, fmt.Errorf("generate key: %w", err)
	}
	return k, nil
}

// metaLookup names the row of meta that holds the key of the hashes, sealed with the key.
const metaLookup = "lookup"

// unlock opens the key of the hashes with the configured key, which proves that it is the right one. On a
// new database it makes that key, and the configured one too if there is none; where something has been
// written, it never does.
func (s *Store) unlock(ctx context.Context, c Config) error {
	sealed, err := s.sealedLookup(ctx)
	if err != nil {
		return err
	}
	if c.Key == (KeySource{}) && s.dialect == sqlite {
		c.Key.File = strings.TrimPrefix(c.DSN, "file:") + ".key"
	}
	key, err := LoadKey(c.Key)
	switch {
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case sealed != nil:
		return fmt.Errorf("the database was written with a key, put it back: %w", err)
	case c.Key.File == "":
		return fmt.Errorf("set a key, a credential or a file to generate one into: %w", err)
	default:
		if key, err = newKeyFile(c.Key.File, s.vault.rand); err != nil {
			return err
		}
	}
	if err := s.vault.add(key); err != nil {
		return err
	}
	for _, old := range c.OldKeys {
		k, err := LoadKey(old)
		if err != nil {
			return fmt.Errorf("old key: %w", err)
		}
		if err := s.vault.add(k); err != nil {
			return err
		}
	}
	if sealed == nil {
		if sealed, err = s.newLookup(ctx); err != nil {
			return err
		}
	}
	if s.vault.lookup, err = s.vault.openLookup(sealed); err != nil {
		return fmt.Errorf("this is not the key the database was written with: %w", err)
	}
	if _, err := (&vault{seals: s.vault.seals[:1]}).openLookup(sealed); err != nil {
		return s.reseal(ctx)
	}
	return nil
}

func (v *vault) openLookup(sealed []byte) ([]byte, error) {
	w := *v
	w.plain = false
	return w.openBytes("meta.lookup", sealed)
}

func (v *vault) sealLookup(lookup []byte) ([]byte, error) {
	w := *v
	w.plain = false
	return w.sealBytes("meta.lookup", lookup)
}

func (s *Store) sealedLookup(ctx context.Context) (sealed []byte, err error) {
	err = s.View(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return tx.Inbox.(inbox).row(ctx, "SELECT value FROM meta WHERE name = ?1", []any{metaLookup}, &sealed)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return sealed, err
}

func (s *Store) newLookup(ctx context.Context) ([]byte, error) {
	lookup := make([]byte, 32)
	if _, err := io.ReadFull(s.vault.rand, lookup); err != nil {
		return nil, err
	}
	sealed, err := s.vault.sealLookup(lookup)
	if err != nil {
		return nil, err
	}
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Inbox.(inbox).exec(ctx, "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", metaLookup, sealed)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.sealedLookup(ctx)
}

// reseal seals the key of the hashes with the present key after a rotation.
func (s *Store) reseal(ctx context.Context) error {
	sealed, err := s.vault.sealLookup(s.vault.lookup)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Inbox.(inbox).exec(ctx, "UPDATE meta SET value = ?2 WHERE name = ?1", metaLookup, sealed)
		return err
	})
}
