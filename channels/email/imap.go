package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// imapBox is the inbox of an IMAP server (RFC 9051, RFC 3501).
type imapBox struct {
	cfg    Config
	client *imapclient.Client
	uidv   uint32
	idle   bool
	news   chan struct{} // something may have arrived
	stop   func() bool
}

// openIMAP connects, logs in, selects the inbox and makes sure that the other mailboxes exist.
func openIMAP(ctx context.Context, cfg Config) (inbox, error) {
	dialer := net.Dialer{Timeout: cfg.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", cfg.IMAP.Addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	b := &imapBox{cfg: cfg, news: make(chan struct{}, 1)}
	stopDial := context.AfterFunc(ctx, func() { _ = conn.Close() })
	opts := &imapclient.Options{
		TLSConfig: cfg.IMAP.tlsConfig(),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: func(*imapclient.UnilateralDataMailbox) {
				select {
				case b.news <- struct{}{}:
				default:
				}
			},
		},
	}
	guard := time.AfterFunc(cfg.Timeout, func() { _ = conn.Close() })
	b.client, err = newIMAPClient(ctx, conn, cfg.IMAP.Security, opts)
	guard.Stop()
	if err != nil {
		stopDial()
		_ = conn.Close()
		return nil, err
	}
	b.stop = context.AfterFunc(ctx, func() { _ = b.client.Close() })
	if err := b.prepare(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func newIMAPClient(ctx context.Context, conn net.Conn, s Security, opts *imapclient.Options) (*imapclient.Client, error) {
	switch s {
	case StartTLS:
		c, err := imapclient.NewStartTLS(conn, opts)
		if err != nil {
			return nil, fmt.Errorf("starttls: %w", err)
		}
		return c, nil
	case TLS:
		secured, err := secure(ctx, conn, opts.TLSConfig)
		if err != nil {
			return nil, err
		}
		return imapclient.New(secured, opts), nil
	}
	return imapclient.New(conn, opts), nil
}

// guarded runs one command. The library has no timeout, and a dead peer would hang it for ever: closing
// the connection ends the wait.
func (b *imapBox) guarded(run func() error) error {
	t := time.AfterFunc(b.cfg.Timeout, func() { _ = b.client.Close() })
	defer t.Stop()
	return run()
}

func (b *imapBox) prepare(ctx context.Context) error {
	if err := b.guarded(b.client.WaitGreeting); err != nil {
		return fmt.Errorf("greeting: %w", err)
	}
	if err := b.login(ctx); err != nil {
		return err
	}
	var caps imap.CapSet
	err := b.guarded(func() (err error) {
		caps, err = b.client.Capability().Wait()
		return err
	})
	if err != nil {
		return fmt.Errorf("capability: %w", err)
	}
	b.idle = caps.Has(imap.CapIdle)
	var data *imap.SelectData
	err = b.guarded(func() (err error) {
		data, err = b.client.Select(b.cfg.Inbox, nil).Wait()
		return err
	})
	if err != nil {
		return fmt.Errorf("select: %w", err)
	}
	b.uidv = data.UIDValidity
	for _, name := range []string{b.cfg.Processed, b.cfg.Failed} {
		err := b.guarded(func() error { return b.client.Create(name, nil).Wait() })
		var no *imap.Error
		if err != nil && !errors.As(err, &no) { // refused because it exists, which is what we want
			return fmt.Errorf("create mailbox: %w", err)
		}
	}
	return nil
}

// login logs in. The error of a server may repeat what we sent, so its words are not passed on.
func (b *imapBox) login(ctx context.Context) error {
	s := b.cfg.IMAP
	var mechanism sasl.Client
	switch {
	case s.Token != nil:
		token, err := s.Token(ctx)
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		mechanism = &xoauth2{user: s.User, token: token}
	case s.User == "":
		return nil
	case b.client.Caps().Has(imap.Cap("LOGINDISABLED")) && b.client.Caps().Has(imap.AuthCap("PLAIN")):
		mechanism = sasl.NewPlainClient("", s.User, s.Password)
	}
	err := b.guarded(func() error {
		if mechanism != nil {
			return b.client.Authenticate(mechanism)
		}
		return b.client.Login(s.User, s.Password).Wait()
	})
	var no *imap.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &no):
		return errors.New("login: connection lost")
	case no.Code == imap.ResponseCodeUnavailable || no.Code == "LIMIT" || no.Code == imap.ResponseCodeInUse:
		return fmt.Errorf("login: %s", no.Code)
	}
	return fmt.Errorf("login: %w", errRefused)
}

