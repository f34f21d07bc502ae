// Package wording holds every sentence the bot says, per language and register, as
// files in locales/, and the few rules by which dates, distances and reasons become
// words. It never decides what is said, and touches no clock, store or network.
package wording

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"ehrenamt/matching"
)

//go:embed locales/*.toml
var files embed.FS

// Catalog is all that can be said. It is safe for concurrent use.
type Catalog struct {
	voices map[string]*voice // "de", "de-sie", "en"
}

// Load reads the embedded files. A file named de.toml is the language's own register; de-sie.toml and
// de-leicht.toml are further registers of it, which say only what they say differently. go-i18n folds private
// subtags into the language, hence one bundle for each file.
func Load() (*Catalog, error) {
	entries, err := files.ReadDir("locales")
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	said := map[string][]*i18n.Message{}
	for _, e := range entries {
		data, err := files.ReadFile("locales/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("wording %s: %w", e.Name(), err)
		}
		var tree map[string]any
		if err := toml.Unmarshal(data, &tree); err != nil {
			return nil, fmt.Errorf("wording %s: %w", e.Name(), err)
		}
		said[strings.TrimSuffix(e.Name(), ".toml")] = flatten("", tree)
	}
	c := &Catalog{voices: map[string]*voice{}}
	for name, own := range said {
		lang, register, _ := strings.Cut(name, "-")
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, fmt.Errorf("wording %s: %w", name, err)
		}
		b := i18n.NewBundle(tag)
		if register != "" {
			err = b.AddMessages(tag, said[lang]...)
		}
		if err == nil {
			err = b.AddMessages(tag, own...)
		}
		if err != nil {
			return nil, fmt.Errorf("wording %s: %w", name, err)
		}
		c.voices[name] = &voice{l: i18n.NewLocalizer(b, lang)}
	}
	return c, nil
}

// flatten names every message by its path. A table with nothing but plural forms is one message (CLDR:
// one, other …); go-i18n's own reader would refuse a table that has a message named "other" among others.
func flatten(path string, tree map[string]any) []*i18n.Message {
	if m, ok := plural(path, tree); ok {
		return []*i18n.Message{m}
	}
	var out []*i18n.Message
	for _, k := range slices.Sorted(maps.Keys(tree)) {
		id := k
		if path != "" {
			id = path + "." + k
		}
		switch v := tree[k].(type) {
		case string:
			out = append(out, &i18n.Message{ID: id, Other: v})
		case map[string]any:
			out = append(out, flatten(id, v)...)
		}
	}
	return out
}

func plural(id string, tree map[string]any) (*i18n.Message, bool) {
	m := &i18n.Message{ID: id}
	forms := map[string]*string{"zero": &m.Zero, "one": &m.One, "two": &m.Two, "few": &m.Few, "many": &m.Many, "other": &m.Other}
	for k, v := range tree {
		form, text := forms[k], ""
		if s, ok := v.(string); ok {
			text = s
		}
		if form == nil || text == "" {
			return nil, false
		}
		*form = text
	}
	return m, m.Other != "" && len(tree) > 1
}

// Voices lists what there is: "de", "de-leicht", "de-sie", "en".
func (c *Catalog) Voices() []string {
	var vs []string
	for v := range c.voices {
		vs = append(vs, v)
	}
	sort.Strings(vs)
	return vs
}

// Languages lists the languages there are words for.
func (c *Catalog) Languages() []string {
	var ls []string
	for _, v := range c.Voices() {
		if !strings.Contains(v, "-") {
			ls = append(ls, v)
		}
	}
	return ls
}

// DefaultLanguage is spoken where nothing else is known.
const DefaultLanguage = "de"

// For chooses the voice of a language and register; what does not exist falls back to the language, then
// to DefaultLanguage.
func (c *Catalog) For(lang, register string) Words {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	for _, v := range []string{lang + "-" + register, lang, DefaultLanguage + "-" + register, DefaultLanguage} {
		if l, ok := c.voices[v]; ok {
			main, _, _ := strings.Cut(v, "-")
			return Words{voice: l, Lang: main, Voice: v}
		}
	}
	return Words{}
}

// voice is one register of one language. Sentences without arguments are kept once they were asked for.
type voice struct {
	l     *i18n.Localizer
	plain sync.Map // key → sentence
}

// Words says things in one voice.
type Words struct {
	voice *voice
	Lang  string
	Voice string
	// Renamed is what a front calls categories, where it calls them otherwise than everybody.
	Renamed map[matching.Category]string
}

// T says key with arguments as pairs of name and value; an int argument named Count chooses the plural.
// An unknown key says its own name, which a test finds.
func (w Words) T(key string, pairs ...any) string {
	if len(pairs) > 0 {
		return w.fill(key, pairs)
	}
	if s, ok := w.voice.plain.Load(key); ok {
		return s.(string)
	}
	s := w.fill(key, nil)
	w.voice.plain.Store(key, s)
	return s
}

func (w Words) fill(key string, pairs []any) string {
	cfg := &i18n.LocalizeConfig{MessageID: key}
	if len(pairs) > 0 {
		data := make(map[string]any, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			name, _ := pairs[i].(string)
			data[name] = pairs[i+1]
			if name == "Count" {
				cfg.PluralCount = pairs[i+1]
			}
		}
		cfg.TemplateData = data
	}
	s, err := w.voice.l.Localize(cfg)
	if err != nil && cfg.PluralCount != nil { // a message without plural forms that shows a count
		cfg.PluralCount = nil
		s, err = w.voice.l.Localize(cfg)
	}
	if err != nil || s == "" {
		return key
	}
	return strings.TrimSpace(s)
}

// Has tells whether there are words for key.
func (w Words) Has(key string) bool { return w.T(key, "Count", 2) != key }
