package sqldb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ehrenamt/storage"
	"ehrenamt/storage/storagetest"
)

// A backup knows nothing of those who were erased after it was made: the file beside the database does.
func TestARestoredBackupLearnsWhoWasErased(t *testing.T) {
	dir := t.TempDir()
	now, backup, beside := filepath.Join(dir, "now.db"), filepath.Join(dir, "backup.db"), filepath.Join(dir, "now.db.erased")
	key := KeySource{Value: hexKey}
	s := opened(t, Config{DSN: now, Key: key})
	id, err := storagetest.Fill(t.Context(), s, noon)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(s *Store, want int) {
		t.Helper()
		if n, err := KeepErased(t.Context(), s, beside, time.Time{}); err != nil || n != want {
			t.Errorf("%d erasures were new to the database, want %d; %v", n, want, err)
		}
	}
	keep(s, 0)
	if _, err := s.write.Exec("VACUUM INTO ?", backup); err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return tx.People.ErasePerson(ctx, id, noon.Add(time.Hour))
	})
	if err != nil {
		t.Fatal(err)
	}
	keep(s, 0)
	keep(s, 0)
	if data, err := os.ReadFile(beside); err != nil || strings.Count(string(data), "\n") != 1 || strings.Contains(string(data), storagetest.Marker) {
		t.Fatalf("the file says %q, %v", data, err)
	}
	if f, err := os.OpenFile(beside, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else if _, err := f.WriteString("00112233"); err != nil { // cut off by a crash
		t.Fatal(err)
	}
	restored := opened(t, Config{DSN: backup, Key: key})
	returned := func(want int) {
		t.Helper()
		err := restored.View(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
			ids, err := tx.People.Returned(ctx, 9)
			if len(ids) != want || want == 1 && ids[0] != id {
				t.Errorf("returned %v, want %d", ids, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	returned(0)
	keep(restored, 1)
	returned(1)
	keep(restored, 0)
	err = restored.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
		return tx.People.ErasePerson(ctx, id, noon.Add(2*time.Hour))
	})
	if err != nil {
		t.Fatal(err)
	}
	keep(restored, 0) // the later time is noted below the line that was cut off
	f, err := os.Open(beside)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, torn, err := readErased(f)
	if err != nil || torn || len(all) != 1 {
		t.Fatalf("%d erasures, torn %v, %v", len(all), torn, err)
	}
	for _, when := range all {
		if !when.Equal(noon.Add(2 * time.Hour)) {
			t.Errorf("noted at %v", when)
		}
	}
}

func FuzzReadErased(f *testing.F) {
	f.Add("00112233445566778899aabbccddeeff 1700000000000\n")
	f.Add("00112233445566778899aabbccddeeff 1700000000000")
	f.Add("x\n\x00 9\n00112233445566778899aabbccddeeff -1\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, torn, err := readErased(strings.NewReader(text))
		if err != nil || torn != (text != "" && !strings.HasSuffix(text, "\n")) {
			t.Fatal(torn, err)
		}
		for hash, when := range all {
			if len(hash) != hashLength || when.IsZero() {
				t.Errorf("%x at %v", hash, when)
			}
		}
	})
}
