package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

const (
	longestPause = 30 * time.Second
	maxUpdate    = 1 << 20 // bytes of a webhook call
	noticers     = 8       // presses acknowledged at once
	peekEvery    = 500 * time.Millisecond
)

// ear is what a webhook call is handed to while Receive runs.
type ear struct {
	mu    sync.RWMutex
	ctx   context.Context // of the running Receive
	hear  func(context.Context, channels.Message) error
	lanes []sync.Mutex // one chat always uses the same
}

// Receive implements channels.Channel. Polling, it confirms an update only with the poll after hear returned nil;
// the cursor is the next update's number. The library's GetUpdatesChan would confirm a hundred updates before the
// first of them is handled. With a webhook it tells Telegram where to call, answers ServeHTTP with hear, and
// messages carry no cursor: Telegram repeats what was not answered with 200.
func (b *Bot) Receive(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	if b.o.Webhook.URL != "" {
		return b.listen(ctx, hear)
	}
	return b.poll(ctx, cursor, hear)
}

func (b *Bot) poll(ctx context.Context, cursor string, hear func(context.Context, channels.Message) error) error {
	var offset atomic.Int64                                     // of the next update that is not handled
	if n, err := strconv.ParseInt(cursor, 10, 64); err == nil { // an unreadable cursor costs repeats, not messages
		offset.Store(n)
	}
	var answers sync.WaitGroup
	defer answers.Wait()
	gate := make(chan struct{}, noticers)
	wait, refused := b.o.Pause, 0
	for ctx.Err() == nil {
		b.know(ctx)
		updates, err := b.fetch(ctx, offset.Load(), b.o.Hold)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			if denied(err) {
				if refused++; refused > 1 {
					b.report(Event{Kind: Denied, Detail: err.Error()})
					return err
				}
			} else {
				refused = 0
			}
			b.conflict(ctx, err)
			rest(ctx, patience(wait, err))
			wait = min(2*wait, longestPause)
			continue
		}
		wait, refused = b.o.Pause, 0
		notice := func(u update) {
			if m, ok := b.read(u, b.o.Now()); ok {
				b.remember(m, u)
				b.noticeSoon(ctx, m, gate, &answers)
			}
		}
		for _, u := range updates { // no press waits for the turns before it
			notice(u)
		}
		rested := b.peek(ctx, &offset, notice)
		handled := b.offerAll(ctx, updates, &offset, hear)
		rested()
		if !handled {
			return nil
		}
	}
	return nil
}

// offerAll hands updates to hear one after the other; false when ctx ended first.
func (b *Bot) offerAll(ctx context.Context, updates []update, offset *atomic.Int64, hear func(context.Context, channels.Message) error) bool {
	for _, u := range updates {
		if !b.offer(ctx, u, strconv.FormatInt(u.ID+1, 10), hear) {
			return false
		}
		// Update numbers begin anew, higher or lower, after an idle week: whatever came last counts.
		offset.Store(u.ID + 1)
	}
	return true
}

// peek looks for presses that come while turns take long, again and again until the function it returns is called. It
// asks from the first update that is not handled, so it confirms nothing that the next poll would not.
func (b *Bot) peek(ctx context.Context, offset *atomic.Int64, notice func(update)) (rested func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(peekEvery)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			updates, err := b.fetch(ctx, offset.Load(), 0)
			if err != nil {
				continue // the next poll meets it too, and reports it
			}
			for _, u := range updates {
				notice(u)
			}
		}
	}()
	return func() {
		close(stop)
		<-done // two polls at once would be a conflict
	}
}

// fetch polls once.
func (b *Bot) fetch(ctx context.Context, offset int64, hold time.Duration) ([]update, error) {
	params := tgbotapi.Params{
		"timeout":         strconv.Itoa(int(hold / time.Second)),
		"limit":           "100",
		"allowed_updates": allowed,
	}
	if offset != 0 {
		params["offset"] = strconv.FormatInt(offset, 10)
	}
	var raw []json.RawMessage
	if err := b.call(ctx, "getUpdates", params, nil, &raw); err != nil {
		return nil, err
	}
	b.seen()
	updates := make([]update, 0, len(raw))
	for _, r := range raw {
		u, err := parseUpdate(r)
		if err != nil { // without a number it can neither be handled nor skipped
			return nil, &problem{method: "getUpdates", what: "an update without a number"}
		}
		updates = append(updates, u)
	}
	return updates, nil
}

// seen notes that Telegram answered, and tells of a gap in which it may have dropped messages.
func (b *Bot) seen() {
	now := b.o.Now()
	b.mu.Lock()
	last := b.lastSeen
	b.lastSeen = now
	b.mu.Unlock()
	if !last.IsZero() && now.Sub(last) > kept {
		b.report(Event{Kind: Gap, Since: last, Detail: "Telegram keeps messages for 24 hours; what was written before that is lost"})
	}
}

