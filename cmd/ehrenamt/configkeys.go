package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func configType() reflect.Type { return reflect.TypeFor[config]() }

// leafKeys lists the keys of a table, with * for a name the operator chooses.
func leafKeys(t reflect.Type, prefix string) []string {
	switch t.Kind() {
	case reflect.Struct:
		var out []string
		for _, f := range reflect.VisibleFields(t) {
			out = append(out, leafKeys(f.Type, joinKey(prefix, f.Tag.Get("koanf")))...)
		}
		return out
	case reflect.Map:
		return leafKeys(t.Elem(), joinKey(prefix, "*"))
	default:
		return []string{prefix}
	}
}

func joinKey(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// accountPattern is how an account or a front may be called: it becomes part of
// keys, variables and addresses.
var accountPattern = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// walk checks values against the keys and types of config.
type walk struct {
	asText bool // values are text, to be read as what the key wants
	set    func(key string)
}

func (w walk) table(at string, values map[string]any, t reflect.Type) (map[string]any, error) {
	out := make(map[string]any, len(values))
	for _, name := range sortedKeys(values) {
		key := joinKey(at, name)
		want, err := memberOf(t, at, name)
		if err != nil {
			return nil, err
		}
		var v any
		if k := want.Kind(); k == reflect.Struct || k == reflect.Map {
			inner, ok := values[name].(map[string]any)
			if !ok {
				return nil, wrong(key, "is a table: [%s]", key)
			}
			v, err = w.table(key, inner, want)
		} else {
			v, err = w.leaf(key, values[name], want)
			w.set(key)
		}
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	return out, nil
}

// memberOf is the type of what is called name in a table.
func memberOf(t reflect.Type, at, name string) (reflect.Type, error) {
	if t.Kind() == reflect.Map {
		if !accountPattern.MatchString(name) {
			return nil, wrong(at, "%q cannot be a name here: only a-z, 0-9, and - or _ between them", name)
		}
		return t.Elem(), nil
	}
	var known []string
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("koanf")
		if tag == name {
			return f.Type, nil
		}
		known = append(known, joinKey(at, tag))
	}
	return nil, wrong(joinKey(at, name), "unknown key%s", didYouMean(joinKey(at, name), known))
}

func (w walk) leaf(key string, value any, t reflect.Type) (any, error) {
	switch t.Kind() {
	case reflect.String:
		if s, ok := value.(string); ok {
			return cleanText(key, s)
		}
		return nil, wrong(key, "wants text in quotes, not %s", kindOf(value))
	case reflect.Bool:
		if b, ok := value.(bool); ok {
			return b, nil
		}
		if s, ok := value.(string); ok && w.asText {
			if b, err := strconv.ParseBool(strings.ToLower(s)); err == nil {
				return b, nil
			}
		}
		return nil, wrong(key, "wants true or false, not %s", kindOf(value))
	case reflect.Int:
		if n, ok := value.(int64); ok {
			return n, nil
		}
		if s, ok := value.(string); ok && w.asText {
			if n, err := strconv.ParseInt(s, 10, 32); err == nil {
				return n, nil
			}
		}
		return nil, wrong(key, "wants a whole number, not %s", kindOf(value))
	case reflect.Slice:
		return w.list(key, value)
	default:
		return nil, wrong(key, "has no readable type %s", t)
	}
}

// list reads a list of texts; as text its items stand on lines or between commas.
func (w walk) list(key string, value any) (any, error) {
	var items []any
	switch v := value.(type) {
	case []any:
		items = v
	case string:
		if !w.asText {
			return nil, wrong(key, "wants a list: [\"…\"]")
		}
		for item := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == '\n' }) {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
	default:
		return nil, wrong(key, "wants a list, not %s", kindOf(value))
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, wrong(key, "wants a list of texts, not of %s", kindOf(item))
		}
		if _, err := cleanText(key, s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// cleanText refuses what cannot be meant and would break lines of a log or a header.
func cleanText(key, s string) (string, error) {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return "", wrong(key, "contains a line break or control character")
		}
	}
	return s, nil
}

// kindOf names a TOML value for an operator, never its content.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	default:
		return fmt.Sprintf("a %T", v)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// didYouMean names the nearest known word if it is near enough to be a slip.
func didYouMean(word string, known []string) string {
	best, least := "", len([]rune(word))/2+1
	for _, k := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// editDistance counts insertions, deletions and substitutions (Levenshtein).
func editDistance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(rb)]
}
