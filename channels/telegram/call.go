package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"ehrenamt/channels"
)

// callLimit is how long one call may take; a poll may take Hold longer.
const callLimit = 20 * time.Second

const nameLimit = 5 * time.Second

// maxAnswer is the largest answer that is read, in bytes.
const maxAnswer = 32 << 20

// wire carries one call: it gives the library's requests a context and watches how far they came.
type wire struct {
	ctx    context.Context
	http   http.RoundTripper
	header atomic.Bool // the beginning of the request was written
	broken atomic.Bool // writing it failed half way
	status int
}

// Do implements tgbotapi.HTTPClient.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{
		WroteHeaders: func() { w.header.Store(true) },
		WroteRequest: func(i httptrace.WroteRequestInfo) { w.broken.Store(i.Err != nil) },
	}
	resp, err := w.http.RoundTrip(req.WithContext(httptrace.WithClientTrace(w.ctx, trace)))
	if err != nil {
		return nil, err
	}
	w.status = resp.StatusCode
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// problem is an error of the Bot API as it may leave this package: its text is one of ours, never Telegram's and
// never the transport's, both of which quote tokens, addresses or messages.
type problem struct {
	method string
	code   int    // HTTP status or error_code; 0 if there was no answer
	what   string // one of the texts in this file
	retry  time.Duration
	moved  int64
	class  error // channels.ErrUndeliverable … or the context's error; nil: temporary
}

func (p *problem) Error() string {
	s := "telegram: " + p.method + ": " + p.what
	if p.code != 0 {
		s += fmt.Sprintf(" (%d)", p.code)
	}
	return s
}

func (p *problem) Unwrap() error { return p.class }

var errBadAddress = fmt.Errorf("telegram: not a chat id: %w", channels.ErrUndeliverable)

// says maps what Telegram's descriptions contain, in lower case, to our words and what follows from it. The first
// that fits counts. Other 400s are undeliverable, all else is temporary.
var says = []struct {
	contains string
	class    error
}{
	{"bot was blocked by the user", channels.ErrGone},
	{"user is deactivated", channels.ErrGone},
	{"bot was kicked", channels.ErrGone},
	{"bot is not a member", channels.ErrGone},
	{"group chat was deleted", channels.ErrGone},
	{"chat not found", channels.ErrGone},
	{"user not found", channels.ErrGone},
	{"peer_id_invalid", channels.ErrGone},
	{"bot can't send messages to bots", channels.ErrUndeliverable},
	{"bot can't send messages to the user", nil},
	{"bot can't initiate conversation", channels.ErrUndeliverable},
	{"not enough rights", channels.ErrUndeliverable},
	{"have no rights", channels.ErrUndeliverable},
	{"need administrator rights", channels.ErrUndeliverable},
	{"chat_write_forbidden", channels.ErrUndeliverable},
	{"topic_closed", channels.ErrUndeliverable},
	{"message thread not found", channels.ErrUndeliverable},
	{"message is not modified", channels.ErrUndeliverable},
	{"message to edit not found", channels.ErrUndeliverable},
	{"message can't be edited", channels.ErrUndeliverable},
	{"message to delete not found", channels.ErrUndeliverable},
	{"message text is empty", channels.ErrUndeliverable},
	{"message is too long", channels.ErrUndeliverable},
	{"can't parse entities", channels.ErrUndeliverable},
	{"button_data_invalid", channels.ErrUndeliverable},
	{"button_url_invalid", channels.ErrUndeliverable},
	{"query is too old", channels.ErrUndeliverable},
	{"file is too big", channels.ErrUndeliverable},
	{"request entity too large", channels.ErrUndeliverable},
	{"terminated by other getupdates", nil},
	{"webhook is active", nil},
	{"unauthorized", nil},
	{"not found", nil},
	{"too many requests", nil},
	{"upgraded to a supergroup", nil},
	{"bad webhook", channels.ErrUndeliverable},
	{"internal server error", nil},
}

const notModified = "message is not modified"

