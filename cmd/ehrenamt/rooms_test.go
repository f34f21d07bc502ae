package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "ehrenamt"

// room is one package as go list tells it; tests are exempt from every rule.
type room struct {
	ImportPath string
	Dir        string
	Name       string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
}

// path is the package below the module: "channels/telegram"; "" at the root.
func (r room) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(r.ImportPath, module), "/")
}

// topFolders are the rooms' folders; there are no others with Go in them.
func topFolders() []string {
	return []string{"bot", "channels", "cmd", "conversations", "matching", "storage"}
}

// allowed says which of our packages each room may import, as path patterns
// where /* stands for everything below. The first line that fits a room counts.
func allowed() []struct {
	room string
	may  []string
} {
	return []struct {
		room string
		may  []string
	}{
		{"channels", nil},
		{"channels/web", []string{"channels", "matching"}},
		{"channels/*", []string{"channels"}},
		{"matching", nil},
		{"matching/*", []string{"matching", "matching/*"}},
		{"conversations", []string{"channels", "matching"}},
		{"conversations/*", []string{"conversations", "conversations/*", "channels", "matching", "matching/*"}},
		{"storage", []string{"channels", "conversations", "matching"}},
		{"storage/*", []string{"storage", "channels", "conversations", "matching"}},
		{"bot", []string{"channels", "conversations", "conversations/*", "matching", "matching/*", "storage"}},
		{"cmd/*", []string{"*"}},
	}
}

// onlyIn says which rooms alone may import a foreign package (or what is below it).
func onlyIn() map[string][]string {
	return map[string][]string{
		"github.com/go-telegram-bot-api/telegram-bot-api": {"channels/telegram"},
		"github.com/emersion":                             {"channels/email"},
		"github.com/wneessen/go-mail":                     {"channels/email"},
		"database/sql":                                    {"storage/sqldb", "cmd"}, // cmd measures the index against a plain table
		"github.com/mattn/go-sqlite3":                     {"storage/sqldb", "cmd"},
		"github.com/jackc/pgx":                            {"storage/sqldb"},
		"github.com/pressly/goose":                        {"storage/sqldb"},
		"github.com/spf13/cobra":                          {"cmd"},
		"github.com/knadh/koanf":                          {"cmd"},
	}
}

// forbidden says which packages of the standard library a room never touches.
// net/url, net/netip and net/mail only read texts.
func forbidden() []struct {
	room   string
	never  []string
	except []string
} {
	readers := []string{"net/url", "net/netip", "net/mail"}
	return []struct {
		room   string
		never  []string
		except []string
	}{
		{"matching", []string{"net", "os", "database/sql"}, readers},
		{"conversations", []string{"net", "os", "database/sql"}, readers},
		// These three are tools that read and write files they are given; still no network and no store.
		{"conversations/transcript", []string{"net", "database/sql"}, readers},
		{"matching/places", []string{"net", "database/sql"}, readers},
		{"matching/simulation", []string{"net", "database/sql"}, readers},
		{"matching/*", []string{"net", "os", "database/sql"}, readers},
		{"conversations/*", []string{"net", "os", "database/sql"}, readers},
		{"channels", []string{"net", "os", "database/sql"}, readers},
		{"storage", []string{"net", "os", "database/sql"}, readers},
		{"bot", []string{"net", "os", "database/sql"}, readers},
	}
}

// fits tells whether a package path is what pattern means: itself, or below for
// a pattern that ends in /*.
func fits(pkg, pattern string) bool {
	if below, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(pkg, below)
	}
	return pkg == pattern
}

func within(pkg, top string) bool { return pkg == top || strings.HasPrefix(pkg, top+"/") }

// checkRooms returns a line for every rule that a package breaks.
func checkRooms(rooms []room) []string {
	var broken []string
	for _, r := range rooms {
		p := r.path()
		if p == "" {
			broken = append(broken, "Go files at the root")
			continue
		}
		top, _, _ := strings.Cut(p, "/")
		if !slices.Contains(topFolders(), top) {
			broken = append(broken, fmt.Sprintf("%s: no such top-level folder is foreseen", p))
			continue
		}
		if p == "cmd" {
			broken = append(broken, "cmd: programs live in folders below it")
		}
		for _, i := range r.Imports {
			if line := checkImport(p, i); line != "" {
				broken = append(broken, line)
			}
		}
	}
	return broken
}

func checkImport(p, imported string) string {
	if within(imported, module) {
		ours := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
		if mayImport(p, ours) {
			return ""
		}
		return fmt.Sprintf("%s must not import %s", p, ours)
	}
	for foreign, homes := range onlyIn() {
		if (within(imported, foreign)) && !slices.ContainsFunc(homes, func(home string) bool { return within(p, home) }) {
			return fmt.Sprintf("%s must not import %s: it belongs to %s", p, imported, strings.Join(homes, ", "))
		}
	}
	for _, f := range forbidden() {
		if !fits(p, f.room) {
			continue
		}
		for _, never := range f.never {
			if within(imported, never) && !slices.Contains(f.except, imported) {
				return fmt.Sprintf("%s must not import %s", p, imported)
			}
		}
		break
	}
	return ""
}

