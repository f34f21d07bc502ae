package emailtest

import (
	"bufio"
	"net"
	"sync"
	"testing"
)

// Side says who wrote a line.
type Side int

// The two sides of a connection.
const (
	Client Side = iota
	Server
)

// Verdict is what happens to a line.
type Verdict int

// Verdicts. Cut drops the line and the connection; After lets the line through and then cuts; Half lets
// half of it through; Hang lets nothing through from now on in either direction, and keeps the connection.
const (
	Pass Verdict = iota
	Cut
	After
	Half
	Hang
	Swallow // the line vanishes
)

// Action is a verdict; Instead stands in for a line that passes, and Answer goes back to the one who wrote.
type Action struct {
	Verdict Verdict
	Instead string
	Answer  string
}

// Rule decides over each line, CRLF included. It is called from several goroutines.
type Rule func(from Side, line []byte) Action

// Proxy stands between a client and a server that speak in lines, without TLS.
type Proxy struct {
	Addr   string
	target string
	l      net.Listener
	mu     sync.Mutex
	rule   Rule
	down   bool
	conns  map[*link]bool
	count  int
}

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	mu             sync.Mutex
	hung           bool
}

// NewProxy listens on a free port and passes everything to target.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, l: l, conns: map[*link]bool{}}
	go p.accept()
	t.Cleanup(func() {
		_ = l.Close()
		p.Down(true)
	})
	return p
}

// Set changes the rule; nil passes everything.
func (p *Proxy) Set(r Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rule = r
}

// Down cuts every connection and refuses new ones, or stops doing so.
func (p *Proxy) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	if down {
		p.cutAll()
	}
}

// CutAll cuts every connection; new ones are welcome.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutAll()
}

func (p *Proxy) cutAll() {
	for l := range p.conns {
		l.cut()
		delete(p.conns, l)
	}
}

// Connections tells how many connections there have been.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

func (p *Proxy) accept() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		go p.serve(c)
	}
}

func (p *Proxy) serve(c net.Conn) {
	p.mu.Lock()
	down := p.down
	p.count++
	p.mu.Unlock()
	if down {
		_ = c.Close()
		return
	}
	s, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = c.Close()
		return
	}
	l := &link{client: c, server: s}
	p.mu.Lock()
	if p.down {
		l.cut()
	}
	p.conns[l] = true
	p.mu.Unlock()
	go p.pump(l, Client, c, s)
	p.pump(l, Server, s, c)
	p.mu.Lock()
	delete(p.conns, l)
	p.mu.Unlock()
}

func (l *link) cut() {
	for _, c := range []net.Conn{l.client, l.server} {
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}
}

func (p *Proxy) decide(from Side, line []byte) Action {
	p.mu.Lock()
	r := p.rule
	p.mu.Unlock()
	if r == nil {
		return Action{}
	}
	return r(from, line)
}

// pump passes lines on until one of the connections ends. When hung it goes on reading, so that the
// other side notices nothing.
func (p *Proxy) pump(l *link, from Side, in, out net.Conn) {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := r.ReadBytes('\n')
		l.mu.Lock()
		hung := l.hung
		l.mu.Unlock()
		if len(line) > 0 && !hung && !p.act(l, from, line, in, out) {
			l.cut()
			return
		}
		if err != nil {
			l.mu.Lock()
			hung = l.hung
			l.mu.Unlock()
			if !hung || from == Client {
				_ = out.Close()
				_ = in.Close()
			}
			return
		}
	}
}

// act carries out what is decided for a line; false cuts.
func (p *Proxy) act(l *link, from Side, line []byte, in, out net.Conn) bool {
	a := p.decide(from, line)
	if a.Instead != "" {
		line = []byte(a.Instead)
	}
	switch a.Verdict {
	case Cut:
		return false
	case Half:
		_, _ = out.Write(line[:len(line)/2])
		return false
	case After:
		_, _ = out.Write(line)
		return false
	case Hang:
		l.mu.Lock()
		l.hung = true
		l.mu.Unlock()
	case Swallow:
	default:
		if _, err := out.Write(line); err != nil {
			return false
		}
	}
	if a.Answer != "" {
		_, _ = in.Write([]byte(a.Answer))
	}
	return true
}
