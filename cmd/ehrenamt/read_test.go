package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadPrintsOneLineForEachMail(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.eml")
	mail := "From: Anna <anna@x.example>\r\nTo: bot+k7q2mxw4zt3hn6pd@ehrenamt.example\r\nSubject: Re: Fest\r\n\r\n1. Samstag\r\n2. fünf\r\n\r\nLG Anna\r\n"
	if err := os.WriteFile(file, []byte(mail), 0o600); err != nil {
		t.Fatal(err)
	}
	root := newRoot()
	var out, errs bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&errs)
	root.SetIn(strings.NewReader("no header\n"))
	root.SetArgs([]string{"read", file, filepath.Join(dir, "missing.eml"), "-"})
	if err := root.ExecuteContext(t.Context()); err == nil || !strings.Contains(errs.String(), "missing.eml") {
		t.Errorf("a missing file gave %v and %q", err, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), out.String())
	}
	var got struct {
		File, Kind, Subject, Text, Signature, Forwarded, Token, Trust string
		Answers                                                       map[string]string
		HasQuote                                                      *bool `json:"has_quote"`
		Attachments                                                   []string
		Calendar                                                      *struct{}
	}
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got.File != file || got.Kind != "message" || got.Text != "1. Samstag\n2. fünf" || got.Signature != "LG Anna" || got.Answers["2"] != "fünf" ||
		got.Token != "k7q2mxw4zt3hn6pd" || got.Trust != "routed" || got.HasQuote == nil || got.Attachments == nil {
		t.Errorf("%s", lines[0])
	}
	if err := json.Unmarshal([]byte(lines[1]), &got); err != nil || got.Kind != "unreadable" || got.File != "-" {
		t.Errorf("%s", lines[1])
	}
}