// mayImport follows allowed; besides, what lies in folders below a room of an
// adapter belongs to that room.
func mayImport(p, ours string) bool {
	for _, a := range allowed() {
		if !fits(p, a.room) {
			continue
		}
		if slices.ContainsFunc(a.may, func(m string) bool { return fits(ours, m) }) {
			return true
		}
		return strings.Contains(p, "/") && within(ours, adapterOf(p))
	}
	return false
}

// adapterOf is the room a deeper folder belongs to: "channels/telegram" for
// "channels/telegram/telegramtest".
func adapterOf(p string) string {
	top, rest, _ := strings.Cut(p, "/")
	name, _, _ := strings.Cut(rest, "/")
	return top + "/" + name
}

// listRooms asks go list for all packages of the module.
func listRooms(t *testing.T) (root string, rooms []room) {
	t.Helper()
	mod, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Dir(strings.TrimSpace(string(mod)))
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Name,GoFiles,CgoFiles,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var r room
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return root, rooms
		} else if err != nil {
			t.Fatal(err)
		}
		rooms = append(rooms, r)
	}
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	_, rooms := listRooms(t)
	if len(rooms) < 5 {
		t.Fatalf("go list found only %d packages", len(rooms))
	}
	for _, line := range checkRooms(rooms) {
		t.Error(line)
	}
	for _, top := range []string{"channels", "cmd/ehrenamt", "conversations", "matching", "storage"} {
		if !slices.ContainsFunc(rooms, func(r room) bool { return r.path() == top }) {
			t.Errorf("%s is missing", top)
		}
	}
}

func TestTheRulesOfTheRoomsCanBeBroken(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"channels", "strings", true},
		{"channels", "ehrenamt/matching", false},
		{"channels", "net/http", false},
		{"channels/telegram", "ehrenamt/channels", true},
		{"channels/telegram", "ehrenamt/channels/email", false},
		{"channels/telegram", "ehrenamt/storage", false},
		{"channels/telegram", "ehrenamt/matching", false},
		{"channels/telegram", "github.com/go-telegram-bot-api/telegram-bot-api/v5", true},
		{"channels/telegram/telegramtest", "ehrenamt/channels/telegram", true},
		{"channels/telegram/telegramtest", "ehrenamt/channels/web", false},
		{"channels/web", "ehrenamt/matching", true},
		{"channels/web", "ehrenamt/matching/index", false},
		{"channels/email", "github.com/emersion/go-imap/v2", true},
		{"channels/email", "github.com/go-telegram-bot-api/telegram-bot-api/v5", false},
		{"matching", "ehrenamt/channels", false},
		{"matching", "net/url", true},
		{"matching", "os", false},
		{"matching", "net/http", false},
		{"matching/index", "ehrenamt/matching", true},
		{"matching/index", "ehrenamt/matching/places", true},
		{"matching/index", "ehrenamt/storage", false},
		{"matching/places", "os", true},
		{"matching/places", "net", false},
		{"conversations", "ehrenamt/matching", true},
		{"conversations", "ehrenamt/matching/places", false},
		{"conversations", "ehrenamt/conversations/wording", false},
		{"conversations", "database/sql", false},
		{"conversations/flows", "ehrenamt/conversations/wording", true},
		{"conversations/flows", "ehrenamt/matching/places", true},
		{"conversations/flows", "ehrenamt/channels", true},
		{"conversations/flows", "ehrenamt/channels/console", false},
		{"conversations/flows", "ehrenamt/storage", false},
		{"conversations/flows", "os/exec", false},
		{"storage", "ehrenamt/conversations", true},
		{"storage", "ehrenamt/conversations/flows", false},
		{"storage", "ehrenamt/storage/sqldb", false},
		{"storage", "database/sql", false},
		{"storage/sqldb", "ehrenamt/storage", true},
		{"storage/sqldb", "ehrenamt/matching", true},
		{"storage/sqldb", "ehrenamt/matching/index", false},
		{"storage/sqldb", "ehrenamt/storage/storagetest", false},
		{"storage/sqldb", "ehrenamt/bot", false},
		{"storage/sqldb", "database/sql", true},
		{"bot", "ehrenamt/conversations/flows", true},
		{"bot", "ehrenamt/matching/waves", true},
		{"bot", "ehrenamt/storage", true},
		{"bot", "ehrenamt/storage/sqldb", false},
		{"bot", "ehrenamt/channels/telegram", false},
		{"bot", "net/http", false},
		{"bot", "database/sql", false},
		{"cmd/ehrenamt", "ehrenamt/storage/sqldb", true},
		{"cmd/ehrenamt", "ehrenamt/bot", true},
		{"cmd/ehrenamt", "database/sql", true},
		{"storage", "ehrenamt/cmd/ehrenamt", false},
	} {
		got := checkRooms([]room{{ImportPath: path.Join(module, c.from), Imports: []string{c.to}}})
		if (len(got) == 0) != c.ok {
			t.Errorf("%s → %s: %q, allowed should be %v", c.from, c.to, got, c.ok)
		}
	}
	for _, p := range []string{"ehrenamt", "ehrenamt/util", "ehrenamt/internal/x", "ehrenamt/cmd"} {
		if len(checkRooms([]room{{ImportPath: p}})) == 0 {
			t.Errorf("%s is accepted", p)
		}
	}
}
