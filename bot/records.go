package bot

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/conversations/flows"
)

// signatureMark begins the last line of a record of hours; behind it stands the Ed25519 signature (RFC 8032) of everything
// above, in base64.
const signatureMark = "Ed25519: "

// ErrRecord means that a record of hours was not issued here, or is not as it was issued.
var ErrRecord = errors.New("not as it was issued")

// signRecord ends a record with its signature.
func signRecord(key ed25519.PrivateKey, text string) []byte {
	text = plainRecord(text) + "\n"
	return []byte(text + signatureMark + base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(text))) + "\n")
}

// CheckRecord tells whether a record of hours is word for word as it was issued, whatever mail did to the ends of its lines.
// It returns the text that is signed.
func CheckRecord(key ed25519.PublicKey, record []byte) (string, error) {
	text := plainRecord(string(record))
	i := strings.LastIndex(text, "\n"+signatureMark)
	if i < 0 || len(key) != ed25519.PublicKeySize {
		return "", ErrRecord
	}
	signed := plainRecord(text[:i]) + "\n"
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text[i+1+len(signatureMark):]))
	if err != nil || !ed25519.Verify(key, []byte(signed), sig) {
		return "", ErrRecord
	}
	return signed, nil
}

// plainRecord is a record without what mail and editors change of lines.
func plainRecord(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(s, "\ufeff"), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// signHours adds the signed record to a sum of hours.
func (t *turn) signHours(k *talk, h *flows.Hours) {
	if len(t.b.Records) != ed25519.PrivateKeySize || len(h.Visits) == 0 {
		return
	}
	data := signRecord(t.b.Records, t.b.Book.HoursRecord(*h, k.env))
	h.Record = &channels.FileInfo{Type: "text/plain; charset=utf-8", Data: data, Size: int64(len(data))}
}