// offer hands one update to hear until it is handled; false when ctx ended first.
func (b *Bot) offer(ctx context.Context, u update, cursor string, hear func(context.Context, channels.Message) error) bool {
	if u.raw != nil {
		b.report(Event{Kind: Unreadable, Detail: strconv.Itoa(len(u.raw)) + " bytes skipped"})
		return true
	}
	m, ok := b.read(u, b.o.Now())
	if !ok {
		return ctx.Err() == nil
	}
	m.Cursor = cursor
	for wait := b.o.Pause; ; wait = min(2*wait, longestPause) {
		if ctx.Err() != nil {
			return false
		}
		if hear(ctx, m) == nil {
			return true
		}
		rest(ctx, wait)
	}
}

// conflict tells the operator that somebody else receives for this bot. A webhook that is still set is ours to
// remove: we are configured to poll.
func (b *Bot) conflict(ctx context.Context, err error) {
	var p *problem
	if !errors.As(err, &p) || p.code != http.StatusConflict {
		return
	}
	if p.what == "webhook is active" {
		b.report(Event{Kind: Conflict, Detail: "a webhook was set; it is removed, because this bot polls"})
		_ = b.call(ctx, "deleteWebhook", nil, nil, nil) // the next poll tells whether it helped
		return
	}
	b.report(Event{Kind: Conflict, Detail: "another process polls with the same token; stop one of them"})
}

// know asks for our name until it is known; nothing waits for it but mentions by name in groups.
func (b *Bot) know(ctx context.Context) {
	if b.name() != "" {
		return
	}
	var u user
	if b.call(ctx, "getMe", nil, nil, &u) == nil {
		b.mu.Lock()
		b.username = u.Username
		b.mu.Unlock()
	}
}

func (b *Bot) name() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.username
}

func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// listen sets the webhook and stays until ctx ends.
func (b *Bot) listen(ctx context.Context, hear func(context.Context, channels.Message) error) error {
	b.ear.open(ctx, hear, max(b.o.Webhook.Parallel, 1))
	defer b.ear.close()
	params := tgbotapi.Params{
		"url":             b.o.Webhook.URL,
		"secret_token":    b.o.Webhook.Secret,
		"allowed_updates": allowed,
	}
	refused := 0
	for wait := b.o.Pause; ctx.Err() == nil; wait = min(2*wait, longestPause) {
		b.know(ctx)
		err := b.call(ctx, "setWebhook", params, nil, nil)
		if err == nil {
			b.seen()
			<-ctx.Done()
			return nil
		}
		if refused++; (denied(err) || errors.Is(err, channels.ErrUndeliverable)) && refused > 1 {
			b.report(Event{Kind: Denied, Detail: err.Error()})
			return err
		}
		rest(ctx, patience(wait, err))
	}
	return nil
}

func (e *ear) open(ctx context.Context, hear func(context.Context, channels.Message) error, lanes int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ctx, e.hear, e.lanes = ctx, hear, make([]sync.Mutex, lanes)
}

func (e *ear) close() {
	e.mu.Lock() // waits for the calls that are being heard
	defer e.mu.Unlock()
	e.ctx, e.hear = nil, nil
}

// ServeHTTP takes one update from Telegram. It answers 200 only after hear returned nil, so that everything else is
// repeated: 401 without the secret, 413 over 1 MiB, 503 while Receive does not run, 500 when hear failed. What
// cannot be read is answered with 200 and reported: repeating it for a day would not make it readable.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	want := sha256.Sum256([]byte(b.o.Webhook.Secret))
	got := sha256.Sum256([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")))
	if b.o.Webhook.Secret == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		http.Error(w, "wrong secret", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if err != nil {
		var big *http.MaxBytesError
		code := http.StatusBadRequest
		if errors.As(err, &big) {
			code = http.StatusRequestEntityTooLarge
		}
		http.Error(w, http.StatusText(code), code)
		return
	}
	u, err := parseUpdate(body)
	if err != nil {
		u = update{raw: body}
	}
	if code := b.take(u); code != http.StatusOK {
		http.Error(w, http.StatusText(code), code)
	}
}

// take hands one update of the webhook to the running Receive.
func (b *Bot) take(u update) (code int) {
	e := &b.ear
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.hear == nil || e.ctx.Err() != nil {
		return http.StatusServiceUnavailable
	}
	if u.raw != nil {
		b.report(Event{Kind: Unreadable, Detail: strconv.Itoa(len(u.raw)) + " bytes skipped"})
		return http.StatusOK
	}
	m, ok := b.read(u, b.o.Now())
	if !ok {
		return http.StatusOK
	}
	if m.Kind == channels.Press {
		b.remember(m, u)
		ctx := e.ctx
		go func() { _ = b.Notice(ctx, m) }()
	}
	lane := &e.lanes[laneOf(m, len(e.lanes))]
	lane.Lock()
	defer lane.Unlock()
	if e.ctx.Err() != nil {
		return http.StatusServiceUnavailable
	}
	if e.hear(e.ctx, m) != nil {
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// laneOf spreads persons over lanes: one person's messages are heard one after the other.
func laneOf(m channels.Message, lanes int) int {
	id, _ := strconv.ParseInt(m.From.ID, 10, 64)
	return int(uint64(id) % uint64(lanes))
}
