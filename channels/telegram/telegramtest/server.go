// Package telegramtest is a strict double of the Bot API over HTTP, with people who
// write to the bots. It keeps what Telegram documents and enforces what Telegram
// enforces: updates are confirmed by offset alone, polls are held, webhooks repeated,
// rates, lengths, markup and keyboards checked; and on demand it fails as the network
// does. Everything is in memory and belongs to the test that started it; the bot under
// test may be another process.
package telegramtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options of a Server; the zero value is strict and without faults.
type Options struct {
	Now    func() time.Time // default time.Now
	Seed   uint64           // of the faults
	Limits Limits
	Faults Faults
	// Grace is how long after a 429 sends that were already under way are not yet a violation; default 150 ms, none
	// if negative.
	Grace time.Duration
	// Repeat is the first pause before a failed webhook call is repeated; default 20 ms, doubled up to 50 times that.
	Repeat time.Duration
	// Reach tells where the public URL of a webhook is really called; default the URL itself.
	Reach func(url string) string
	// Conns is how many webhook calls run at once; default 40, as with Telegram.
	Conns int
}

// Faults are probabilities between 0 and 1, drawn for each call that sends or edits.
type Faults struct {
	TooMany    float64 // 429 with retry_after between RetryMin and RetryMax seconds
	Forbidden  float64 // a 403 that does not mean the end of the address
	BadGateway float64 // 502 with an HTML page, no effect
	Reset      float64 // effect, then the connection is reset
	Drop       float64 // the connection is reset before any effect
	RetryMin   int     // default 1
	RetryMax   int     // default 60
	Polls      bool    // BadGateway, Reset and Drop strike getUpdates too
}

// Server is the double. Its Handler can be used with any listener.
type Server struct {
	o Options

	mu    sync.Mutex
	bots  map[string]*Bot // by token
	rnd   *rand.Rand
	ln    net.Listener
	http  *http.Server
	addr  string
	count int64
}

// New returns a server that listens nowhere yet.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = 150 * time.Millisecond
	}
	if o.Repeat == 0 {
		o.Repeat = 20 * time.Millisecond
	}
	if o.Reach == nil {
		o.Reach = func(url string) string { return url }
	}
	if o.Conns == 0 {
		o.Conns = 40
	}
	return &Server{o: o, bots: map[string]*Bot{}, rnd: rand.New(rand.NewPCG(o.Seed, 1))}
}

// TB is what Start needs of a test.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Start returns a server that listens on a free local port until the test ends.
func Start(t TB, o Options) *Server {
	t.Helper()
	s := New(o)
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatalf("telegramtest: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// Listen begins to serve on addr.
func (s *Server) Listen(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("telegramtest: listen: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ln, s.addr = ln, ln.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func(h *http.Server) { _ = h.Serve(ln) }(s.http)
	return nil
}

// Down cuts all connections and refuses new ones, or serves again on the same port.
func (s *Server) Down(down bool) error {
	s.mu.Lock()
	h, ln, addr := s.http, s.ln, s.addr
	s.mu.Unlock()
	if down {
		_ = ln.Close() // the server closes it too, but not before it has begun to serve
		if err := h.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
	return s.Listen(addr)
}

// Close ends serving and all webhooks.
func (s *Server) Close() {
	s.mu.Lock()
	h, bots := s.http, make([]*Bot, 0, len(s.bots))
	for _, b := range s.bots {
		bots = append(bots, b)
	}
	s.mu.Unlock()
	for _, b := range bots {
		b.setHook(hook{})
	}
	if h != nil {
		_ = h.Close()
	}
}

// Endpoint is what the adapter's Options.Endpoint wants.
func (s *Server) Endpoint() string { return "http://" + s.addr + "/bot%s/%s" }

// Bot makes a token known, or returns the bot that has it.
func (s *Server) Bot(token, username string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.bots[token]; b != nil {
		return b
	}
	var id int64
	_, _ = fmt.Sscanf(token, "%d:", &id)
	b := &Bot{
		s: s, ID: id, Username: username,
		changed:  make(chan struct{}),
		next:     100_000 + int64(s.rnd.IntN(800_000)),
		chats:    map[int64]*chatState{},
		public:   map[string]int64{},
		texts:    map[string]string{},
		presses:  map[string]*Press{},
		pace:     newPace(s.o.Limits),
		faults:   s.o.Faults,
		calls:    map[string]int{},
		commands: map[string]json.RawMessage{},
	}
	s.bots[token] = b
	return b
}

// draw returns true with probability p.
func (s *Server) draw(p float64) bool {
	if p <= 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rnd.Float64() < p
}

func (s *Server) between(lo, hi int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return lo + s.rnd.IntN(hi-lo+1)
}

func (s *Server) serial() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return s.count
}

// answer is what every method returns.
type answer struct {
	result any
	code   int
	text   string
	retry  int   // seconds, with 429
	moved  int64 // the group's new id
}

func good(result any) answer { return answer{result: result} }

func bad(code int, text string) answer { return answer{code: code, text: text} }

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.code == 0 {
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": a.result})
		return
	}
	body := map[string]any{"ok": false, "error_code": a.code, "description": a.text}
	if a.retry > 0 {
		body["parameters"] = map[string]any{"retry_after": a.retry}
	}
	if a.moved != 0 {
		body["parameters"] = map[string]any{"migrate_to_chat_id": a.moved}
	}
	w.WriteHeader(a.code)
	_ = json.NewEncoder(w).Encode(body)
}

// ServeHTTP implements http.Handler: /bot<token>/<method>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, ok2 := strings.Cut(path, "/")
	if !ok || !ok2 {
		bad(http.StatusNotFound, "Not Found").write(w)
		return
	}
	s.mu.Lock()
	b := s.bots[token]
	s.mu.Unlock()
	if b == nil {
		bad(http.StatusUnauthorized, "Unauthorized").write(w)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 60<<20)
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		err = r.ParseMultipartForm(60 << 20)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		bad(http.StatusBadRequest, "Bad Request: can't read the request").write(w)
		return
	}
	b.serve(w, r, method)
}
