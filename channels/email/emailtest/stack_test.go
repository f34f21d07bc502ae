package emailtest

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestMailGoesThroughBothServers(t *testing.T) {
	s := Start(t)
	user := s.User()
	if err := s.Submit("a@users.test", user, []byte("Subject: hello\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	mails, err := s.WaitMails(ctx, user, "", 1)
	if err != nil || !strings.Contains(string(mails[0]), "Subject: hello") {
		t.Fatalf("%v %q", err, mails)
	}
}
