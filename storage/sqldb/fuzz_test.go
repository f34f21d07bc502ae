package sqldb

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"unicode/utf8"

	"ehrenamt/storage"
)

// A folded name is fit for a column of text, and folding it again changes nothing.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Turnverein Brand e.V.", "  ÄÖÜ ß ", "", "\x00\xff", "ﬁ İstanbul Å", "日本 42"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold(s)
		if !utf8.ValidString(once) || bytes.ContainsRune([]byte(once), 0) {
			t.Errorf("%q is no text", once)
		}
		if twice := fold(once); twice != once {
			t.Errorf("%q becomes %q", once, twice)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{hexKey, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "", "=", hexKey[:63]} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := parseKey(s); err != nil && !errors.Is(err, storage.ErrKey) {
			t.Error(err)
		}
	})
}

// Whatever stands in a sealed column: it is either what was sealed there, or an error.
func FuzzUnseal(f *testing.F) {
	v := &vault{rand: rand.Reader, lookup: make([]byte, 32)}
	key, err := parseKey(hexKey)
	if err != nil {
		f.Fatal(err)
	}
	if err := v.add(key); err != nil {
		f.Fatal(err)
	}
	sealed, err := v.sealBytes("place", []byte("secret"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte{})
	f.Add(sealed[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := v.openBytes("place", b)
		if err == nil && b != nil && string(plain) != "secret" || err != nil && !errors.Is(err, storage.ErrKey) {
			t.Errorf("%q, %v", plain, err)
		}
		if _, err := v.openBytes("elsewhere", b); b != nil && err == nil {
			t.Error("opened elsewhere")
		}
	})
}
