package sqldb

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"ehrenamt/storage"
)

type tombstones struct{ *txn }

func (t tombstones) Buried(ctx context.Context, since time.Time) ([]storage.Tombstone, error) {
	var all []storage.Tombstone
	err := t.rows(ctx, "SELECT lookup, at FROM tombstones WHERE at >= ?1 ORDER BY at, lookup", []any{ms(since)}, func(r *rows) error {
		var x storage.Tombstone
		var when int64
		err := r.Scan(&x.Hash, &when)
		x.At = at(when)
		all = append(all, x)
		return err
	})
	return all, err
}

func (t tombstones) Bury(ctx context.Context, ts ...storage.Tombstone) (int, error) {
	n := 0
	for _, x := range ts {
		rows, err := t.exec(ctx, `INSERT INTO tombstones (lookup, at) VALUES (?1, ?2)
			ON CONFLICT (lookup) DO UPDATE SET at = excluded.at WHERE tombstones.at < excluded.at`, x.Hash, ms(x.At))
		if err != nil {
			return n, fmt.Errorf("bury: %w", err)
		}
		n += int(rows)
	}
	return n, nil
}

// hashLength is how long the hash of an address is, in bytes.
const hashLength = 16

// KeepErased lets the database and the file at path, which it makes if there is none, know of the same erasures, looking
// in the database at those since the given time. It returns how many the database did not know: more than none
// means that it is older than the file, so it was restored from a backup.
func KeepErased(ctx context.Context, s storage.Store, path string, since time.Time) (added int, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return 0, fmt.Errorf("erased: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	written, torn, err := readErased(f)
	if err != nil {
		return 0, fmt.Errorf("erased: %w", err)
	}
	var all []storage.Tombstone
	for hash, when := range written {
		if !when.Before(since) {
			all = append(all, storage.Tombstone{Hash: []byte(hash), At: when})
		}
	}
	var buried []storage.Tombstone
	err = s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
		n, err := tx.Tombstones.Bury(ctx, all...)
		if err != nil {
			return err
		}
		added = n
		buried, err = tx.Tombstones.Buried(ctx, since)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("erased: %w", err)
	}
	var b strings.Builder
	if torn {
		b.WriteByte('\n')
	}
	for _, x := range buried {
		if known, ok := written[string(x.Hash)]; !ok || known.Before(x.At) {
			b.WriteString(hex.EncodeToString(x.Hash) + " " + strconv.FormatInt(x.At.UnixMilli(), 10) + "\n")
		}
	}
	if b.Len() == 0 {
		return added, nil
	}
	if _, err := f.WriteString(b.String()); err != nil {
		return added, fmt.Errorf("erased: %w", err)
	}
	return added, f.Sync()
}

// readErased reads lines of a hash and a time, the latest of each hash. Lines that a crash cut off, or that are something
// else, are passed over; torn tells that the last one has no end.
func readErased(r io.Reader) (all map[string]time.Time, torn bool, err error) {
	all = map[string]time.Time{}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, false, err
		}
		word, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		hash, bad := hex.DecodeString(word)
		millis, odd := strconv.ParseInt(number, 10, 64)
		whole := strings.HasSuffix(line, "\n")
		if bad == nil && odd == nil && whole && len(hash) == hashLength && millis > 0 && millis < 1<<53 {
			if when := at(millis); when.After(all[string(hash)]) {
				all[string(hash)] = when
			}
		}
		if err != nil {
			return all, line != "" && !whole, nil
		}
	}
}

// ErasedFile is where the erasures of a SQLite file are noted beside it; "" for other databases.
func ErasedFile(dsn string) string {
	if strings.Contains(dsn, "://") {
		return ""
	}
	return dsn + ".erased"
}
