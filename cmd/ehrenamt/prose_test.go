package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// clocked names the rooms whose code may look at the clock itself; everybody
// else is given the time.
func clocked(p string) bool { return within(p, "cmd") || strings.HasPrefix(p, "channels/") }

// pure names the rooms in which nothing waits, either.
func pure(p string) bool {
	return p == "channels" || p == "storage" || within(p, "matching") || within(p, "conversations")
}

// worded names the rooms that may hold words of people, and why.
func worded(p string) bool {
	switch p {
	case "conversations/wording": // every sentence the bot says
		return true
	case "conversations/understanding": // the lexicons of what people write
		return true
	case "matching/places": // names of places
		return true
	case "matching/index/words", "matching/index/indexbench": // idle words and pseudo-compounds; made-up postings
		return true
	}
	return strings.HasSuffix(p, "test") // contracts and fakes, which only tests import
}

// sentence recognises German, and in the rooms that speak to people English, by
// the little words that no identifier, key or message for operators has.
var (
	german  = regexp.MustCompile(`(?i)(^|[^\pL])(bitte|danke|wurde|gesucht|dein|deine|deinen|deiner|nicht|leider|möchtest|kannst|kannst du|hast du|bist|wir|ihr|ist|sind|und|oder|für|dich|dir|schreib|antworte|veröffentlicht)([^\pL]|$)`)
	english = regexp.MustCompile(`(?i)(^|[^\pL])(you|your|yours|please|sorry|thanks|welcome)([^\pL]|$)`)
)

func speaks(p string) bool {
	return p == "bot" || p == "channels" || within(p, "conversations") || within(p, "channels/telegram") || within(p, "channels/console") || within(p, "channels/web")
}

// checkFile returns a line for every look at the clock and every sentence that
// does not belong into the package p.
func checkFile(p string, fset *token.FileSet, f *ast.File) []string {
	var broken []string
	at := func(n ast.Node, format string, args ...any) {
		pos := fset.Position(n.Pos())
		broken = append(broken, fmt.Sprintf("%s/%s:%d: ", p, filepath.Base(pos.Filename), pos.Line)+fmt.Sprintf(format, args...))
	}
	clock := importedAs(f, "time")
	skip := map[ast.Node]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				skip[n.Tag] = true
			}
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok || clock == "" || x.Name != clock {
				return true
			}
			switch n.Sel.Name {
			case "Now", "Since", "Until":
				if !clocked(p) {
					at(n, "looks at the clock: time.%s; take the time as a value or a func", n.Sel.Name)
				}
			case "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick":
				if pure(p) {
					at(n, "waits in a pure room: time.%s", n.Sel.Name)
				}
			}
		case *ast.BasicLit:
			if text := literal(n); !skip[n] && !worded(p) && isSentence(p, text) {
				at(n, "a sentence for people: %q; it belongs to conversations/wording", text)
			}
		}
		return true
	})
	return broken
}

func importedAs(f *ast.File, pkg string) string {
	for _, i := range f.Imports {
		if i.Path.Value == strconv.Quote(pkg) {
			if i.Name != nil {
				return i.Name.Name
			}
			return pkg
		}
	}
	return ""
}

func literal(n *ast.BasicLit) string {
	if n.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(n.Value)
	if err != nil {
		return ""
	}
	return s
}

// isSentence leaves alternatives ("danke|vielen dank") alone: a pattern
// recognises what people write and is never said.
func isSentence(p, text string) bool {
	if len(strings.Fields(text)) < 3 || strings.Contains(text, "|") {
		return false
	}
	return german.MatchString(text) || speaks(p) && english.MatchString(text)
}

func TestOnlyTheEdgesLookAtTheClockAndOnlyWordingSpeaks(t *testing.T) {
	_, rooms := listRooms(t)
	files := 0
	for _, r := range rooms {
		for _, name := range append(r.GoFiles, r.CgoFiles...) {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(r.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files++
			for _, line := range checkFile(r.path(), fset, f) {
				t.Error(line)
			}
		}
	}
	if files < 10 {
		t.Errorf("only %d files looked at", files)
	}
}

func TestTheRulesOfClockAndWordingCanBeBroken(t *testing.T) {
	for _, c := range []struct {
		room, code string
		ok         bool
	}{
		{"bot", `import "time"; var a = time.Now()`, false},
		{"bot", `import "time"; type s struct{ now func() time.Time }; var a = s{now: time.Now}`, false},
		{"bot", `import clock "time"; var a = clock.Since(clock.Time{})`, false},
		{"storage/sqldb", `import "time"; func f() { <-time.After(time.Until(time.Time{})) }`, false},
		{"storage/sqldb", `import "time"; func f() { <-time.After(time.Second) }`, true},
		{"matching/waves", `import "time"; func f() { time.Sleep(1) }`, false},
		{"conversations", `import "time"; type t struct{ Now time.Time }; func f(env t) time.Time { return env.Now }`, true},
		{"channels/telegram", `import "time"; var a = time.Now()`, true},
		{"cmd/ehrenamt", `import "time"; var a = time.Now()`, true},
		{"bot", `var time struct{ Now int }; var a = time.Now`, true},
		{"bot", `var a = "Danke, das war alles."`, false},
		{"cmd/ehrenamt", "var a = `Wir suchen fünf Leute`", false},
		{"conversations/flows", `var a = "Schick mir bitte deinen Ort."`, false},
		{"conversations/flows", `var a = "Please send your place."`, false},
		{"conversations/flows", `var a = "posting.ask.place"`, true},
		{"channels/email", `var a = "Bitte antworte auf diese Mail."`, false},
		{"channels/email", `var a = "(?i)ich bin nicht im büro|ich bin nicht da"`, true},
		{"channels/channeltest", `var a = "Wir suchen drei Leute"`, true},
		{"conversations/flows", `var a = "ask place: %w"`, true},
		{"conversations/wording", `var a = "Schick mir bitte deinen Ort."`, true},
		{"conversations/understanding", `var a = "für den nächsten samstag"`, true},
		{"cmd/ehrenamt", `var a = "give your key in key_file"`, true},
		{"bot", "type t struct{ A int `json:\"und oder nicht\"` }", true},
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "made-up.go", "package x\n"+strings.ReplaceAll(c.code, "; ", "\n"), 0)
		if err != nil {
			t.Fatalf("%s: %v", c.code, err)
		}
		if got := checkFile(c.room, fset, f); (len(got) == 0) != c.ok {
			t.Errorf("%s in %s: %q, allowed should be %v", c.code, c.room, got, c.ok)
		}
	}
}
