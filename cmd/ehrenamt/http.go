package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// How long the web server waits. Pages are small; a chat that holds a request
// open longer sets its own deadline with http.ResponseController.
const (
	httpHeaderTimeout = 5 * time.Second
	httpReadTimeout   = 30 * time.Second
	httpWriteTimeout  = 60 * time.Second
	httpIdleTimeout   = 2 * time.Minute
	httpStopTimeout   = 5 * time.Second
	readyTimeout      = 2 * time.Second
	httpMaxHeader     = 32 << 10
)

// webServer holds what is reachable over HTTP: health at /healthz and /readyz,
// and whatever handle adds before serve.
type webServer struct {
	mux      *http.ServeMux
	ready    func(context.Context) error
	log      *slog.Logger
	stopping atomic.Bool
	unready  atomic.Bool
	listener net.Listener
}

// listen opens addr at once, so that a port in use is known before anything else
// starts. ready tells whether the service can do its work now.
func listen(addr string, ready func(context.Context) error, log *slog.Logger) (*webServer, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &webServer{mux: http.NewServeMux(), ready: ready, log: log, listener: l}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	s.mux.HandleFunc("GET /readyz", s.serveReady)
	return s, nil
}

// handle adds a page; patterns are those of net/http.
func (s *webServer) handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// addr is where the server listens, with the port it got if 0 was asked.
func (s *webServer) addr() string { return s.listener.Addr().String() }

// serve answers until ctx ends; then it finishes what is under way, for a few
// seconds, while /readyz already says no. It returns nil after an orderly stop.
func (s *webServer) serve(ctx context.Context) error {
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := &http.Server{
		Handler:           s.guard(s.mux),
		ReadHeaderTimeout: httpHeaderTimeout,
		ReadTimeout:       httpReadTimeout,
		WriteTimeout:      httpWriteTimeout,
		IdleTimeout:       httpIdleTimeout,
		MaxHeaderBytes:    httpMaxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          log.New(io.Discard, "", 0), // its lines name the addresses of clients
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(s.listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	patience, done := context.WithTimeout(base, httpStopTimeout)
	defer done()
	err := srv.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		cancel() // the handlers that are left see their request end
		err = srv.Close()
	}
	if err != nil {
		return fmt.Errorf("stop http: %w", err)
	}
	return nil
}

func (s *webServer) serveReady(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping\n")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	err := s.ready(ctx)
	if r.Context().Err() != nil {
		return // the asker left, which says nothing about us
	}
	if was := s.unready.Swap(err != nil); was != (err != nil) {
		if err != nil {
			s.log.WarnContext(ctx, "not ready", "error", err)
		} else {
			s.log.InfoContext(ctx, "ready again")
		}
	}
	if err != nil {
		plain(w, http.StatusServiceUnavailable, "not ready\n") // the cause is for the log: anybody may ask
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// guard turns a panic into a 500 and a log line that names the route and the
// place in the code, not the value, which may be something a person wrote.
func (s *webServer) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			s.log.ErrorContext(r.Context(), "page failed", "route", r.Pattern, "kind", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			plain(w, http.StatusInternalServerError, "internal error\n")
		}()
		next.ServeHTTP(w, r)
	})
}
