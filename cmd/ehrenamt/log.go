package main

import (
	"io"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"strings"

	"golang.org/x/term"

	"ehrenamt/channels"
)

// newLogger writes text to a terminal and JSON to everything else, unless the
// configuration says which. What must not be logged is hidden by its type,
// whatever a call site passes along.
func newLogger(c logConfig, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: logLevel(c.Level), ReplaceAttr: redact}
	if c.Format == "text" || c.Format != "json" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

func logLevel(name string) slog.Level {
	var l slog.Level // Info when the name is none: check refuses others
	_ = l.UnmarshalText([]byte(strings.ToUpper(name)))
	return l
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// redact hides values that hold an address, what people wrote, where they are,
// or a secret, however deep inside they are.
func redact(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	switch v := a.Value.Any().(type) {
	case nil:
		return a
	case *url.URL:
		if v != nil {
			a.Value = slog.StringValue(v.Redacted())
		}
	default:
		if personal(reflect.TypeOf(v), map[reflect.Type]bool{}) {
			a.Value = slog.StringValue(hidden)
		}
	}
	return a
}

// personalTypes lists what no log line may hold.
func personalTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[channels.Address](), reflect.TypeFor[channels.Message](), reflect.TypeFor[channels.Reply](),
		reflect.TypeFor[channels.Point](), reflect.TypeFor[channels.FileInfo](), reflect.TypeFor[channels.Event](),
		reflect.TypeFor[channels.Invite](), reflect.TypeFor[channels.Letter](), reflect.TypeFor[secret](), reflect.TypeFor[location](),
	}
}

// personal tells whether a value of type t can hold one of the personal types.
func personal(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	for _, p := range personalTypes() {
		if t == p {
			return true
		}
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return personal(t.Elem(), seen)
	case reflect.Map:
		return personal(t.Key(), seen) || personal(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if personal(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