// call performs one method. out receives the result; it may be nil.
func (b *Bot) call(ctx context.Context, method string, params tgbotapi.Params, files []tgbotapi.RequestFile, out any) error {
	limit := callLimit
	switch method {
	case "getUpdates":
		limit += b.o.Hold
	case "getMe": // polling must not wait long for a name
		limit = nameLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return &problem{method: method, what: "not sent", class: err}
	}
	w := &wire{ctx: ctx, http: b.http}
	api := &tgbotapi.BotAPI{Token: b.o.Token, Client: w}
	api.SetAPIEndpoint(b.o.Endpoint)
	var resp *tgbotapi.APIResponse
	var err error
	if len(files) > 0 {
		resp, err = api.UploadFiles(method, params, files)
	} else {
		resp, err = api.MakeRequest(method, params)
	}
	if err == nil && out != nil {
		if json.Unmarshal(resp.Result, out) != nil {
			err = errUnreadable
		}
	}
	p := b.explain(ctx, method, w, err)
	if !errors.Is(ctx.Err(), context.Canceled) { // we gave up, which says nothing about Telegram
		b.reached(p)
	}
	if p == nil {
		return nil
	}
	return p
}

var errUnreadable = errors.New("unreadable result")

// explain turns whatever went wrong into a problem. It is the one place where errors of the library and of the
// transport end; nothing of their text goes further.
func (b *Bot) explain(ctx context.Context, method string, w *wire, err error) *problem {
	if err == nil {
		return nil
	}
	var api *tgbotapi.Error
	if errors.As(err, &api) {
		return understood(method, api, w.status)
	}
	p := &problem{method: method, code: w.status}
	switch {
	case w.status == http.StatusBadGateway || w.status == http.StatusServiceUnavailable:
		// Telegram's front could not hand the request on. It could have been lost on the way back instead, but an
		// outage lasts minutes: to call every one of these uncertain would cost far more messages than it saves repeats.
		p.what = "Telegram is out of order"
	case w.status != 0: // an answer came and cannot be read: it may have been a success
		p.what, p.class = "unreadable answer", channels.ErrUncertain
	case w.header.Load() && !w.broken.Load():
		p.what, p.class = "no answer", channels.ErrUncertain
	case ctx.Err() != nil:
		p.what, p.class = "gave up", ctx.Err()
	default:
		p.what = "no connection"
	}
	return p
}

func understood(method string, api *tgbotapi.Error, status int) *problem {
	p := &problem{method: method, code: api.Code, what: "refused", moved: api.MigrateToChatID}
	if p.code == 0 { // uploads
		p.code = status
	}
	desc, known := strings.ToLower(api.Message), false
	for _, s := range says {
		if strings.Contains(desc, s.contains) {
			p.what, p.class, known = s.contains, s.class, true
			break
		}
	}
	if !known && (p.code == http.StatusBadRequest || p.code == http.StatusRequestEntityTooLarge) {
		p.class = channels.ErrUndeliverable
	}
	switch p.code {
	case http.StatusTooManyRequests:
		p.retry, p.class = max(time.Duration(api.RetryAfter)*time.Second, time.Second), nil
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict, http.StatusInternalServerError:
		p.class = nil
	}
	return p
}

// patience is how long to wait after err: at least as long as Telegram says.
func patience(wait time.Duration, err error) time.Duration {
	var p *problem
	if errors.As(err, &p) {
		return max(wait, p.retry)
	}
	return wait
}

// denied tells whether Telegram does not know the token.
func denied(err error) bool {
	var p *problem
	return errors.As(err, &p) && (p.code == http.StatusUnauthorized || p.code == http.StatusNotFound) && p.what != "unreadable answer"
}

// reached keeps the count of calls that did not reach Telegram, and rests when there are several in a row.
func (b *Bot) reached(p *problem) {
	now := b.o.Now()
	lost := p != nil && (p.code == 0 || p.code >= 500)
	b.mu.Lock()
	before := b.failures
	if lost {
		b.failures++
	} else {
		b.failures = 0
	}
	n, since := b.failures, b.lastSeen
	b.mu.Unlock()
	switch {
	case lost && n >= 3:
		b.pacer.Pause(now.Add(min(time.Second<<min(n-3, 5), 30*time.Second)))
		if n == 3 {
			b.report(Event{Kind: Offline, Detail: p.what})
		}
	case !lost && before >= 3:
		b.pacer.Resume()
		b.report(Event{Kind: Online, Since: since})
	}
}
