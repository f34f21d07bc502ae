package emailtest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"
)

// dovecotConf runs Dovecot without privileges: every internal user is the one that starts it.
const dovecotConf = `protocols = imap lmtp
base_dir = {{dir}}/dovecot/run
state_dir = {{dir}}/dovecot/state
log_path = {{dir}}/dovecot/dovecot.log
listen = 127.0.0.1
default_internal_user = {{user}}
default_internal_group = {{group}}
default_login_user = {{user}}
ssl = yes
ssl_cert = <{{dir}}/dovecot/cert.pem
ssl_key = <{{dir}}/dovecot/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
auth_failure_delay = 0
mail_location = maildir:{{dir}}/mail/%u
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
mail_max_userip_connections = 200
mail_fsync = never
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {{dir}}/dovecot/users
}
userdb {
  driver = passwd-file
  args = username_format=%u {{dir}}/dovecot/users
  default_fields = uid={{user}} gid={{group}} home={{dir}}/mail/%u
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  inet_listener imap {
    port = {{imap}}
  }
  inet_listener imaps {
    port = {{imaps}}
    ssl = yes
  }
}
service imap {
  process_limit = 300
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service lmtp {
  inet_listener lmtp {
    port = {{lmtp}}
  }
}
service auth {
  inet_listener {
    port = {{sasl}}
  }
}
`

const postfixMain = `compatibility_level = 3.6
queue_directory = {{dir}}/postfix/spool
data_directory = {{dir}}/postfix/data
maillog_file_prefixes = {{dir}}
maillog_file = {{dir}}/postfix/mail.log
myhostname = mx.users.test
mydomain = users.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
disable_dns_lookups = yes
recipient_delimiter = +
message_size_limit = 31457280
virtual_mailbox_domains = users.test
virtual_mailbox_maps = static:1
virtual_transport = lmtp:inet:{{lmtpaddr}}
relay_domains = bounce.test, discard.test
relay_recipient_maps =
transport_maps = inline:{ bounce.test=lmtp:inet:{{lmtpaddr}}, discard.test=discard: }
default_transport = error:5.7.1 no outside world
smtpd_recipient_restrictions = check_recipient_access inline:{ {gone@users.test = 550 5.1.1 no such user} }
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_tls_security_level = may
smtpd_tls_chain_files = {{dir}}/dovecot/key.pem, {{dir}}/dovecot/cert.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:{{sasladdr}}
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
enable_long_queue_ids = yes
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
`

const postfixMaster = `{{smtpaddr}} inet n - n - - smtpd
{{submaddr}} inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=no -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// configure writes the files of both servers.
func (s *Stack) configure() error {
	uid, gid := ids(s.owner)
	if err := os.Chmod(s.Dir, 0o755); err != nil {
		return err
	}
	for _, d := range []string{"dovecot", "dovecot/run", "dovecot/state", "mail"} {
		if err := os.MkdirAll(s.path(d), 0o755); err != nil {
			return err
		}
		if err := os.Chown(s.path(d), int(uid), int(gid)); err != nil {
			return err
		}
	}
	post, err := user.Lookup("postfix")
	if err != nil {
		return fmt.Errorf("the user of the Postfix package: %w", err)
	}
	pu, _ := ids(post)
	for _, d := range []string{"postfix", "postfix/spool", "postfix/data"} {
		if err := os.MkdirAll(s.path(d), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chown(s.path("postfix", "data"), int(pu), 0); err != nil {
		return err
	}
	if err := s.certificate(); err != nil {
		return err
	}
	var list strings.Builder
	for i := range users {
		fmt.Fprintf(&list, "u%03d@users.test:{PLAIN}%s::::::\n", i, Password)
	}
	port := func(addr string) string { _, p, _ := net.SplitHostPort(addr); return p }
	fill := strings.NewReplacer("{{dir}}", s.Dir, "{{user}}", s.owner.Username, "{{group}}", groupName(s.owner),
		"{{imap}}", port(s.IMAP), "{{imaps}}", port(s.IMAPS), "{{lmtp}}", port(s.LMTP), "{{sasl}}", port(s.sasl),
		"{{lmtpaddr}}", s.LMTP, "{{sasladdr}}", s.sasl, "{{smtpaddr}}", s.SMTP, "{{submaddr}}", s.Submission)
	for file, text := range map[string]string{
		"dovecot/dovecot.conf": dovecotConf,
		"dovecot/users":        list.String(),
		"postfix/main.cf":      postfixMain,
		"postfix/master.cf":    postfixMaster,
	} {
		if err := os.WriteFile(s.path(file), []byte(fill.Replace(text)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// certificate makes a certificate for localhost and trusts it.
func (s *Stack) certificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(cert)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	uid, gid := ids(s.owner)
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(s.path("dovecot", file), pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
		if err := os.Chown(s.path("dovecot", file), int(uid), int(gid)); err != nil {
			return err
		}
	}
	return nil
}

func ids(u *user.User) (uid, gid uint32) {
	a, _ := strconv.ParseUint(u.Uid, 10, 32)
	b, _ := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(a), uint32(b)
}

func groupName(u *user.User) string {
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return u.Gid
	}
	return g.Name
}

// freePorts finds loopback addresses that nobody listens on.
func freePorts(n int) ([]string, error) {
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().String())
	}
	return out, nil
}

// listening waits until a server greets.
func listening(addr, greeting string) error {
	end := time.Now().Add(patience)
	var last error
	for tick := time.NewTicker(20 * time.Millisecond); time.Now().Before(end); <-tick.C {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			last = err
			continue
		}
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		line, err := bufio.NewReader(c).ReadString('\n')
		_ = c.Close()
		if err == nil && strings.HasPrefix(line, greeting) {
			return nil
		}
		last = fmt.Errorf("greets with %q (%v)", line, err)
	}
	return fmt.Errorf("not up after %v: %w", patience, last)
}

func tail(log []byte) []byte {
	if len(log) > 2000 {
		return log[len(log)-2000:]
	}
	return log
}

// dialogue is a conversation that stops at its first error.
type dialogue struct {
	c   net.Conn
	r   *bufio.Reader
	err error
}

func (l *dialogue) say(line, want string) {
	if l.err != nil {
		return
	}
	if _, l.err = l.c.Write([]byte(line + "\r\n")); l.err == nil {
		l.expect(want)
	}
}

func (l *dialogue) expect(want string) {
	if l.r == nil {
		l.r = bufio.NewReader(l.c)
	}
	for l.err == nil {
		var line string
		if line, l.err = l.r.ReadString('\n'); l.err != nil {
			return
		}
		if !strings.HasPrefix(line, want) {
			l.err = fmt.Errorf("server says %q", strings.TrimSpace(line))
			return
		}
		if len(line) > 3 && line[3] == ' ' {
			return
		}
	}
}

// dotted gives lines CRLF and doubles leading dots (RFC 5321 section 4.5.2).
func dotted(raw []byte) string {
	text := string(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
	text = strings.TrimSuffix(text, "\n")
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = "." + l
		}
	}
	return strings.Join(lines, "\r\n")
}
