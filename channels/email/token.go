package email

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
)

// A token names one mail of ours: 80 or more unguessable bits in lower-case base32 (RFC 4648). It stands in
// Reply-To, in the envelope sender and in the Message-ID, so that an answer or a bounce finds its way back by
// any of them. Whoever has seen the mail knows it, so it proves nothing.
var (
	tokenShape    = regexp.MustCompile(`^[a-z0-9]{16,64}$`)
	tokenSubject  = regexp.MustCompile(`(?i)(?:^|[\s\[(<#:])([a-z0-9]{16,64})(?:$|[\s\])>,;.])`)
	ownID         = regexp.MustCompile(`^<ea\.([a-z0-9]{16,64})@([^<>\s@]+)>$`)
	messageIDForm = regexp.MustCompile(`<[!-;=?-~]{1,250}>`)
)

// IsToken tells whether s has the shape of a token. Whether we gave it out is for others to know.
func IsToken(s string) bool { return tokenShape.MatchString(s) }

// maxReferences bounds how many Message-IDs of a thread are looked at; the newest count.
const maxReferences = 50

func messageID(v string) string { return messageIDForm.FindString(v) }

func messageIDs(v string) []string {
	if len(v) > 64<<10 {
		v = v[len(v)-64<<10:]
	}
	all := messageIDForm.FindAllString(v, -1)
	if len(all) > maxReferences {
		all = all[len(all)-maxReferences:]
	}
	return all
}

// unique drops repeats; of each the last stays.
func unique(ids []string) []string {
	var out []string
	for i, id := range ids {
		if !slices.Contains(ids[i+1:], id) {
			out = append(out, id)
		}
	}
	return out
}

// ours is the newest of the referred mails that we sent, else "".
func (r Reader) ours(references []string) string {
	for i := len(references) - 1; i >= 0; i-- {
		if ownID.MatchString(references[i]) {
			return references[i]
		}
	}
	return ""
}

// token finds the token: where the mail was delivered, to whom it was written, then the
// subject, then the mails it refers to; of a report the mail that it is about.
func (r Reader) token(h *header, f *found, references []string) string {
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc"} {
		for _, v := range h.all(name) {
			if t := r.tokenOf(addresses(v)); t != "" {
				return t
			}
		}
	}
	if m := tokenSubject.FindAllStringSubmatch(h.text("subject"), 5); m != nil {
		for _, one := range m {
			if t := strings.ToLower(one[1]); IsToken(t) && mixed(t) {
				return t
			}
		}
	}
	if t := r.tokenIn(references); t != "" {
		return t
	}
	if len(f.returned.fields) > 0 && f.status != "" {
		return r.tokenIn([]string{messageID(f.returned.get("message-id"))})
	}
	return ""
}

// mixed tells a token from a long word, a number or a hash in hexadecimal digits.
func mixed(t string) bool {
	return strings.ContainsAny(t, "0123456789") && strings.ContainsAny(t, "ghijklmnopqrstuvwxyz")
}

// tokenIn finds the token in the newest of our own Message-IDs. Where our address is not known, any
// Message-ID with a token in base32 counts.
func (r Reader) tokenIn(ids []string) string {
	for i := len(ids) - 1; i >= 0; i-- {
		if m := ownID.FindStringSubmatch(ids[i]); m != nil {
			return m[1]
		}
		if len(r.Addresses) > 0 {
			continue
		}
		local, _, _ := strings.Cut(strings.Trim(ids[i], "<>"), "@")
		for _, piece := range strings.FieldsFunc(local, func(c rune) bool { return strings.ContainsRune(".+_-", c) }) {
			if IsToken(piece) && mixed(piece) && !strings.ContainsAny(piece, "0189") {
				return piece
			}
		}
	}
	return ""
}

// tokenOf reads "bot+token@host".
func (r Reader) tokenOf(list []string) string {
	for _, a := range list {
		at := strings.LastIndexByte(a, '@')
		plus := strings.IndexByte(a, '+')
		if plus < 1 || at < plus {
			continue
		}
		t := a[plus+1 : at]
		if IsToken(t) && (len(r.Addresses) == 0 || r.own(a[:plus]+a[at:])) {
			return t
		}
	}
	return ""
}

// own tells whether an address is ours, with or without a token.
func (r Reader) own(addr string) bool {
	if at, plus := strings.LastIndexByte(addr, '@'), strings.IndexByte(addr, '+'); plus > 0 && at > plus {
		addr = addr[:plus] + addr[at:]
	}
	for _, a := range r.Addresses {
		if addr != "" && strings.EqualFold(a, addr) {
			return true
		}
	}
	return false
}

// Ref is the Message-ID of the mail of ours that a token names.
func (r Reader) Ref(token string) string {
	if token == "" || len(r.Addresses) == 0 {
		return ""
	}
	return ownMessageID(token, domainOf(r.Addresses[0]))
}

func ownMessageID(token, domain string) string { return "<ea." + token + "@" + domain + ">" }

func domainOf(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }

// derive makes the token of a delivery's key: 130 bits, guessable only with the secret, always the same.
func derive(secret []byte, key string) string {
	m := hmac.New(sha256.New, secret)
	_, _ = m.Write([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(m.Sum(nil)))[:26]
}
