package telegramtest

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
)

// errReset is what a caller sees of a connection that was reset.
var errReset = errors.New("read: connection reset by peer")

// Transport calls the server without a network, so that tests may run in fake time (testing/synctest).
func (s *Server) Transport() http.RoundTripper { return direct{s} }

type direct struct{ s *Server }

func (d direct) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	defer func() {
		if x := recover(); x != nil {
			if x != errReset { //nolint:errorlint // a panic's value, compared by identity
				panic(x)
			}
			resp, err = nil, errReset
		}
	}()
	if t := httptrace.ContextClientTrace(r.Context()); t != nil {
		t.WroteHeaders()
		t.WroteRequest(httptrace.WroteRequestInfo{})
	}
	w := httptest.NewRecorder()
	d.s.ServeHTTP(w, r.Clone(r.Context()))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// reset ends the connection without an answer.
func reset(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(errReset)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