func (b *imapBox) validity() uint32 { return b.uidv }

// maxListed is how many mails are listed at once: a connection that breaks often still makes progress.
const maxListed = 20

func (b *imapBox) waiting(ctx context.Context) ([]letter, error) {
	var found []letter
	err := b.guarded(func() error {
		n, err := b.count()
		if err != nil || n == 0 {
			return err
		}
		seqs := imap.SeqSet{}
		seqs.AddRange(1, min(n, maxListed))
		msgs, err := b.client.Fetch(seqs, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		if err != nil {
			return err
		}
		for _, m := range msgs {
			if m.UID != 0 {
				found = append(found, letter{uint32(m.UID), m.RFC822Size})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b letter) int { return int(int64(a.uid) - int64(b.uid)) })
	return found, ctx.Err()
}

// count tells how many mails are in the inbox. Where it seems empty the server is asked once more: an
// empty mailbox has no first mail to list.
func (b *imapBox) count() (uint32, error) {
	for range 2 {
		state := b.client.Mailbox()
		if state == nil {
			return 0, errors.New("no mailbox is selected")
		}
		if state.NumMessages > 0 {
			return state.NumMessages, nil
		}
		if err := b.client.Noop().Wait(); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func (b *imapBox) fetch(_ context.Context, uid uint32, limit int64) ([]byte, error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: limit}}
	var raw []byte
	err := b.guarded(func() error {
		cmd := b.client.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			body, err := bodyOf(msg, imap.UID(uid))
			if err != nil {
				return err
			}
			if body != nil {
				raw = body
			}
		}
		return cmd.Close()
	})
	return raw, err
}

// bodyOf reads the body that a response carries. Once reading it has failed nothing more of the response may be
// touched: the library goes on decoding then, and its own Collect would read from under it.
func bodyOf(msg *imapclient.FetchMessageData, want imap.UID) ([]byte, error) {
	var body []byte
	var uid imap.UID
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch x := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = x.UID
		case imapclient.FetchItemDataBodySection:
			body = []byte{}
			if x.Literal == nil {
				continue
			}
			var err error
			if body, err = io.ReadAll(x.Literal); err != nil {
				return nil, fmt.Errorf("read body: %w", err)
			}
			if int64(len(body)) != x.Literal.Size() {
				return nil, io.ErrUnexpectedEOF
			}
		}
	}
	if uid != want {
		return nil, nil
	}
	return body, nil
}

func (b *imapBox) move(_ context.Context, uid uint32, folder string) error {
	return b.guarded(func() error {
		_, err := b.client.Move(imap.UIDSetNum(imap.UID(uid)), folder).Wait()
		return err
	})
}

// wait waits with IDLE (RFC 2177), renewed before firewalls forget the connection, or by polling.
func (b *imapBox) wait(ctx context.Context, d time.Duration) error {
	if !b.idle {
		sleep(ctx, min(b.cfg.Poll, d))
		return ctx.Err()
	}
	var idle *imapclient.IdleCommand
	err := b.guarded(func() (err error) {
		idle, err = b.client.Idle()
		return err
	})
	if err != nil {
		return err
	}
	t := time.NewTimer(d*3/4 + rand.N(d/4+1))
	defer t.Stop()
	select {
	case <-b.news:
	case <-t.C:
	case <-b.client.Closed():
	case <-ctx.Done():
	}
	return b.guarded(func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

func (b *imapBox) close() {
	b.stop()
	t := time.AfterFunc(time.Second, func() { _ = b.client.Close() })
	defer t.Stop()
	_ = b.client.Logout().Wait()
	_ = b.client.Close()
}

// xoauth2 is the XOAUTH2 mechanism of Google and Microsoft.
type xoauth2 struct{ user, token string }

func (x *xoauth2) Start() (mech string, ir []byte, err error) {
	if strings.ContainsAny(x.user+x.token, "\x01\r\n") {
		return "", nil, errors.New("xoauth2: control character in user or token")
	}
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the description of an error with nothing, after which the server refuses.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }
