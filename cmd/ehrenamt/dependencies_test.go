package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rowOf finds the lines of docs/dependencies.md that name a module.
var rowOf = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|")

// missingRows returns the imports of other people's packages that no row covers.
func missingRows(imports []string, rows []string) []string {
	var missing []string
	for _, i := range imports {
		first, _, _ := strings.Cut(i, "/")
		if within(i, module) || !strings.Contains(first, ".") {
			continue // ours, or the standard library
		}
		if !slices.ContainsFunc(rows, func(row string) bool { return within(i, row) }) {
			missing = append(missing, i)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

func TestEveryDependencyEarnsItsLine(t *testing.T) {
	root, _ := listRooms(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, m := range rowOf.FindAllStringSubmatch(string(text), -1) {
		rows = append(rows, m[1])
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}{{"\n"}}{{join .TestImports "\n"}}{{"\n"}}{{join .XTestImports "\n"}}`, "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range missingRows(strings.Fields(string(out)), rows) {
		t.Errorf("%s has no line in docs/dependencies.md", i)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if !strings.Contains(string(mod), "\t"+row+" v") {
			t.Errorf("docs/dependencies.md names %s, which go.mod does not", row)
		}
	}
}

func TestADependencyWithoutALineIsFound(t *testing.T) {
	got := missingRows([]string{"os", "C", "ehrenamt/channels", "a.example/known/v2/sub", "a.example/knownother", "b.example/x", "b.example/x"}, []string{"a.example/known/v2"})
	if want := []string{"a.example/knownother", "b.example/x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
