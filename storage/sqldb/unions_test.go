package sqldb

import (
	"context"
	"database/sql"
	"testing"

	"ehrenamt/storage"
	"ehrenamt/storage/storagetest"
)

// Wherever a person is named, the one they became is named after a merge: in every table, new ones too.
func TestNobodyIsNamedWhoWasMerged(t *testing.T) {
	for _, d := range dialects {
		t.Run(d.name, func(t *testing.T) {
			s := opened(t, d.fresh(t))
			gone, err := storagetest.Fill(t.Context(), s, noon)
			if err != nil {
				t.Fatal(err)
			}
			keep := storage.Person{Front: "ac", Created: noon}
			err = s.Update(t.Context(), func(ctx context.Context, tx *storage.Tx) error {
				if err := tx.People.Create(ctx, &keep); err != nil {
					return err
				}
				return tx.People.MergePersons(ctx, keep.ID, gone, noon)
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range tables(t, s) {
				if table != "merged" && names(t, s, table, gone) {
					t.Errorf("%s still names who is gone", table)
				}
			}
		})
	}
}

// names tells whether any column of a table has the value.
func names(t *testing.T, s *Store, table, value string) bool {
	t.Helper()
	rows, err := s.read.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row := make([]sql.RawBytes, len(columns))
		to := make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			if string(v) == value {
				return true
			}
		}
	}
	return false
}
