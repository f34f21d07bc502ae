package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	gotoml "github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settings is the effective configuration and where each of its values came from.
type settings struct {
	config
	origins map[string]string // key → "ehrenamt.toml", "EHRENAMT_LISTEN", "--listen"; absent: default
}

// addConfigFlags declares the flags that every command understands.
func addConfigFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "configuration `file` (default ./ehrenamt.toml if there is one)")
	for _, f := range configFlags() {
		flags.String(f.name, "", f.usage)
	}
}

type configFlag struct{ name, key, usage string }

func configFlags() []configFlag {
	return []configFlag{
		{"database", "database", "SQLite `file` or postgres:// URL (default ehrenamt.db)"},
		{"key-file", "key_file", "`file` with the key of the database (default <database>.key)"},
		{"listen", "listen", "`host:port` for health, pages and webhooks; \"\" is off (default 127.0.0.1:8080)"},
		{"public-url", "public_url", "`URL` under which people reach the pages"},
		{"log-level", "log.level", "`level`: debug, info, warn or error (default info)"},
		{"log-format", "log.format", "`format`: auto, text or json (default auto: text on a terminal)"},
	}
}

// configOf reads the configuration for a command. Every error is for the
// operator, in one line, with the exit code for a wrong configuration.
func configOf(cmd *cobra.Command) (settings, error) {
	s, err := loadConfig(cmd.Flags(), os.Environ())
	if err != nil {
		return settings{}, &exitError{exitConfig, err}
	}
	return s, nil
}

// loadConfig lays file over defaults, environment over file, and flags over all.
// The text of its errors is one printable line, whatever a file contains.
func loadConfig(flags *pflag.FlagSet, environ []string) (settings, error) {
	s, err := layered(flags, environ)
	if err != nil {
		return settings{}, &lineError{err}
	}
	return s, nil
}

// lineError shows an error without line breaks and control characters.
type lineError struct{ err error }

func (e *lineError) Unwrap() error { return e.err }
func (e *lineError) Error() string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, e.err.Error()))
}

func layered(flags *pflag.FlagSet, environ []string) (settings, error) {
	l := loader{k: koanf.New("."), origins: map[string]string{}}
	if err := l.k.Load(confmap.Provider(defaultValues(), ""), nil); err != nil {
		return settings{}, fmt.Errorf("defaults: %w", err)
	}
	name, _ := flags.GetString("config")
	for _, layer := range []func() error{
		func() error { return l.loadFile(name, lookup(environ, envPrefix+"CONFIG")) },
		func() error { return l.loadEnvironment(environ) },
		func() error { return l.loadFlags(flags) },
	} {
		if err := layer(); err != nil {
			return settings{}, err
		}
	}
	s := settings{origins: l.origins}
	if err := l.k.Unmarshal("", &s.config); err != nil {
		return settings{}, fmt.Errorf("configuration: %w", err)
	}
	s.complete(lookup(environ, "CREDENTIALS_DIRECTORY"))
	if err := s.check(); err != nil {
		return settings{}, l.located(err)
	}
	return s, nil
}

type loader struct {
	k       *koanf.Koanf
	origins map[string]string
}

// located says in front of a wrong key where its value came from.
func (l *loader) located(err error) error {
	var e *keyError
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %w", l.originOf(e.key), err)
}

// originOf is where a key was set, or else its nearest neighbour that was.
func (l *loader) originOf(key string) string {
	for k := key; k != ""; k = parentKey(k) {
		if o, ok := l.origins[k]; ok {
			return o
		}
		for _, other := range sortedKeys(l.origins) {
			if strings.HasPrefix(other, k+".") {
				return l.origins[other]
			}
		}
	}
	return "configuration"
}

func parentKey(key string) string {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return ""
	}
	return key[:i]
}

// loadFile reads the file that a flag or the environment names, else the default
// one if it is there.
func (l *loader) loadFile(flag, environment string) error {
	name := flag
	if name == "" {
		name = environment
	}
	named := name != ""
	if !named {
		name = defaultConfigFile
	}
	raw := koanf.New(".")
	err := raw.Load(file.Provider(name), toml.Parser())
	var syntax *gotoml.DecodeError
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil
	case errors.As(err, &syntax):
		row, col := syntax.Position()
		return fmt.Errorf("%s:%d:%d: %w", name, row, col, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("configuration: %w", err)
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	}
	return l.merge(raw.Raw(), name, false)
}

// merge checks a layer against the known keys and lays it over what is there.
func (l *loader) merge(layer map[string]any, origin string, asText bool) error {
	w := walk{asText: asText, set: func(key string) { l.origins[key] = origin }}
	values, err := w.table("", layer, configType())
	if err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	if err := l.k.Load(confmap.Provider(values, ""), nil); err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	return nil
}

