package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const token = "42:token"

// reply is an answer of the Bot API.
type reply struct {
	OK          bool            `json:"ok"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Result      json.RawMessage `json:"result"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		Migrate    int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

func ask(t *testing.T, s *Server, method string, kv ...string) reply {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		form.Set(kv[i], kv[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/bot"+token+"/"+method, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var a reply
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s: %v in %s", method, err, w.Body)
	}
	if a.OK != (w.Code == 200) {
		t.Errorf("%s: status %d and ok %v", method, w.Code, a.OK)
	}
	return a
}

func TestTheDoubleRefusesWhatTelegramRefuses(t *testing.T) {
	s := New(Options{Limits: Limits{Off: true}})
	b := s.Bot(token, "bot")
	b.User(7).Meet()
	b.User(8).In(-5, 0).Meet()
	b.User(9).Meet().Block()
	b.User(10).Meet().Vanish()
	for _, tc := range []struct{ name, method, params, want string }{
		{"a text", "sendMessage", "chat_id=7&text=x", ""},
		{"a strange chat", "sendMessage", "chat_id=77&text=x", "400 Bad Request: chat not found"},
		{"somebody who blocked the bot", "sendMessage", "chat_id=9&text=x", "403 Forbidden: bot was blocked"},
		{"a deleted account", "sendMessage", "chat_id=10&text=x", "403 Forbidden: user is deactivated"},
		{"nothing", "sendMessage", "chat_id=7&text=+%0A", "400 Bad Request: message text is empty"},
		{"4096 units", "sendMessage", "chat_id=7&text=" + strings.Repeat("%F0%9F%99%82", 2048), ""},
		{"4097 units", "sendMessage", "chat_id=7&text=a" + strings.Repeat("%F0%9F%99%82", 2048), "400 Bad Request: message is too long"},
		{"tags do not count", "sendMessage", "chat_id=7&parse_mode=HTML&text=<b>" + strings.Repeat("a", 4096) + "</b>", ""},
		{"an unknown tag", "sendMessage", "chat_id=7&parse_mode=HTML&text=<p>x</p>", "400 Bad Request: can't parse entities"},
		{"an open tag", "sendMessage", "chat_id=7&parse_mode=HTML&text=<b>x", "400 Bad Request: can't parse entities"},
		{"crossed tags", "sendMessage", "chat_id=7&parse_mode=HTML&text=<b><i>x</b></i>", "400 Bad Request: can't parse entities"},
		{"a bare ampersand", "sendMessage", "chat_id=7&parse_mode=HTML&text=a+%26+b", "400 Bad Request: can't parse entities"},
		{"a bare less-than", "sendMessage", "chat_id=7&parse_mode=HTML&text=1+<+2", "400 Bad Request: can't parse entities"},
		{"64 bytes of data", "sendMessage", `chat_id=7&text=x&reply_markup={"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("d", 64) + `"}]]}`, ""},
		{"65 bytes of data", "sendMessage", `chat_id=7&text=x&reply_markup={"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("d", 65) + `"}]]}`, "400 Bad Request: BUTTON_DATA_INVALID"},
		{"a button without a label", "sendMessage", `chat_id=7&text=x&reply_markup={"inline_keyboard":[[{"text":"","callback_data":"d"}]]}`, "400 Bad Request: text buttons"},
		{"a strange link", "sendMessage", `chat_id=7&text=x&reply_markup={"inline_keyboard":[[{"text":"a","url":"javascript:x"}]]}`, "400 Bad Request: BUTTON_URL_INVALID"},
		{"a location button", "sendMessage", `chat_id=7&text=x&reply_markup={"keyboard":[[{"text":"a","request_location":true}]]}`, ""},
		{"a location button in a group", "sendMessage", `chat_id=-5&text=x&reply_markup={"keyboard":[[{"text":"a","request_location":true}]]}`, "400 Bad Request: location"},
		{"an edit of nothing", "editMessageText", "chat_id=7&message_id=99&text=x", "400 Bad Request: message to edit not found"},
		{"an edit", "editMessageText", "chat_id=7&message_id=1&text=y", ""},
		{"the same edit", "editMessageText", "chat_id=7&message_id=1&text=y", "400 Bad Request: message is not modified"},
		{"a strange press", "answerCallbackQuery", "callback_query_id=5", "400 Bad Request: query is too old"},
		{"a command with a capital", "setMyCommands", `commands=[{"command":"Hilfe","description":"x"}]`, "400 Bad Request: BOT_COMMAND_INVALID"},
		{"a name that is too long", "setMyName", "name=" + strings.Repeat("n", 65), "400 Bad Request"},
		{"a webhook without https", "setWebhook", "url=http://x.example/", "400 Bad Request: bad webhook"},
		{"a secret with a space", "setWebhook", "url=https://x.example/&secret_token=a+b", "400 Bad Request: secret token"},
		{"a method nobody knows", "sendTelepathy", "chat_id=7", "404 Not Found"},
	} {
		form, err := url.ParseQuery(tc.params)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		var kv []string
		for k := range form {
			kv = append(kv, k, form.Get(k))
		}
		a := ask(t, s, tc.method, kv...)
		got := ""
		if !a.OK {
			got = fmt.Sprintf("%d %s", a.Code, a.Description)
		}
		if !strings.HasPrefix(got, tc.want) || a.OK != (tc.want == "") {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func numbers(t *testing.T, a reply) []int64 {
	t.Helper()
	var all []struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(a.Result, &all); err != nil {
		t.Fatalf("%v in %s", err, a.Result)
	}
	var ids []int64
	for _, u := range all {
		ids = append(ids, u.ID)
	}
	return ids
}

func TestOnlyTheOffsetConfirms(t *testing.T) {
	s := New(Options{})
	b := s.Bot(token, "bot")
	for range 3 {
		b.User(7).Say("x")
	}
	ids := numbers(t, ask(t, s, "getUpdates"))
	if again := numbers(t, ask(t, s, "getUpdates")); len(ids) != 3 || fmt.Sprint(ids) != fmt.Sprint(again) {
		t.Errorf("got %v, then %v", ids, again)
	}
	if left := numbers(t, ask(t, s, "getUpdates", "offset", fmt.Sprint(ids[1]))); len(left) != 2 {
		t.Errorf("behind the first are %v", left)
	}
	b.RestartNumbers(5)
	b.User(7).Say("y")
	if left := numbers(t, ask(t, s, "getUpdates", "offset", fmt.Sprint(ids[2]+1))); len(left) != 3 || left[2] != 6 {
		t.Errorf("with an offset of before the numbers began anew: %v", left)
	}
}

func TestAPollIsHeldAndASecondOneEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		b := s.Bot(token, "bot")
		began := time.Now()
		if ids := numbers(t, ask(t, s, "getUpdates", "timeout", "50")); len(ids) != 0 || time.Since(began) != 50*time.Second {
			t.Errorf("an empty poll gave %v after %v", ids, time.Since(began))
		}
		first := make(chan reply, 1)
		go func() { first <- ask(t, s, "getUpdates", "timeout", "50") }()
		synctest.Wait()
		go func() {
			time.Sleep(3 * time.Second)
			b.User(7).Say("x")
		}()
		if ids := numbers(t, ask(t, s, "getUpdates", "timeout", "50")); len(ids) != 1 {
			t.Errorf("the second poll gave %v", ids)
		}
		if a := <-first; a.Code != 409 {
			t.Errorf("the first poll ended with %+v", a)
		}
		time.Sleep(25 * time.Hour)
		if ids := numbers(t, ask(t, s, "getUpdates")); len(ids) != 0 {
			t.Errorf("after a day there still are %v", ids)
		}
	})
}

func TestRatesAreEnforcedAndEarlyRepeatsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Grace: -1, Limits: Limits{Slack: -1}})
		b := s.Bot(token, "bot")
		send := func(chat int) reply { return ask(t, s, "sendMessage", "chat_id", fmt.Sprint(chat), "text", "x") }
		for i := range 40 {
			b.User(int64(i + 1)).Meet()
		}
		b.User(1).In(-9, 0).Meet()
		for i := range 30 {
			if a := send(i + 1); !a.OK {
				t.Fatalf("message %d: %+v", i+1, a)
			}
		}
		if a := send(31); a.Code != 429 || a.Parameters.RetryAfter != 1 {
			t.Errorf("the 31st in a second: %+v", a)
		}
		time.Sleep(time.Second - time.Millisecond)
		if a := send(31); a.Code != 429 || len(b.Violations()) != 2 {
			t.Errorf("a millisecond early: %+v, violations %v", a, b.Violations())
		}
		time.Sleep(time.Millisecond)
		for i := range 4 {
			if a := send(32); a.OK != (i < 3) {
				t.Errorf("message %d to one chat: %+v", i+1, a)
			}
		}
		time.Sleep(10 * time.Second)
		for i := range 21 {
			if a := send(-9); a.OK != (i < 20) {
				t.Errorf("message %d to a group: %+v", i+1, a)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestAWebhookIsRepeatedUntilItIsTaken(t *testing.T) {
	type call struct{ secret, body string }
	calls := make(chan call, 100)
	answers := make(chan int, 100)
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u struct {
			Message struct{ Text string }
		}
		_ = json.NewDecoder(r.Body).Decode(&u)
		calls <- call{r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), u.Message.Text}
		w.WriteHeader(<-answers)
	}))
	defer ours.Close()
	s := New(Options{Repeat: time.Millisecond})
	defer s.Close()
	b := s.Bot(token, "bot")
	if a := ask(t, s, "setWebhook", "url", ours.URL, "secret_token", "geheim"); !a.OK {
		t.Fatalf("%+v", a)
	}
	if a := ask(t, s, "getUpdates"); a.Code != 409 {
		t.Errorf("polling beside a webhook: %+v", a)
	}
	b.User(7).Say("eins")
	b.User(7).Say("zwei")
	for i, want := range []string{"eins", "eins", "eins", "zwei"} {
		if c := <-calls; c.secret != "geheim" || c.body != want {
			t.Errorf("call %d: %+v, want %s", i+1, c, want)
		}
		answers <- []int{500, 302, 200, 204}[i]
	}
	if err := b.Until(t.Context(), func() bool { return b.Pending() == 0 }); err != nil {
		t.Error(err)
	}
}

