package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the database measured against

	"ehrenamt/matching"
	"ehrenamt/matching/index"
	"ehrenamt/matching/index/indexbench"
)

// cellClasses are the largest radii in km of the classes of the cell table, the last for all others;
// cells are as wide as the radius.
var cellClasses = []float64{4, 8, 15, 30, 60, 120, 250, math.MaxFloat64}

// cellTable is the best that plain SQL does: a B-tree over category, class of radius and cell, that holds
// all columns needed.
type cellTable struct {
	db   *sql.DB
	near *sql.Stmt
	used []int // classes with rows
}

const cellSchema = `
CREATE TABLE cell (category INTEGER, class INTEGER, y INTEGER, x INTEGER, n INTEGER, id TEXT, lat REAL, lon REAL, radius REAL,
	slots INTEGER, qualifications INTEGER, PRIMARY KEY (category, class, y, x, n)) WITHOUT ROWID`

const cellInsert = `INSERT INTO cell VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)`

const cellQuery = `SELECT id, lat, lon, radius FROM cell
	WHERE category = ?1 AND class = ?2 AND y = ?3 AND x BETWEEN ?4 AND ?5
	AND (?6 = 0 OR slots = 0 OR slots & ?6 <> 0) AND qualifications & ?7 = ?7`

const degreeKM = 111.0 // a little less than a degree of latitude

// cellSide is the side of the cells of a class in degrees.
func cellSide(class int) float64 { return min(cellClasses[class], 5000) / degreeKM }

// anyCategory is the key under which those stand who want every category.
const anyCategory = -1