func (l *loader) loadFlags(flags *pflag.FlagSet) error {
	known := map[string]configFlag{}
	for _, f := range configFlags() {
		known[f.name] = f
	}
	names := map[string]string{}
	provider := posflag.ProviderWithFlag(flags, "", nil, func(f *pflag.Flag) (string, any) {
		c, ok := known[f.Name]
		if !ok || !f.Changed {
			return "", nil
		}
		names[c.key] = "--" + c.name
		return c.key, f.Value.String()
	})
	values, err := provider.Read()
	if err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	for _, key := range sortedKeys(names) {
		if err := l.merge(nested(key, values[key]), names[key], true); err != nil {
			return err
		}
	}
	return nil
}

const envPrefix = "EHRENAMT_"

// foreignVariable tells which variables with our prefix are not ours to judge:
// those of the tests, and those Kubernetes sets for a service called ehrenamt.
func foreignVariable(name string) bool {
	rest := strings.TrimPrefix(name, envPrefix)
	for _, known := range []string{"CONFIG", "SOAK", "BENCH", "PORT", "SERVICE_HOST", "SERVICE_PORT"} {
		if rest == known {
			return true
		}
	}
	for _, prefix := range []string{"TEST_", "PORT_", "SERVICE_PORT_"} {
		if strings.HasPrefix(rest, prefix) {
			return true
		}
	}
	return false
}

func (l *loader) loadEnvironment(environ []string) error {
	values := map[string]string{}
	provider := env.Provider("", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			if !foreignVariable(name) && value != "" {
				values[name] = value
			}
			return "", nil
		},
	})
	if _, err := provider.Read(); err != nil {
		return fmt.Errorf("environment: %w", err)
	}
	from := map[string]string{} // key → variable, to find one that is set twice
	for _, name := range sortedKeys(values) {
		key, isFile, ok := l.keyOfVariable(name)
		if !ok {
			return fmt.Errorf("%s: unknown variable%s", name, didYouMean(name, knownVariables()))
		}
		if other := from[key]; other != "" {
			return fmt.Errorf("%s: %s is set too, and means the same", name, other)
		}
		from[key] = name
		value := values[name]
		if isFile {
			content, err := os.ReadFile(value)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			value = strings.TrimSpace(string(content))
		}
		if err := l.merge(nested(key, value), name, true); err != nil {
			return err
		}
	}
	return nil
}

// keyOfVariable finds the key that a variable means. EHRENAMT_LOG_LEVEL is
// log.level; EHRENAMT_TELEGRAM__AACHEN__TOKEN is telegram.aachen.token, and
// without a name between double underscores the main account is meant. With
// _FILE at its end the variable names a file that holds the value.
func (l *loader) keyOfVariable(name string) (key string, isFile, ok bool) {
	rest := strings.TrimPrefix(name, envPrefix)
	if key, ok := l.keyOf(rest); ok {
		return key, false, true
	}
	if rest, cut := strings.CutSuffix(rest, "_FILE"); cut {
		key, ok := l.keyOf(rest)
		return key, true, ok
	}
	return "", false, false
}

func (l *loader) keyOf(variable string) (string, bool) {
	for _, pattern := range leafKeys(configType(), "") {
		section, leaf, named := strings.Cut(pattern, ".*.")
		if !named {
			if strings.ReplaceAll(variable, "__", "_") == variableOf(pattern) {
				return pattern, true
			}
			continue
		}
		account := mainAccount
		if section == "fronts" {
			account = defaultFront
		}
		if variable == variableOf(section+"."+leaf) {
			return section + "." + account + "." + leaf, true
		}
		rest, ok := strings.CutPrefix(variable, variableOf(section)+"__")
		if !ok {
			continue
		}
		account, rest, ok = strings.Cut(rest, "__")
		if ok && account != "" && strings.ReplaceAll(rest, "__", "_") == variableOf(leaf) {
			return section + "." + l.accountName(section, account) + "." + leaf, true
		}
	}
	return "", false
}

// accountName is the account in the file that a variable means, as a variable
// has neither small letters nor hyphens, or else a new one.
func (l *loader) accountName(section, variable string) string {
	for _, name := range l.k.MapKeys(section) {
		if variableOf(name) == variable {
			return name
		}
	}
	return strings.ToLower(variable)
}

// variableOf writes a key the way a variable is written.
func variableOf(key string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

func knownVariables() []string {
	var out []string
	for _, key := range leafKeys(configType(), "") {
		out = append(out, envPrefix+variableOf(strings.Replace(key, ".*.", ".", 1)))
	}
	return out
}

// nested turns "a.b.c" and a value into tables.
func nested(key string, value any) map[string]any {
	parts := strings.Split(key, ".")
	for _, part := range slices.Backward(parts) {
		value = map[string]any{part: value}
	}
	return value.(map[string]any)
}

func lookup(environ []string, name string) string {
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}
