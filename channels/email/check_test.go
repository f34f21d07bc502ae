package email

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"strings"
	"testing"
)

// records is a resolver that knows TXT and MX records; with err it is silent.
type records struct {
	txt map[string][]string
	mx  []string
	err error
}

func (r records) LookupTXT(_ context.Context, name string) ([]string, error) {
	if v, ok := r.txt[name]; ok {
		return v, r.err
	}
	return nil, errors.Join(r.err, &net.DNSError{IsNotFound: r.err == nil, Name: name})
}

func (r records) LookupMX(_ context.Context, name string) (out []*net.MX, err error) {
	for _, h := range r.mx {
		out = append(out, &net.MX{Host: h})
	}
	if r.err != nil {
		return nil, &net.DNSError{Err: "timeout", IsTimeout: true, Name: name}
	}
	if len(out) == 0 {
		return nil, &net.DNSError{IsNotFound: true, Name: name}
	}
	return out, nil
}

func TestRecordsAreJudgedAsReceiversDo(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, other, _ := ed25519.GenerateKey(nil)
	cfg := ours(t)
	cfg.DKIM = &DKIMKey{Domain: "ehrenamt.example", Selector: "e1", Signer: private}
	good := map[string][]string{
		"ehrenamt.example":                {"google-site-verification=x", "v=spf1 include:_spf.provider.example -all"},
		"_dmarc.ehrenamt.example":         {"v=DMARC1; p=quarantine; rua=mailto:d@ehrenamt.example"},
		"e1._domainkey.ehrenamt.example":  {publicRecord(private)},
		"sel._domainkey.ehrenamt.example": {"v=DKIM1; p=abc"},
	}
	with := func(name string, values ...string) records {
		all := map[string][]string{}
		for k, v := range good {
			all[k] = v
		}
		if all[name] = values; values == nil {
			delete(all, name)
		}
		return records{txt: all, mx: []string{"mx.ehrenamt.example."}}
	}
	signed := []byte("DKIM-Signature: v=1; a=rsa-sha256; d=ehrenamt.example;\r\n s=sel; b=x\r\n")
	for _, x := range []struct {
		name, what string
		r          records
		key        *DKIMKey
		came       []byte
		want       Level
		says       string
	}{
		{"all is well", "spf", with("x"), cfg.DKIM, nil, OK, "-all"},
		{"no MX", "mx", records{txt: good}, cfg.DKIM, nil, Bad, "nobody can answer"},
		{"a null MX", "mx", records{txt: good, mx: []string{"."}}, cfg.DKIM, nil, Bad, "nobody can answer"},
		{"no SPF", "spf", with("ehrenamt.example", "other"), cfg.DKIM, nil, Bad, "v=spf1"},
		{"two SPF", "spf", with("ehrenamt.example", "v=spf1 -all", "v=spf1 ~all"), cfg.DKIM, nil, Bad, "several"},
		{"an open SPF", "spf", with("ehrenamt.example", "v=spf1 +all"), cfg.DKIM, nil, Warn, "anybody"},
		{"our key", "dkim", with("x"), cfg.DKIM, nil, OK, "belongs to ours"},
		{"our key in pieces", "dkim", with("e1._domainkey.ehrenamt.example", "k=ed25519;  p= "+strings.TrimPrefix(publicRecord(private), "v=DKIM1; k=ed25519; p=")), cfg.DKIM, nil, OK, "belongs"},
		{"another key", "dkim", with("e1._domainkey.ehrenamt.example", publicRecord(other)), cfg.DKIM, nil, Bad, "another one"},
		{"no key", "dkim", with("e1._domainkey.ehrenamt.example"), cfg.DKIM, nil, Bad, "no public key"},
		{"the server signs", "dkim", with("x"), nil, signed, OK, "sel._domainkey.ehrenamt.example"},
		{"the server signs without a record", "dkim", with("sel._domainkey.ehrenamt.example"), nil, signed, Bad, "no public key"},
		{"nobody signs", "dkim", with("x"), nil, []byte("Subject: x\r\n"), Warn, "did not sign"},
		{"DMARC", "dmarc", with("x"), cfg.DKIM, nil, OK, "quarantine"},
		{"DMARC that only reports", "dmarc", with("_dmarc.ehrenamt.example", "v=DMARC1; p=none"), cfg.DKIM, nil, Warn, "p=none"},
		{"no DMARC", "dmarc", with("_dmarc.ehrenamt.example"), cfg.DKIM, nil, Bad, "_dmarc.ehrenamt.example"},
		{"nobody answers", "dns", records{err: errors.New("silence")}, cfg.DKIM, nil, Warn, "not checked"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := cfg
			c.DKIM = x.key
			found := checkDNS(t.Context(), x.r, c, x.came)
			for _, f := range found {
				if f.What == x.what {
					if f.Level != x.want || !strings.Contains(f.Says, x.says) {
						t.Errorf("%+v, want %s and %q", f, x.want, x.says)
					}
					return
				}
			}
			t.Errorf("nothing about %s in %+v", x.what, found)
		})
	}
	if !strings.Contains(publicRecord(private), "k=ed25519; p=") || len(public) == 0 {
		t.Error(publicRecord(private))
	}
}
