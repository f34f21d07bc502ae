// Package cellbench is what the index is measured against: the best that plain SQL
// does for finding subscriptions, a B-tree over category, class of radius and
// cell, and a table from which an index is built at start. It keeps files of its
// own in a folder it is given, and is no part of the store.
package cellbench

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
	"path/filepath"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the database measured

	"ehrenamt/matching"
)

// Row is a subscription; the sets are masks, of which the first two mean everything when 0.
type Row struct {
	ID             string
	Point          matching.Point
	Radius         float64 // km
	Categories     uint32
	Slots          matching.Slots
	Qualifications uint64
	Kinds          uint8
	Languages      uint32
	State          uint8
	Revision       int64
}

// Need is what is asked; a mask of 0 asks nothing.
type Need struct {
	Point      matching.Point
	Categories uint32
	Slots      matching.Slots
	Required   uint64
}

// cellClasses are the largest radii in km of the classes of the cell table, the last for all others;
// cells are as wide as the radius.
var cellClasses = []float64{4, 8, 15, 30, 60, 120, 250, math.MaxFloat64}

// Table is a filled cell table.
type Table struct {
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

func open(dir string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "bench.db")+"?_journal_mode=WAL&_synchronous=OFF&_cache_size=-400000")
	if err != nil {
		return nil, fmt.Errorf("cells: %w", err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// Fill makes a cell table in a folder.
func Fill(ctx context.Context, dir string, rows iter.Seq[Row]) (*Table, error) {
	db, err := open(dir)
	if err != nil {
		return nil, err
	}
	t, err := fill(ctx, db, rows)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("fill cells: %w", err)
	}
	return t, nil
}

// Close lets go of the file.
func (t *Table) Close() error {
	t.near.Close()
	return t.db.Close()
}

func fill(ctx context.Context, db *sql.DB, rows iter.Seq[Row]) (*Table, error) {
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
	n := 0
	for e := range rows {
		n++
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
	t := &Table{db: db}
	for class := range cellClasses {
		if used[class] {
			t.used = append(t.used, class)
		}
	}
	t.near, err = db.PrepareContext(ctx, cellQuery)
	return t, err
}

// Match lists the ids of the subscriptions that a need fits.
func (t *Table) Match(ctx context.Context, q Need) ([]string, error) {
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

// WriteLean writes a table of one line a subscription into a folder.
func WriteLean(ctx context.Context, dir string, rows iter.Seq[Row]) error {
	db, err := open(dir)
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
	for e := range rows {
		if _, err := insert.ExecContext(ctx, e.ID, e.Point.Lat, e.Point.Lon, e.Radius, int64(e.Categories), int64(e.Slots),
			int64(e.Qualifications), int64(e.Kinds), int64(e.Languages), int64(e.State), e.Revision); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// ReadLean opens the table and streams its lines.
func ReadLean(ctx context.Context, dir string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		db, err := open(dir)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer db.Close()
		rows, err := db.QueryContext(ctx, `SELECT id, lat, lon, radius, categories, slots, qualifications, kinds, languages, state, revision FROM lean`)
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var r Row
			var qualifications int64
			err := rows.Scan(&r.ID, &r.Point.Lat, &r.Point.Lon, &r.Radius, &r.Categories, &r.Slots, &qualifications,
				&r.Kinds, &r.Languages, &r.State, &r.Revision)
			r.Qualifications = uint64(qualifications)
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, err)
		}
	}
}
