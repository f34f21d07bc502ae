package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ehrenamt/channels/email/emailtest"
)

// benchMail runs `bench mail` against a Postfix that throws everything away; secured with STARTTLS, as out there.
func benchMail(t testing.TB, count, compare int, secured bool) mailReport {
	t.Helper()
	stack := emailtest.Start(t)
	from := stack.User()
	server := url.URL{Scheme: "smtp", User: url.UserPassword(from, emailtest.Password), Host: stack.Submission, RawQuery: "tls=off"}
	if secured {
		t.Setenv("SSL_CERT_FILE", filepath.Join(stack.Dir, "dovecot", "cert.pem")) // is read once in a process
		server.RawQuery = ""
	}
	root := newRoot()
	var out strings.Builder
	root.SetOut(&out)
	root.SetArgs([]string{"bench", "mail", "--smtp", server.String(), "--from", from, "--count", strconv.Itoa(count), "--compare", strconv.Itoa(compare)})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r mailReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	return r
}

func TestBenchMailSendsEveryAlertOnce(t *testing.T) {
	r := benchMail(t, 120, 30, false)
	if r.Reused.Delivered != 120 || r.Single.Delivered != 30 || r.Ratio <= 0 {
		t.Errorf("%+v", r)
	}
}

// BenchmarkAlertsByMail hands 10,000 alerts to Postfix, which are to take less than a minute, and compares that with a
// connection for each mail. MAILS sets another number. It runs once in a process: -benchtime 1x.
func BenchmarkAlertsByMail(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("MAILS"))
	if err != nil {
		n = 10_000
	}
	for range b.N {
		r := benchMail(b, n, max(1, n/10), true)
		if r.Reused.Delivered != n {
			b.Fatalf("%+v", r)
		}
		b.ReportMetric(r.Reused.Seconds, "s/"+strconv.Itoa(n)+"-mails")
		b.ReportMetric(r.Reused.PerSecond, "mails/s")
		b.ReportMetric(r.Single.PerSecond, "single-mails/s")
		b.ReportMetric(r.Ratio, "ratio")
	}
}