func TestFaultsStrikeAsOftenAsAsked(t *testing.T) {
	const n = 4000
	s := New(Options{Seed: 1, Limits: Limits{Off: true}, Faults: Faults{Forbidden: 0.1, BadGateway: 0.1, Reset: 0.1, Drop: 0.1}})
	b := s.Bot(token, "bot")
	b.User(7).Meet()
	client := &http.Client{Transport: s.Transport()}
	count := map[string]int{}
	for range n {
		resp, err := client.PostForm("http://x/bot"+token+"/sendMessage", url.Values{"chat_id": {"7"}, "text": {"x"}})
		if err != nil {
			count["cut"]++
			continue
		}
		_ = resp.Body.Close()
		count[fmt.Sprint(resp.StatusCode)]++
	}
	lost := 0
	for _, m := range b.Sent() {
		if m.Lost {
			lost++
		}
	}
	if b.SentCount() != count["200"]+lost || lost == 0 || count["cut"] <= lost {
		t.Errorf("%d arrived, %v, %d lost after the effect", b.SentCount(), count, lost)
	}
	for what, share := range map[string]float64{"403": 0.1 * 0.81, "502": 0.1 * 0.9, "cut": 0.1 + 0.1*0.9*0.81*1.0} {
		if got := float64(count[what]) / n; got < share*0.75 || got > share*1.25 {
			t.Errorf("%s came in %.3f of the calls, want about %.3f", what, got, share)
		}
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<b>x</b>", "a &amp; b", "<a href=\"https://x\">y</a>", "<", "&#x41;", "<b><i></b></i>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := ParseHTML(s)
		if err == nil && len(text) > 4*len(s) {
			t.Errorf("%q became %q", s, text)
		}
		if err == nil && !strings.ContainsAny(s, "<>&") && text != s {
			t.Errorf("plain %q became %q", s, text)
		}
	})
}
