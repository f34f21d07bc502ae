package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
)

// said is a file as it stands: keys with all their plural forms.
func said(t *testing.T, voice string) map[string][]string {
	t.Helper()
	data, err := files.ReadFile("locales/" + voice + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, m := range flatten("", tree) {
		all[m.ID] = forms(m)
	}
	return all
}

func forms(m *i18n.Message) []string {
	var fs []string
	for _, f := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		if f != "" {
			fs = append(fs, f)
		}
	}
	return fs
}

// voiced is a voice as people hear it: the language's own register with what another register says differently.
func voiced(t *testing.T, voice string) map[string][]string {
	lang, register, _ := strings.Cut(voice, "-")
	all := said(t, lang)
	if register != "" {
		maps.Copy(all, said(t, voice))
	}
	return all
}

func voices(t *testing.T) []string {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Voices()
}

var placeholder = regexp.MustCompile(`\.([A-Z][A-Za-z]*)`)

// placeholders are the values a message uses, in any of its forms. Count may be left out where a form says the number.
func placeholders(fs []string) []string {
	used := map[string]bool{}
	for _, f := range fs {
		for _, action := range regexp.MustCompile(`{{[^}]*}}`).FindAllString(f, -1) {
			for _, m := range placeholder.FindAllStringSubmatch(action, -1) {
				used[m[1]] = true
			}
		}
	}
	delete(used, "Count")
	return slices.Sorted(maps.Keys(used))
}

// optional are values that a voice may do without: names a greeting or a sentence reads well without.
var optional = []string{"Category"}

func TestEveryLanguageSaysEverything(t *testing.T) {
	master := said(t, DefaultLanguage)
	for _, voice := range voices(t) {
		other := voiced(t, voice)
		for key, fs := range master {
			theirs, ok := other[key]
			if !ok {
				t.Errorf("%s does not say %s", voice, key)
				continue
			}
			want, got := placeholders(fs), placeholders(theirs)
			for _, p := range want {
				if !slices.Contains(got, p) && !slices.Contains(optional, p) {
					t.Errorf("%s leaves %s out of %s", voice, p, key)
				}
			}
			for _, p := range got {
				if !slices.Contains(want, p) {
					t.Errorf("%s uses %s in %s, which %s does not", voice, p, key, DefaultLanguage)
				}
			}
		}
		for key := range said(t, voice) {
			if _, ok := master[key]; !ok {
				t.Errorf("%s says %s, which nobody asks for", voice, key)
			}
		}
	}
}

// people speak so themselves: choices and lists of words are theirs, not ours.
func theirs(key string) bool {
	return strings.HasSuffix(key, ".words") || strings.HasPrefix(key, "say.") || strings.HasPrefix(key, "likely.") ||
		strings.Contains(key, ".choice.") || key == "search.common" || strings.HasPrefix(key, "settings.register.") || strings.HasPrefix(key, "choice.")
}

func TestSieNeverSaysDu(t *testing.T) {
	du := regexp.MustCompile(`(?i)\b(du|dir|dich|dein\w*|ihr|euch|euer\w*|eure\w*|schreib|antworte|nenn|schau|schick|lass|wähl|lade|mach|magst|kannst|möchtest|hast|bist|willst|brauchst|suchst)\b`)
	for key, fs := range voiced(t, "de-sie") {
		for _, f := range fs {
			// "Ihr" and "Ihre" are what we want; only small ones are a plural du
			if m := du.FindString(f); m != "" && m != "Ihr" && !theirs(key) {
				t.Errorf("%s: %q in %q", key, m, f)
			}
		}
	}
}

func TestPlainGermanIsPlain(t *testing.T) {
	action := regexp.MustCompile(`{{[^}]*}}`)
	quoted := regexp.MustCompile(`„[^“]*“`)
	end := regexp.MustCompile(`[.!?:]\s|\n`)
	for key, fs := range voiced(t, "de-leicht") {
		for _, f := range fs {
			if theirs(key) || strings.HasPrefix(key, "card.") || strings.HasPrefix(key, "date.") || strings.HasPrefix(key, "export.") {
				continue
			}
			f = quoted.ReplaceAllString(action.ReplaceAllString(f, " "), "X")
			for _, sentence := range end.Split(f, -1) {
				if n := len(strings.Fields(sentence)); n > 10 {
					t.Errorf("%s: %d words in %q", key, n, sentence)
				}
				if strings.Contains(sentence, " – ") || strings.Contains(sentence, ";") {
					t.Errorf("%s: two thoughts in %q", key, sentence)
				}
			}
		}
	}
}

func TestNobodyIsToldTooMuchAtOnce(t *testing.T) {
	for _, voice := range voices(t) {
		for key, fs := range voiced(t, voice) {
			for _, f := range fs {
				limit := 600
				if key == "privacy.long" {
					limit = 1500
				}
				if n := utf8.RuneCountInString(f); n > limit && !theirs(key) {
					t.Errorf("%s %s: %d characters", voice, key, n)
				}
			}
		}
	}
}

// TestEveryKeyInTheProgramHasWords reads the string literals given to T, Has, choice and the like in the rooms
// that speak. A literal that ends with a dot is the beginning of keys.
func TestEveryKeyInTheProgramHasWords(t *testing.T) {
	master := said(t, DefaultLanguage)
	begins := func(prefix string) bool {
		for key := range master {
			if strings.HasPrefix(key, prefix) {
				return true
			}
		}
		return false
	}
	found := 0
	for _, room := range []string{"../../conversations", "../../bot", "../../channels", "../../cmd"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				key, whole, ok := keyOf(n)
				if !ok {
					return true
				}
				found++
				if _, exists := master[key]; whole && !exists {
					t.Errorf("%s: no words for %q", path, key)
				} else if !whole && !begins(key) {
					t.Errorf("%s: no words begin with %q", path, key)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Errorf("only %d keys were found: the reading of the program is broken", found)
	}
}

// keyOf is the key a call says: the first argument of w.T and w.Has, the third of choice. whole is false where
// something follows it.
func keyOf(n ast.Node) (key string, whole, ok bool) {
	call, isCall := n.(*ast.CallExpr)
	if !isCall {
		return "", false, false
	}
	at := -1
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if f.Sel.Name == "T" || f.Sel.Name == "Has" {
			at = 0
		}
	case *ast.Ident:
		switch f.Name {
		case "choice":
			at = 2
		case "forKind":
			at = 1
		}
	}
	if at < 0 || at >= len(call.Args) {
		return "", false, false
	}
	arg, whole := call.Args[at], true
	if sum, isSum := arg.(*ast.BinaryExpr); isSum {
		for arg, whole = sum.X, false; ; {
			inner, isSum := arg.(*ast.BinaryExpr)
			if !isSum {
				break
			}
			arg = inner.X
		}
	}
	lit, isLit := arg.(*ast.BasicLit)
	if !isLit || lit.Kind != token.STRING {
		return "", false, false
	}
	key, err := strconv.Unquote(lit.Value)
	return key, whole, err == nil
}
