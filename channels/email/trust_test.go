package email

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"ehrenamt/channels"
)

// zone answers TXT queries.
type zone map[string]string

func (z zone) lookup(name string) ([]string, error) {
	if v, ok := z[strings.TrimSuffix(name, ".")]; ok {
		return []string{v}, nil
	}
	return nil, errors.New("no such host")
}

// signedBy signs a mail for a domain and publishes its key.
func signedBy(t *testing.T, z zone, domain string, keys []string, raw string) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	z["s1._domainkey."+domain] = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	var out bytes.Buffer
	err = dkim.Sign(&out, strings.NewReader(strings.ReplaceAll(raw, "\n", "\r\n")), &dkim.SignOptions{
		Domain: domain, Selector: "s1", Signer: private, HeaderKeys: keys,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOwnCheckOfSignatures(t *testing.T) {
	const raw = "From: Anna <anna@verein.example.org>\nTo: bot@ehrenamt.example\nSubject: Hallo\nMessage-ID: <1@x>\n\nIch komme.\n"
	keys := []string{"From", "To", "Subject"}
	for _, c := range []struct {
		name, domain, policy string
		change               func([]byte) []byte
		want                 string
	}{
		{"the domain itself", "verein.example.org", "", nil, TrustAuthenticated},
		{"its organisation", "example.org", "", nil, TrustAuthenticated},
		{"its organisation where the policy is strict", "example.org", "v=DMARC1; p=reject; adkim=s", nil, TrustNone},
		{"somebody else", "evil.example.com", "", nil, TrustNone},
		{"a changed text", "verein.example.org", "", func(b []byte) []byte { return bytes.Replace(b, []byte("komme"), []byte("zahle"), 1) }, TrustNone},
		{"a changed sender", "verein.example.org", "", func(b []byte) []byte { return bytes.Replace(b, []byte("anna@"), []byte("eva@"), 1) }, TrustNone},
		{"a second sender on top", "verein.example.org", "", func(b []byte) []byte { return append([]byte("From: eva@verein.example.org\r\n"), b...) }, TrustNone},
		{"bare line ends", "verein.example.org", "", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }, TrustAuthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := zone{}
			if c.policy != "" {
				z["_dmarc.verein.example.org"] = c.policy
			}
			mail := signedBy(t, z, c.domain, keys, raw)
			if c.change != nil {
				mail = c.change(mail)
			}
			r := mailbox()
			r.Verifier = &Verifier{LookupTXT: z.lookup}
			if got := r.Read(mail).Trust; got != c.want {
				t.Errorf("trust is %s, want %s", got, c.want)
			}
		})
	}
}

func TestOurServersVerdictIsNotAskedAgain(t *testing.T) {
	z := zone{}
	mail := signedBy(t, z, "x.example", []string{"From"}, "From: anna@x.example\nSubject: x\n\nx\n")
	mail = append([]byte("Authentication-Results: mx.ehrenamt.example; dkim=fail header.d=x.example\r\n"), mail...)
	r := mailbox()
	r.Verifier = &Verifier{LookupTXT: z.lookup}
	if got := r.Read(mail).Trust; got != TrustNone {
		t.Errorf("trust is %s although our server says no", got)
	}
}

func read(t *testing.T, raw string) channels.Message {
	t.Helper()
	return mailbox().Message("aachen", "7:42", []byte(strings.ReplaceAll(raw, "\n", "\r\n")), time.Unix(1e9, 0))
}

func TestACalendarAnswerSpeaksForItsAttendeeAlone(t *testing.T) {
	mail := func(attendee string) string {
		return "Authentication-Results: mx.ehrenamt.example; dmarc=pass header.from=x.example\nFrom: anna@x.example\nSubject: Zugesagt\nContent-Type: text/calendar; method=REPLY\n\n" +
			"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u1\nATTENDEE;PARTSTAT=ACCEPTED:mailto:" + attendee + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	if m := read(t, mail("ANNA@x.example")); m.Kind != channels.Calendar || m.Trust != channels.Authenticated || m.Invite.PartStat != "ACCEPTED" {
		t.Errorf("%s %d %+v", m.Kind, m.Trust, m.Invite)
	}
	if m := read(t, mail("peter@x.example")); m.Trust == channels.Authenticated {
		t.Error("anna answers for peter")
	}
}

func TestABounceCountsOnlyWithAToken(t *testing.T) {
	mail := func(to, status string) string {
		return "Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nTo: " + to + "\nSubject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
			"--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; Peter@x.example\nAction: failed\nStatus: " + status + "\n\n--b--\n"
	}
	const with = "bot+k7q2mxw4zt3hn6pd@ehrenamt.example"
	for _, c := range []struct {
		to, status string
		want       channels.Kind
	}{
		{with, "5.1.1", channels.Failure}, {with, "5.2.1", channels.Failure}, {with, "5.7.1", channels.Bounced}, {with, "5.2.2", channels.Bounced},
		{"bot@ehrenamt.example", "5.1.1", channels.Auto}, {"other+k7q2mxw4zt3hn6pd@ehrenamt.example", "5.1.1", channels.Auto},
	} {
		m := read(t, mail(c.to, c.status))
		if m.Kind != c.want {
			t.Errorf("%s to %s is %s, want %s", c.status, c.to, m.Kind, c.want)
		}
		if c.want != channels.Auto && (m.From.ID != "peter@x.example" || m.Ref != "<ea.k7q2mxw4zt3hn6pd@ehrenamt.example>" || m.Text != c.status) {
			t.Errorf("%+v", m)
		}
	}
}

func TestAMessageCarriesWhatTheBotNeeds(t *testing.T) {
	m := read(t, "From: Anna Schmidt <Anna@X.example>\nTo: bot+k7q2mxw4zt3hn6pd@ehrenamt.example\nSubject: WG: Aufruf\nMessage-ID: <1@x.example>\nContent-Language: de-DE\n\nAnbei.\n\n---------- Forwarded message ---------\nVon: V <v@x>\nDate: heute\nSubject: Aufruf\n\nWir suchen fünf.\n")
	want := channels.Address{Channel: "email", Account: "aachen", ID: "anna@x.example"}
	if m.From != want || m.ID != "7:42" || m.Text != "Anbei.\n\nWir suchen fünf." || m.Lang != "de" || m.Name != "Anna Schmidt" ||
		m.Trust != channels.Routed || m.Kind != channels.Text || !m.Sent.Equal(time.Unix(1e9, 0)) || m.Ref == "" {
		t.Errorf("%+v", m)
	}
	again := read(t, "Received: by another way\nDelivered-To: bot@ehrenamt.example\nFrom: Anna Schmidt <Anna@X.example>\nTo: bot+k7q2mxw4zt3hn6pd@ehrenamt.example\nSubject: WG: Aufruf\nMessage-ID: <1@x.example>\nContent-Language: de-DE\n\nAnbei.\n\n---------- Forwarded message ---------\nVon: V <v@x>\nDate: heute\nSubject: Aufruf\n\nWir suchen fünf.\n")
	if again.Dedupe != m.Dedupe {
		t.Error("the same mail by another way has another identity")
	}
	other := read(t, "From: Anna Schmidt <Anna@X.example>\nMessage-ID: <1@x.example>\n\nEtwas anderes.\n")
	if other.Dedupe == m.Dedupe {
		t.Error("another text under the same Message-ID would be lost")
	}
}
