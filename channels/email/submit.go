package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"ehrenamt/channels"
)

// idleTime is how long a connection to the submission server is kept open; servers close idle ones after a minute or more.
const idleTime = 20 * time.Second

// submitter hands mail over to the submission server (RFC 6409) and reuses its connections.
type submitter struct {
	cfg   Config
	slots chan struct{}
	mu    sync.Mutex
	idle  []*sendConn
	ended bool
}

type sendConn struct {
	client *smtp.Client
	conn   net.Conn
	uses   int
	last   time.Time
}

// quit takes leave politely; a server that does not answer is left.
func (c *sendConn) quit() {
	_ = c.conn.SetDeadline(time.Now().Add(5 * time.Second))
	if c.client.Quit() != nil {
		_ = c.client.Close()
	}
}

func newSubmitter(cfg Config) *submitter {
	return &submitter{cfg: cfg, slots: make(chan struct{}, cfg.Senders)}
}

// Send implements channels.Channel. The reference is the Message-ID, always the same for the same key.
func (c *Channel) Send(ctx context.Context, key string, to channels.Address, r channels.Reply) (string, error) {
	l, err := compose(c.cfg, key, to, r, c.cfg.Now())
	if err != nil {
		c.pace.sent(c.cfg.Now(), key, to.ID, err)
		return "", err
	}
	err = c.smtp.send(ctx, l)
	c.pace.sent(c.cfg.Now(), key, to.ID, err)
	if err != nil {
		return l.ref, fmt.Errorf("send mail: %w", err) // it may have arrived, and be answered
	}
	return l.ref, nil
}

func (s *submitter) send(ctx context.Context, l letterOut) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for {
		c, fresh, err := s.take(ctx)
		if err != nil {
			return err
		}
		begun, err := s.hand(ctx, c, l)
		if err == nil {
			s.give(c)
			return nil
		}
		var refused *smtp.SMTPError
		if errors.As(err, &refused) && refused.Code != 421 && !begun {
			if c.client.Reset() == nil {
				s.give(c)
			} else {
				_ = c.client.Close()
			}
		} else {
			_ = c.client.Close()
		}
		if !begun && !fresh && ctx.Err() == nil && (refused == nil || refused.Code == 421) {
			continue // a connection kept open had been closed meanwhile; nothing of the mail was sent
		}
		return classify(ctx, err, begun)
	}
}

// hand gives one mail to the server. begun is true once the server may have taken it.
func (s *submitter) hand(ctx context.Context, c *sendConn, l letterOut) (begun bool, err error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c.uses++
	if err := c.client.Mail(l.from, nil); err != nil {
		return false, err
	}
	if err := c.client.Rcpt(l.to, nil); err != nil {
		return false, &rcptError{err}
	}
	w, err := c.client.Data()
	if err != nil {
		return false, err
	}
	if _, err := w.Write(l.data); err != nil {
		return false, err // the server saw no final dot
	}
	return true, w.Close()
}

// rcptError is an error about the recipient, not about the mail.
type rcptError struct{ err error }

func (e *rcptError) Error() string { return e.err.Error() }
func (e *rcptError) Unwrap() error { return e.err }

