package telegramtest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"
)

// hook is a webhook and the goroutine that serves it.
type hook struct {
	url, secret string
	stop        context.CancelFunc
	done        chan struct{}
}

var secretText = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (b *Bot) setWebhook(get func(string) string) answer {
	u, err := url.Parse(get("url"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1" {
		return bad(http.StatusBadRequest, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
	}
	if s := get("secret_token"); s != "" && !secretText.MatchString(s) {
		return bad(http.StatusBadRequest, "Bad Request: secret token contains unallowed characters")
	}
	b.setHook(hook{url: get("url"), secret: get("secret_token")})
	return good(true)
}

// setHook replaces the webhook; the zero hook removes it. It returns when no call of the old one runs any more.
func (b *Bot) setHook(h hook) {
	b.mu.Lock()
	old := b.hook
	b.mu.Unlock()
	if old.stop != nil {
		old.stop()
		<-old.done
	}
	if h.url != "" {
		var ctx context.Context
		ctx, h.stop = context.WithCancel(context.Background())
		h.done = make(chan struct{})
		go b.deliver(ctx, h)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hook = h
	b.wake()
}

// Client is used for webhook calls.
func (s *Server) client() *http.Client {
	return &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: s.o.Conns, MaxConnsPerHost: s.o.Conns},
	}
}

// deliver calls the webhook for every update, several at once but one after the other for each chat, and repeats
// what is not answered with 2xx. Only then is an update confirmed.
func (b *Bot) deliver(ctx context.Context, h hook) {
	client := b.s.client()
	var calls sync.WaitGroup
	defer close(h.done)
	defer client.CloseIdleConnections()
	defer calls.Wait()
	busy := map[int64]bool{}
	slots := make(chan struct{}, b.s.o.Conns)
	for ctx.Err() == nil {
		b.mu.Lock()
		changed := b.changed
		var q *queued
		waiting := map[int64]bool{}
		for i := range b.queue {
			if c := b.queue[i].chat; !busy[c] && !waiting[c] {
				copied := b.queue[i]
				q = &copied
				busy[c] = true
				break
			} else {
				waiting[c] = true
			}
		}
		b.mu.Unlock()
		if q == nil {
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		calls.Go(func() {
			b.call(ctx, client, h, *q)
			<-slots
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(busy, q.chat)
			b.wake()
		})
	}
}

// call repeats one update until it is taken or ctx ends.
func (b *Bot) call(ctx context.Context, client *http.Client, h hook, q queued) {
	longest := 50 * b.s.o.Repeat
	for pause := b.s.o.Repeat; ctx.Err() == nil; pause = min(2*pause, longest) {
		err := post(ctx, client, b.s.o.Reach(h.url), h.secret, q.body)
		b.mu.Lock()
		if err == nil {
			b.queue = slices.DeleteFunc(b.queue, func(x queued) bool { return x.id == q.id })
			b.mu.Unlock()
			return
		}
		b.hookError, b.hookErrorAt = err.Error(), b.s.o.Now()
		b.mu.Unlock()
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

func post(ctx context.Context, client *http.Client, url, secret string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := client.Do(req)
	if err != nil {
		return errors.New("connection failed")
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return errors.New("wrong response from the webhook: " + resp.Status)
	}
	return nil
}
