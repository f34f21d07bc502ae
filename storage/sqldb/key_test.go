package sqldb

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ehrenamt/storage"
)

const (
	hexKey   = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	otherKey = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadKey(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "k"), hexKey+"\n")
	write(t, filepath.Join(dir, CredentialName), otherKey)
	same, err := LoadKey(KeySource{Value: hexKey})
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]struct {
		source KeySource
		want   bool
	}{
		"base64":                        {KeySource{Value: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, true},
		"a file":                        {KeySource{File: file}, true},
		"a credential before the file":  {KeySource{File: file, Credentials: dir}, false},
		"a value before all":            {KeySource{Value: hexKey, Credentials: dir}, true},
		"the file without a credential": {KeySource{File: file, Credentials: filepath.Join(dir, "none")}, true},
	} {
		k, err := LoadKey(x.source)
		if err != nil || (k == same) != x.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, s := range map[string]KeySource{
		"nothing":   {},
		"no file":   {File: filepath.Join(dir, "none")},
		"too short": {Value: hexKey[:62]},
		"no hex":    {Value: strings.Repeat("!", 64)},
		"a folder":  {File: dir},
		"empty":     {File: write(t, filepath.Join(dir, "empty"), "")},
	} {
		_, err := LoadKey(s)
		if !errors.Is(err, storage.ErrKey) {
			t.Errorf("%s: %v", what, err)
		}
		if errors.Is(err, fs.ErrNotExist) != (what == "nothing" || what == "no file") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func tryOpen(t *testing.T, c Config) error {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err == nil {
		err = s.Close()
	}
	return err
}

func TestAKeyIsGeneratedOnceAndNeverReplaced(t *testing.T) {
	c := dialects[0].fresh(t)
	if err := tryOpen(t, c); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.DSN + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	if err := tryOpen(t, c); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := os.Rename(c.DSN+".key", c.DSN+".away"); err != nil {
		t.Fatal(err)
	}
	err = tryOpen(t, c)
	if !errors.Is(err, storage.ErrKey) || !strings.Contains(err.Error(), "put it back") {
		t.Errorf("missing key: %v", err)
	}
	if _, err := os.Stat(c.DSN + ".key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new key was generated: %v", err)
	}
	wrong := c
	wrong.Key.Value = otherKey
	if err := tryOpen(t, wrong); !errors.Is(err, storage.ErrKey) || !strings.Contains(err.Error(), "not the key") {
		t.Errorf("wrong key: %v", err)
	}
	c.Key.File = c.DSN + ".away"
	if err := tryOpen(t, c); err != nil {
		t.Errorf("put back: %v", err)
	}
}

func TestPostgresWithoutAPlaceForTheKey(t *testing.T) {
	c := dialects[1].fresh(t)
	c.Key = KeySource{}
	if err := tryOpen(t, c); !errors.Is(err, storage.ErrKey) {
		t.Error(err)
	}
}

func TestKeyRotation(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			c := d.fresh(t)
			c.Key = KeySource{Value: hexKey}
			var old, young storage.Person
			create := func(s *Store, p *storage.Person) {
				t.Helper()
				err := s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
					if err := tx.People.Create(ctx, p); err != nil {
						return err
					}
					return tx.Addresses.SaveAddress(ctx, storage.AddressRecord{Address: person(int(p.Age)), Person: p.ID})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			read := func(s *Store, p storage.Person) error {
				return s.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
					r, err := tx.Addresses.Owner(ctx, person(int(p.Age)))
					if err != nil {
						return err
					}
					got, err := tx.People.Person(ctx, r.Person)
					if err == nil && got.Name != p.Name {
						t.Errorf("got %q, want %q", got.Name, p.Name)
					}
					return err
				})
			}
			s := opened(t, c)
			old = storage.Person{Name: "Anna", Age: 1}
			create(s, &old)

			c.Key, c.OldKeys = KeySource{Value: otherKey}, []KeySource{{Value: hexKey}}
			s = opened(t, c)
			young = storage.Person{Name: "Berta", Age: 2}
			create(s, &young)
			for _, p := range []storage.Person{old, young} {
				if err := read(s, p); err != nil {
					t.Error(p.Name, err)
				}
			}

			c.OldKeys = nil
			s = opened(t, c)
			if err := read(s, young); err != nil {
				t.Error(err)
			}
			if err := read(s, old); !errors.Is(err, storage.ErrKey) {
				t.Errorf("without the old key: %v", err)
			}
		})
	}
}