// classify says what an error means for the delivery. The words of the server are left out: they repeat
// addresses and texts.
func classify(ctx context.Context, err error, begun bool) error {
	var reply *smtp.SMTPError
	if !errors.As(err, &reply) {
		switch {
		case begun:
			return fmt.Errorf("no answer after the mail was sent: %w", channels.ErrUncertain)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		return errors.New("connection lost")
	}
	code := strconv.Itoa(reply.Code) + " " + status(reply)
	var rcpt *rcptError
	aboutRcpt := errors.As(err, &rcpt)
	switch {
	case reply.Code >= 400 && reply.Code < 500 && reply.Code != 421 && reply.EnhancedCode[1] == 2:
		return errors.New(code) // this mailbox alone: full, or locked
	case reply.Code >= 400 && reply.Code < 500:
		wait := time.Minute
		if reply.Code == 421 {
			wait = 30 * time.Second
		}
		return &channels.RetryAfter{Wait: wait, Account: reply.Code == 421 || !begun && !aboutRcpt, Err: errors.New(code)}
	case reply.Code >= 500 && reply.Code < 600 && aboutRcpt && gone(reply):
		return fmt.Errorf("%s: %w", code, channels.ErrGone)
	case reply.Code == 530 || reply.Code == 535 || reply.Code == 534 || reply.Code == 538 || reply.Code == 500 || reply.Code == 502 || reply.Code == 503:
		return errors.New(code) // about us or the connection, not about this mail
	case reply.Code >= 500 && reply.Code < 600:
		return fmt.Errorf("%s: %w", code, channels.ErrUndeliverable)
	case begun:
		return fmt.Errorf("%s: %w", code, channels.ErrUncertain)
	}
	return errors.New(code)
}

// gone tells whether the server says that there is no such mailbox.
func gone(e *smtp.SMTPError) bool {
	code := status(e)
	if !saysNothing(code) {
		return noSuchBox(code)
	}
	return (e.Code == 550 || e.Code == 551 || e.Code == 553) && wordsOfNoBox(e.Message)
}

// status is the enhanced code of an answer (RFC 3463).
func status(e *smtp.SMTPError) string {
	return strconv.Itoa(e.EnhancedCode[0]) + "." + strconv.Itoa(e.EnhancedCode[1]) + "." + strconv.Itoa(e.EnhancedCode[2])
}

// take returns an open connection; fresh is false for one that was used before.
func (s *submitter) take(ctx context.Context) (c *sendConn, fresh bool, err error) {
	s.mu.Lock()
	for len(s.idle) > 0 {
		c = s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if s.cfg.Now().Sub(c.last) < idleTime && c.uses < s.cfg.Reuse {
			s.mu.Unlock()
			return c, false, nil
		}
		go c.quit()
	}
	s.mu.Unlock()
	c, err = s.dial(ctx)
	return c, true, err
}

func (s *submitter) give(c *sendConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.last = s.cfg.Now()
	if s.ended || len(s.idle) >= s.cfg.Senders || c.uses >= s.cfg.Reuse {
		go c.quit()
		return
	}
	s.idle = append(s.idle, c)
}

func (s *submitter) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for _, c := range s.idle {
		_ = c.client.Close()
	}
	s.idle = nil
	return nil
}

func (s *submitter) dial(ctx context.Context) (*sendConn, error) {
	server := s.cfg.SMTP
	dialer := net.Dialer{Timeout: s.cfg.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", server.Addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = conn.SetDeadline(time.Now().Add(s.cfg.Timeout))
	c, err := s.greet(ctx, conn)
	if err != nil {
		_ = conn.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	return &sendConn{client: c, conn: conn}, nil
}

func (s *submitter) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	server := s.cfg.SMTP
	var c *smtp.Client
	var err error
	switch server.Security {
	case TLS:
		secured, e := secure(ctx, conn, server.tlsConfig())
		if e != nil {
			return nil, e
		}
		c = smtp.NewClient(secured)
	case StartTLS:
		if c, err = smtp.NewClientStartTLS(conn, server.tlsConfig()); err != nil {
			return nil, errors.New("starttls failed")
		}
	default:
		c = smtp.NewClient(conn)
	}
	c.CommandTimeout, c.SubmissionTimeout = s.cfg.Timeout, 4*s.cfg.Timeout
	if err := c.Hello(domainOf(s.cfg.Address)); err != nil {
		return nil, classify(ctx, err, false)
	}
	return c, s.authenticate(ctx, c)
}

func (s *submitter) authenticate(ctx context.Context, c *smtp.Client) error {
	server := s.cfg.SMTP
	var mechanism sasl.Client
	switch {
	case server.Token != nil:
		token, err := server.Token(ctx)
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		mechanism = &xoauth2{user: server.User, token: token}
	case server.User == "":
		return nil
	default:
		mechanism = sasl.NewPlainClient("", server.User, server.Password)
	}
	if err := c.Auth(mechanism); err != nil {
		return errors.New("login at the submission server refused")
	}
	return nil
}

// secure puts TLS on a connection.
func secure(ctx context.Context, conn net.Conn, cfg *tls.Config) (net.Conn, error) {
	t := tls.Client(conn, cfg)
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return t, nil
}
