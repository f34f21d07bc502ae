package bot

import (
	"crypto/ed25519"
	"strings"
	"testing"
)

func TestARecordIsWordForWordAsItWasIssued(t *testing.T) {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	pub := key.Public().(ed25519.PublicKey)
	record := string(signRecord(key, "Ehrenamt von Anna: 4 Stunden\n\n– Aufbau, 4 Stunden ✓\n"))
	for _, same := range []string{record, strings.ReplaceAll(record, "\n", "\r\n"), "\ufeff" + record + "\n\n", strings.Replace(record, "✓\n", "✓  \n", 1)} {
		if text, err := CheckRecord(pub, []byte(same)); err != nil || !strings.Contains(text, "Aufbau, 4 Stunden") {
			t.Errorf("%q: %v", same, err)
		}
	}
	other := ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", ed25519.SeedSize)))
	for name, forged := range map[string]string{
		"more hours": strings.Replace(record, "4 Stunden\n", "40 Stunden\n", 1), "a line more": strings.Replace(record, "\nEd25519", "\n– Nachtwache\nEd25519", 1),
		"no signature": "Ehrenamt von Anna: 4 Stunden", "another's": string(signRecord(other, "Ehrenamt von Anna: 4 Stunden")), "nothing": "",
	} {
		if _, err := CheckRecord(pub, []byte(forged)); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func FuzzCheckRecord(f *testing.F) {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	f.Add(string(signRecord(key, "a")))
	f.Add("x\nEd25519: AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if text, err := CheckRecord(key.Public().(ed25519.PublicKey), []byte(s)); err == nil && text != "a\n" {
			t.Errorf("%q was never issued", text)
		}
	})
}
