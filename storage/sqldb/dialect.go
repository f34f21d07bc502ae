package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"ehrenamt/storage"
)

type dialect int

const (
	sqlite dialect = iota
	postgres
)

// liteConnector opens connections to one SQLite file without a global registration.
type liteConnector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c liteConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c liteConnector) Driver() driver.Driver                        { return c.driver }

// openLite makes a pool with the one connection that writes, and one with several that read.
func openLite(c Config, pragmas []string) (write, read *sql.DB, err error) {
	path := strings.TrimPrefix(c.DSN, "file:")
	if path == "" || strings.HasPrefix(path, ":") {
		return nil, nil, fmt.Errorf("%q is not the path of a database", c.DSN)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, err
	}
	if err := f.Close(); err != nil {
		return nil, nil, err
	}
	dsn := func(more string) string {
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on" +
			"&_stmt_cache_size=400&_busy_timeout=" + strconv.FormatInt(c.Busy.Milliseconds(), 10) + more
	}
	connect := func(dsn string, pragmas ...string) liteConnector {
		return liteConnector{dsn, &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
			for _, p := range pragmas {
				if _, err := conn.Exec("PRAGMA "+p, nil); err != nil {
					return err
				}
			}
			return nil
		}}}
	}
	pragmas = append([]string{"cache_size = -32000", "wal_autocheckpoint = 4000", "journal_size_limit = 67108864"}, pragmas...)
	write = sql.OpenDB(connect(dsn("&_txlock=immediate"), pragmas...))
	write.SetMaxOpenConns(1)
	read = sql.OpenDB(connect(dsn("&_txlock=deferred&_query_only=on"), "cache_size = -4000"))
	n := c.Conns
	if n == 0 {
		n = 4
	}
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return write, read, nil
}

func openPostgres(c Config) (*sql.DB, error) {
	pc, err := pgx.ParseConfig(c.DSN)
	if err != nil {
		return nil, errors.New("the URL of the PostgreSQL database cannot be read") // its text may hold a password
	}
	for k, v := range map[string]string{
		"application_name": "ehrenamt",
		"lock_timeout":     strconv.FormatInt(c.Busy.Milliseconds(), 10),
	} {
		if _, ok := pc.RuntimeParams[k]; !ok {
			pc.RuntimeParams[k] = v
		}
	}
	pc.StatementCacheCapacity = 400
	db := stdlib.OpenDB(*pc)
	n := c.Conns
	if n == 0 {
		n = 16
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// quiet is the context for a statement. On SQLite a statement takes microseconds, and a context that can
// end costs a goroutine each; txn.may looks at ctx between statements instead.
func (s *Store) quiet(ctx context.Context) context.Context {
	if s.dialect == sqlite {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// text is the SQL in the placeholders of the dialect.
func (s *Store) text(query string) string {
	if s.dialect == sqlite {
		return query
	}
	if t, ok := s.texts.Load(query); ok {
		return t.(string)
	}
	t := strings.ReplaceAll(query, "?", "$")
	s.texts.Store(query, t)
	return t
}

func digits(n int) string { return strconv.Itoa(n) }

// wrap gives errors of the databases the names that callers branch on, and takes from them what may
// hold values of rows.
func (s *Store) wrap(err error) error {
	var lite sqlite3.Error
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &lite):
		return wrapLite(lite)
	case errors.As(err, &pg):
		return wrapPostgres(pg)
	}
	return err
}

func wrapLite(e sqlite3.Error) error {
	switch e.Code {
	case sqlite3.ErrFull:
		return fmt.Errorf("sqlite: %w", storage.ErrFull)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("sqlite: %w", storage.ErrBusy)
	}
	if e.SystemErrno == syscall.ENOSPC {
		return fmt.Errorf("sqlite: %w", storage.ErrFull)
	}
	return e
}

func wrapPostgres(e *pgconn.PgError) error {
	var cause error
	switch e.Code {
	case "53100":
		cause = storage.ErrFull
	case "55P03", "57014", "53300", "57P03":
		cause = storage.ErrBusy
	case "40001", "40P01":
		cause = storage.ErrConflict
	default:
		return fmt.Errorf("postgres: SQLSTATE %s, table %q, constraint %q", e.Code, e.TableName, e.ConstraintName)
	}
	return fmt.Errorf("postgres: SQLSTATE %s: %w", e.Code, cause)
}
