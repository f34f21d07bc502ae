package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// started serves until the returned stop, which waits for the orderly end.
func started(t *testing.T, ready func(context.Context) error, pages map[string]http.HandlerFunc, log io.Writer) (base string, stop func() error) {
	t.Helper()
	s, err := listen("127.0.0.1:0", ready, newLogger(logConfig{Format: "json"}, log))
	if err != nil {
		t.Fatal(err)
	}
	for pattern, h := range pages {
		s.handle(pattern, h)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx) }()
	stopped := false
	stop = func() error {
		cancel()
		if stopped {
			return nil
		}
		stopped = true
		return <-done
	}
	t.Cleanup(func() { _ = stop() })
	return "http://" + s.addr(), stop
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestHealthIsAboutTheProcessAndReadinessAboutItsWork(t *testing.T) {
	var log bytes.Buffer
	broken := errors.New("store is gone")
	cause := broken
	base, stop := started(t, func(context.Context) error { return cause }, nil, &log)
	if code, body := get(t, base+"/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q", code, body)
	}
	for range 3 {
		if code, body := get(t, base+"/readyz"); code != 503 || strings.Contains(body, "store") {
			t.Errorf("readyz while broken: %d %q", code, body)
		}
	}
	cause = nil
	if code, _ := get(t, base+"/readyz"); code != 200 {
		t.Errorf("readyz once whole: %d", code)
	}
	if code, _ := get(t, base+"/elsewhere"); code != 404 {
		t.Errorf("elsewhere: %d", code)
	}
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if n := strings.Count(log.String(), "store is gone"); n != 1 || !strings.Contains(log.String(), "ready again") {
		t.Errorf("the cause must be logged once, and the recovery: %s", &log)
	}
}

func TestWhatIsUnderWayIsFinishedAtTheStop(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	pages := map[string]http.HandlerFunc{"GET /slow": func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "whole")
	}}
	base, stop := started(t, func(context.Context) error { return nil }, pages, io.Discard)
	answer := make(chan string, 1)
	go func() {
		r, err := http.Get(base + "/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer func() { _ = r.Body.Close() }()
		body, _ := io.ReadAll(r.Body)
		answer <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(release)
	if got := <-answer; got != "whole" {
		t.Errorf("answer: %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestAPageThatPanicsDoesNotTellWhatItHeld(t *testing.T) {
	var log bytes.Buffer
	pages := map[string]http.HandlerFunc{"GET /broken": func(http.ResponseWriter, *http.Request) {
		panic("geheim")
	}}
	base, stop := started(t, func(context.Context) error { return nil }, pages, &log)
	if code, body := get(t, base+"/broken"); code != 500 || strings.Contains(body, "geheim") {
		t.Errorf("%d %q", code, body)
	}
	if code, _ := get(t, base+"/healthz"); code != 200 {
		t.Errorf("healthz afterwards: %d", code)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := log.String(); strings.Contains(got, "geheim") || !strings.Contains(got, "GET /broken") {
		t.Errorf("log: %s", got)
	}
}

func TestAPortInUseIsKnownAtOnce(t *testing.T) {
	base, _ := started(t, func(context.Context) error { return nil }, nil, io.Discard)
	_, err := listen(strings.TrimPrefix(base, "http://"), nil, newLogger(logConfig{}, io.Discard))
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("got %v", err)
	}
}
