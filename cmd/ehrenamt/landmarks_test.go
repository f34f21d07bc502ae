package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"ehrenamt/conversations/understanding"
	"ehrenamt/matching"
	"ehrenamt/storage"
	"ehrenamt/storage/sqldb"
)

// TestLandmarksFollowTheFront: what is added to a front is understood without a restart, there and nowhere else, and what
// is taken away no longer.
func TestLandmarksFollowTheFront(t *testing.T) {
	ctx := t.Context()
	s, err := sqldb.Open(ctx, sqldb.Config{DSN: filepath.Join(t.TempDir(), "ehrenamt.db"), Key: sqldb.KeySource{Value: "5566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	r, err := openRooms()
	if err != nil {
		t.Fatal(err)
	}
	home := frontPlace(r.gazetteer, "Düren")
	set := func(marks ...storage.Landmark) {
		t.Helper()
		err := s.Update(ctx, func(ctx context.Context, tx *storage.Tx) error {
			f, err := tx.Fronts.Front(ctx, "dueren")
			if err != nil {
				f = storage.Front{ID: "dueren", Name: "Düren", Zone: "Europe/Berlin", Languages: []string{"de"}, Place: home}
			}
			f.Landmarks = marks
			return tx.Fronts.SaveFront(ctx, &f)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(at matching.Place) *matching.Place {
		return r.reader.Read(understanding.Request{Text: "Wir suchen Samstag 3 Leute am Zuckerhut", Now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Front: at, Kind: understanding.Need}).Draft.Place
	}
	point := matching.Point{Lat: 50.81, Lon: 6.49}
	set(storage.Landmark{Name: "Zuckerhut", Point: point})
	have, err := renewLandmarks(ctx, s, r, nil)
	if err != nil || len(have) != 1 {
		t.Fatalf("%v, %v", have, err)
	}
	if p := read(home); p == nil || matching.DistanceKM(p.Point, point) > 1 {
		t.Errorf("%+v", p)
	}
	if p := read(frontPlace(r.gazetteer, "Aachen")); p != nil {
		t.Errorf("elsewhere it is %+v", p)
	}
	set()
	if have, err = renewLandmarks(ctx, s, r, have); err != nil || len(have) != 0 || read(home) != nil {
		t.Errorf("%v, %v, %+v", have, err, read(home))
	}
}
