package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// hidden stands wherever a secret would be shown.
const hidden = "(hidden)"

// secret is a value that no log line, error or listing shows, whatever the verb
// or encoder. Only reveal gives it away.
type secret string

func (s secret) reveal() string { return string(s) }

// String is empty for an empty secret, so that one sees whether there is one.
func (s secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format covers every verb: %d or %x of a plain string type would print its bytes.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText keeps JSON, TOML and text encoders from seeing the value.
func (s secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue does the same for slog.
func (s secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// location is a file name or a URL, of which a password is hidden.
type location string

func (l location) reveal() string { return string(l) }

func (l location) isURL() bool { return strings.Contains(string(l), "://") }

// String shows everything but the password.
func (l location) String() string {
	if !l.isURL() {
		return string(l)
	}
	u, err := url.Parse(string(l))
	if err != nil {
		return hidden
	}
	q := u.Query()
	for name := range q {
		if n := strings.ToLower(name); strings.Contains(n, "password") || strings.Contains(n, "secret") {
			q.Set(name, hidden)
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

// Format covers every verb, as with secret.
func (l location) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, l.String()) }

// MarshalText hides the password from encoders.
func (l location) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// LogValue hides it from slog.
func (l location) LogValue() slog.Value { return slog.StringValue(l.String()) }