func openBenchDB(dir string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "bench.db")+"?_journal_mode=WAL&_synchronous=OFF&_cache_size=-400000")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// versusSQLite measures the cell table on the needs of the bench.
func versusSQLite(ctx context.Context, b *indexbench.Bench, m *indexbench.Matching) error {
	dir, err := os.MkdirTemp("", "ehrenamt-bench-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	db, err := openBenchDB(dir)
	if err != nil {
		return err
	}
	defer db.Close()
	b.Say("filling " + sqliteCell)
	began := time.Now()
	t, err := fillCells(ctx, db, b.Set.Entries)
	if err != nil {
		return fmt.Errorf("bench %s: %w", sqliteCell, err)
	}
	build := time.Since(began)
	defer t.near.Close()
	return b.Versus(m, sqliteCell, build, func(q index.Query) ([]string, error) { return t.match(ctx, &q) })
}

func fillCells(ctx context.Context, db *sql.DB, entries []index.Entry) (*cellTable, error) {
	if _, err := db.ExecContext(ctx, cellSchema); err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	insert, err := tx.PrepareContext(ctx, cellInsert)
	if err != nil {
		return nil, err
	}
	used := map[int]bool{}
	for n := range entries {
		e := &entries[n]
		class := 0
		for class < len(cellClasses)-1 && e.Radius > cellClasses[class] {
			class++
		}
		used[class] = true
		side := cellSide(class)
		y, x := math.Floor(e.Point.Lat/side), math.Floor(e.Point.Lon/side)
		put := func(category int) error {
			_, err := insert.ExecContext(ctx, category, class, int64(y), int64(x), n, e.ID, e.Point.Lat, e.Point.Lon, e.Radius,
				int64(e.Slots), int64(e.Qualifications))
			return err
		}
		if e.Categories == 0 {
			err = put(anyCategory)
		}
		for c := range 32 {
			if e.Categories>>c&1 != 0 && err == nil {
				err = put(c)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	t := &cellTable{db: db}
	for class := range cellClasses {
		if used[class] {
			t.used = append(t.used, class)
		}
	}
	t.near, err = db.PrepareContext(ctx, cellQuery)
	return t, err
}

// match lists the ids that a need of one category fits.
func (t *cellTable) match(ctx context.Context, q *index.Query) ([]string, error) {
	var out []string
	categories := []int{anyCategory}
	for c := range 32 {
		if q.Categories == 0 || q.Categories>>c&1 != 0 {
			categories = append(categories, c)
		}
	}
	seen := map[string]bool{}
	for _, class := range t.used {
		for y, xs := range cellsAround(q.Point, class) {
			for _, c := range categories {
				rows, err := t.near.QueryContext(ctx, c, class, y, xs[0], xs[1], int64(q.Slots), int64(q.Required))
				if err != nil {
					return nil, err
				}
				for rows.Next() {
					var id string
					var p matching.Point
					var radius float64
					if err := rows.Scan(&id, &p.Lat, &p.Lon, &radius); err != nil {
						return nil, err
					}
					if matching.DistanceKM(p, q.Point) <= radius && (q.Categories != 0 || !seen[id]) {
						seen[id] = q.Categories == 0
						out = append(out, id)
					}
				}
				if err := rows.Err(); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// cellsAround are the rows of cells, each with its first and last column, in which circles of a class
// can have their centre that contain the point.
func cellsAround(p matching.Point, class int) iter.Seq2[int64, [2]int64] {
	return func(yield func(int64, [2]int64) bool) {
		side := cellSide(class)
		reach := cellClasses[class] / degreeKM
		whole := [2]int64{int64(math.Floor(-180 / side)), int64(math.Floor(180 / side))}
		for y := math.Floor(max(-90, p.Lat-reach) / side); y <= math.Floor(min(90, p.Lat+reach)/side); y++ {
			xs := [][2]int64{whole}
			far := max(math.Abs(y*side), math.Abs((y+1)*side), math.Abs(p.Lat))
			if width := reach / math.Cos(min(far, 90)*math.Pi/180) * 1.01; far < 85 && width < 90 {
				at := func(lon float64) int64 { return int64(math.Floor(lon / side)) }
				xs = [][2]int64{{at(p.Lon - width), at(p.Lon + width)}}
				if p.Lon-width < -180 {
					xs = append(xs, [2]int64{at(p.Lon - width + 360), whole[1]})
				}
				if p.Lon+width > 180 {
					xs = append(xs, [2]int64{whole[0], at(p.Lon + width - 360)})
				}
			}
			for _, x := range xs {
				if !yield(int64(y), x) {
					return
				}
			}
		}
	}
}

const leanSchema = `CREATE TABLE lean (id TEXT PRIMARY KEY, lat REAL, lon REAL, radius REAL, categories INTEGER, slots INTEGER,
	qualifications INTEGER, kinds INTEGER, languages INTEGER, state INTEGER, revision INTEGER) WITHOUT ROWID`

// startFromSQLite writes the entries as lean rows and measures the way from opening the file to a ready
// index.
func startFromSQLite(ctx context.Context, set *indexbench.Set, workers int) (*indexbench.Start, error) {
	dir, err := os.MkdirTemp("", "ehrenamt-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := writeLean(ctx, dir, set.Entries); err != nil {
		return nil, fmt.Errorf("bench start: %w", err)
	}
	began := time.Now()
	db, err := openBenchDB(dir)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	x, err := index.Build(leanRows(ctx, db), workers)
	if err != nil {
		return nil, fmt.Errorf("bench start: %w", err)
	}
	return &indexbench.Start{Name: "sqlite", Seconds: time.Since(began).Seconds(), Same: x.Len() == len(set.Entries)}, nil
}

func writeLean(ctx context.Context, dir string, entries []index.Entry) error {
	db, err := openBenchDB(dir)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, leanSchema); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO lean VALUES (?1"+strings.Repeat(", ?", 10)+")")
	if err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		if _, err := insert.ExecContext(ctx, e.ID, e.Point.Lat, e.Point.Lon, e.Radius, int64(e.Categories), int64(e.Slots),
			int64(e.Qualifications), int64(e.Kinds), int64(e.Languages), int64(e.State), e.Revision); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// leanRows streams the entries.
func leanRows(ctx context.Context, db *sql.DB) iter.Seq2[index.Entry, error] {
	return func(yield func(index.Entry, error) bool) {
		rows, err := db.QueryContext(ctx, `SELECT id, lat, lon, radius, categories, slots, qualifications, kinds, languages, state, revision FROM lean`)
		if err != nil {
			yield(index.Entry{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var e index.Entry
			var qualifications int64
			if err := rows.Scan(&e.ID, &e.Point.Lat, &e.Point.Lon, &e.Radius, &e.Categories, &e.Slots, &qualifications,
				&e.Kinds, &e.Languages, &e.State, &e.Revision); err != nil {
				yield(e, err)
				return
			}
			e.Qualifications = uint64(qualifications)
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(index.Entry{}, err)
		}
	}
}
