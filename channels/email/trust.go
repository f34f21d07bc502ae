package email

import (
	"bytes"
	"strings"

	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"

	"ehrenamt/channels"
)

// Verifier checks DKIM signatures and DMARC alignment itself, for mailboxes whose server adds no
// Authentication-Results. LookupTXT is the resolver.
type Verifier struct {
	LookupTXT func(domain string) ([]string, error)
}

// maxSignatures bounds how many DKIM signatures of a mail are verified.
const maxSignatures = 5

// The levels of trust as Reading.Trust names them.
const (
	TrustNone          = "none"
	TrustRouted        = "routed"
	TrustAuthenticated = "authenticated"
)

func trustLevel(s string) channels.Trust {
	switch s {
	case TrustAuthenticated:
		return channels.Authenticated
	case TrustRouted:
		return channels.Routed
	}
	return channels.Untrusted
}

// trust says how far From can be believed. single is false where From names no or several addresses.
func (r Reader) trust(h *header, raw []byte, single bool, from, token string) string {
	at := strings.LastIndexByte(from, '@')
	if single && at > 0 {
		domain := from[at+1:]
		ours := r.results(h)
		if ours != "" && vouched(ours, domain) {
			return TrustAuthenticated
		}
		if ours == "" && r.Verifier != nil && r.Verifier.signed(raw, domain) {
			return TrustAuthenticated
		}
	}
	if token != "" {
		return TrustRouted
	}
	return TrustNone
}

// results is the topmost Authentication-Results of our own MX; those of others are somebody's claim.
// Only the topmost counts: one further down may have come in with the mail.
func (r Reader) results(h *header) string {
	own := r.AuthServID
	if own == "" && r.AuthServByTrace {
		own = receivedBy(h)
	}
	if own == "" {
		return ""
	}
	for _, v := range h.all("authentication-results") {
		id, _, _ := strings.Cut(v, ";")
		if f := strings.Fields(withoutComments(id)); len(f) > 0 && strings.EqualFold(f[0], own) {
			return v
		}
	}
	return ""
}

// receivedBy is the server whose Authentication-Results come first, if it is among the last two that
// passed the mail on.
func receivedBy(h *header) string {
	id, _, _ := strings.Cut(h.get("authentication-results"), ";")
	f := strings.Fields(withoutComments(id))
	if len(f) == 0 {
		return ""
	}
	trace := h.all("received")
	for _, v := range trace[:min(2, len(trace))] {
		words := strings.Fields(withoutComments(v))
		for i, w := range words[:max(0, len(words)-1)] {
			if strings.EqualFold(w, "by") && strings.EqualFold(strings.Trim(words[i+1], ";,"), f[0]) {
				return f[0]
			}
		}
	}
	return ""
}

// vouched reads one Authentication-Results (RFC 8601): dmarc=pass for the domain, or dkim=pass aligned with it.
func vouched(v, domain string) bool {
	if len(v) > 16<<10 {
		return false
	}
	_, results, err := authres.Parse(withoutComments(v))
	if err != nil {
		return false
	}
	pass := false
	for _, res := range results {
		switch x := res.(type) {
		case *authres.DMARCResult:
			if x.Value != authres.ResultPass {
				return false
			}
			if x.From != "" && !sameDomain(x.From, domain) {
				return false
			}
			pass = true
		case *authres.DKIMResult:
			signer := x.Domain
			if signer == "" {
				signer = x.Identifier[strings.LastIndexByte(x.Identifier, '@')+1:]
			}
			if x.Value == authres.ResultPass && aligned(signer, domain, false) {
				pass = true
			}
		}
	}
	return pass
}

func sameDomain(a, b string) bool {
	a = a[strings.LastIndexByte(a, '@')+1:]
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// withoutComments drops parenthesised comments (RFC 5322), nested ones too, but not inside quotes.
func withoutComments(v string) string {
	var b strings.Builder
	depth, quote := 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\' && i+1 < len(v):
			if depth == 0 {
				b.WriteByte(c)
				b.WriteByte(v[i+1])
			}
			i++
		case c == '"' && depth == 0:
			quote = !quote
			b.WriteByte(c)
		case c == '(' && !quote:
			depth++
		case c == ')' && !quote && depth > 0:
			depth--
			b.WriteByte(' ')
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// aligned tells whether a signing domain speaks for the domain of From (RFC 7489 section 3.1.1).
func aligned(signer, from string, strict bool) bool {
	signer = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(signer), "."))
	from = strings.ToLower(strings.TrimSuffix(from, "."))
	if signer == "" || from == "" {
		return false
	}
	if signer == from {
		return true
	}
	if strict {
		return false
	}
	a, err := publicsuffix.EffectiveTLDPlusOne(signer)
	if err != nil {
		return false
	}
	b, err := publicsuffix.EffectiveTLDPlusOne(from)
	return err == nil && a == b
}

// signed verifies the signatures of a whole mail and whether one speaks for the domain of From.
func (v *Verifier) signed(raw []byte, domain string) bool {
	if !bytes.Contains(bytes.ToLower(firstBytes(raw, maxHeaderBytes)), []byte("dkim-signature:")) {
		return false
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(withCRLF(raw)), &dkim.VerifyOptions{LookupTXT: v.LookupTXT, MaxVerifications: maxSignatures})
	if err != nil && len(found) == 0 {
		return false
	}
	strict := false
	asked := false
	for _, one := range found {
		if one.Err != nil || !signsFrom(one.HeaderKeys) {
			continue
		}
		if !asked {
			strict, asked = v.strict(domain), true
		}
		if aligned(one.Domain, domain, strict) {
			return true
		}
	}
	return false
}

func signsFrom(keys []string) bool {
	for _, k := range keys {
		if strings.EqualFold(k, "from") {
			return true
		}
	}
	return false
}

// strict tells whether the domain's DMARC record asks for an exact match.
func (v *Verifier) strict(domain string) bool {
	rec, err := dmarc.LookupWithOptions(domain, &dmarc.LookupOptions{LookupTXT: v.LookupTXT})
	if err != nil {
		org, e := publicsuffix.EffectiveTLDPlusOne(domain)
		if e != nil || org == domain {
			return false
		}
		if rec, err = dmarc.LookupWithOptions(org, &dmarc.LookupOptions{LookupTXT: v.LookupTXT}); err != nil {
			return false
		}
	}
	return rec.DKIMAlignment == dmarc.AlignmentStrict
}

// withCRLF gives every line the ending that signatures are made over.
func withCRLF(raw []byte) []byte {
	if bytes.Count(raw, []byte("\n")) == bytes.Count(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}
