package email

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Resolver looks up the records of a domain; *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// dnsWait is how long one question may take.
const dnsWait = 5 * time.Second

// checkDNS looks at the records by which others judge our mail; came is the header of one that went round.
func checkDNS(ctx context.Context, dns Resolver, cfg Config, came []byte) []Finding {
	domain := domainOf(cfg.Address)
	mx, err := resolve(ctx, domain, dns.LookupMX)
	if unanswered(err) {
		return []Finding{{Warn, "dns", "no resolver answers; MX, SPF, DKIM and DMARC are not checked"}}
	}
	found := []Finding{checkMX(mx), checkSPF(ctx, dns, domain)}
	return append(found, checkDKIM(ctx, dns, cfg.DKIM, came), checkDMARC(ctx, dns, domain))
}

func resolve[T any](ctx context.Context, name string, ask func(context.Context, string) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsWait)
	defer cancel()
	return ask(ctx, name)
}

// unanswered tells that nobody answered, unlike an answer that there is nothing.
func unanswered(err error) bool {
	var e *net.DNSError
	return err != nil && (!errors.As(err, &e) || !e.IsNotFound)
}

func checkMX(mx []*net.MX) Finding {
	var names []string
	for _, m := range mx {
		if m.Host != "." {
			names = append(names, strings.TrimSuffix(m.Host, "."))
		}
	}
	if len(names) == 0 {
		return Finding{Bad, "mx", "the domain of the address has no MX record: nobody can answer"}
	}
	return Finding{OK, "mx", strings.Join(names, ", ")}
}

// record finds the one TXT record that begins with a word.
func record(ctx context.Context, dns Resolver, name, begins string) (value string, n int) {
	all, err := resolve(ctx, name, dns.LookupTXT)
	if err != nil {
		return "", 0
	}
	for _, v := range all {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), begins) {
			value = strings.TrimSpace(v)
			n++
		}
	}
	return value, n
}

func checkSPF(ctx context.Context, dns Resolver, domain string) Finding {
	v, n := record(ctx, dns, domain, "v=spf1")
	fields := strings.Fields(strings.ToLower(v))
	switch {
	case n == 0:
		return Finding{Bad, "spf", "there is none: set TXT " + domain + " \"v=spf1 include:<provider> -all\""}
	case n > 1:
		return Finding{Bad, "spf", "there are several, which counts as none: keep one"}
	case len(fields) > 0 && (fields[len(fields)-1] == "+all" || fields[len(fields)-1] == "all" || fields[len(fields)-1] == "?all"):
		return Finding{Warn, "spf", "it lets anybody send in this name: end it with -all or ~all"}
	}
	return Finding{OK, "spf", v}
}

func checkDKIM(ctx context.Context, dns Resolver, key *DKIMKey, came []byte) Finding {
	if key == nil {
		h, _ := splitHeader(came)
		v := h.get("dkim-signature")
		if v == "" {
			return Finding{Warn, "dkim", "the SMTP server did not sign the mail to ourselves: let it sign, or set [email.<name>.dkim]"}
		}
		name := tag(v, "s") + "._domainkey." + tag(v, "d")
		if all, err := resolve(ctx, name, dns.LookupTXT); err != nil || len(all) == 0 {
			return Finding{Bad, "dkim", "the SMTP server signs, but there is no public key under " + name}
		}
		return Finding{OK, "dkim", "the SMTP server signs, with the key under " + name}
	}
	name := key.Selector + "._domainkey." + key.Domain
	all, err := resolve(ctx, name, dns.LookupTXT)
	if err != nil || len(all) == 0 {
		return Finding{Bad, "dkim", "there is no public key: set TXT " + name + " \"" + publicRecord(key.Signer) + "\""}
	}
	for _, v := range all {
		if tag(v, "p") == tag(publicRecord(key.Signer), "p") {
			return Finding{OK, "dkim", "the public key under " + name + " belongs to ours"}
		}
	}
	return Finding{Bad, "dkim", "the public key under " + name + " is another one: set it to \"" + publicRecord(key.Signer) + "\""}
}

// publicRecord is what has to stand in the DNS for a key (RFC 6376, RFC 8463).
func publicRecord(key crypto.Signer) string {
	switch pub := key.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(pub)
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err == nil {
			return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
		}
	}
	return "v=DKIM1; p=…"
}

// tag is one value of "a=1; b=2", without blanks.
func tag(record, name string) string {
	for part := range strings.SplitSeq(record, ";") {
		k, v, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.Join(strings.Fields(v), "")
		}
	}
	return ""
}

func checkDMARC(ctx context.Context, dns Resolver, domain string) Finding {
	v, n := record(ctx, dns, "_dmarc."+domain, "v=dmarc1")
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); n == 0 && err == nil && org != domain {
		v, n = record(ctx, dns, "_dmarc."+org, "v=dmarc1")
	}
	switch {
	case n == 0:
		return Finding{Bad, "dmarc", "there is none: set TXT _dmarc." + domain + " \"v=DMARC1; p=none; rua=mailto:…\""}
	case n > 1:
		return Finding{Bad, "dmarc", "there are several, which counts as none: keep one"}
	case strings.EqualFold(tag(v, "p"), "none"):
		return Finding{Warn, "dmarc", "it only reports (p=none): once the reports are clean, set p=quarantine"}
	}
	return Finding{OK, "dmarc", v}
}
