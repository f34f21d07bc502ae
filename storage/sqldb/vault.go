package sqldb

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"ehrenamt/storage"
)

// Sealed values are one byte that names the key, 12 random bytes, and AES-256-GCM ciphertext with its tag.
// What a value belongs to (table, column, row) is authenticated with it, so that none can be moved.
const nonceSize = 12

// lookupSize is how many bytes of HMAC-SHA-256 find a row.
const lookupSize = 16

// vault seals and opens values, and hashes what is looked up.
type vault struct {
	seals  []sealer // the present key first
	lookup []byte   // key of the hashes; belongs to the database, see unlock
	rand   io.Reader
	plain  bool // for tests of what is erased
}

type sealer struct {
	id   byte
	aead cipher.AEAD
}

// add derives from the key what seals.
func (v *vault) add(k Key) error {
	secret, err := hkdf.Key(sha256.New, k.secret[:], nil, "ehrenamt seal 1", 33)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(secret[:32])
	if err != nil {
		return err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	v.seals = append(v.seals, sealer{secret[32], aead})
	return nil
}

// sealBytes seals plain for the place that is named; nil stays nil.
func (v *vault) sealBytes(place string, plain []byte) ([]byte, error) {
	if plain == nil || v.plain {
		return plain, nil
	}
	s := v.seals[0]
	out := make([]byte, 1+nonceSize, 1+nonceSize+len(plain)+s.aead.Overhead())
	out[0] = s.id
	if _, err := io.ReadFull(v.rand, out[1:]); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return s.aead.Seal(out, out[1:], plain, []byte(place)), nil
}

func (v *vault) openBytes(place string, sealed []byte) ([]byte, error) {
	if sealed == nil || v.plain {
		return sealed, nil
	}
	if len(sealed) > 1+nonceSize {
		for _, s := range v.seals {
			if s.id != sealed[0] {
				continue
			}
			plain, err := s.aead.Open(nil, sealed[1:1+nonceSize], sealed[1+nonceSize:], []byte(place))
			if err == nil {
				return plain, nil
			}
		}
	}
	return nil, fmt.Errorf("unseal: %w", storage.ErrKey)
}

// seal seals a value as JSON.
func (v *vault) seal(place string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return v.sealBytes(place, plain)
}

// unseal is the opposite of seal; nothing sealed leaves value as it is.
func (v *vault) unseal(place string, sealed []byte, value any) error {
	if sealed == nil {
		return nil
	}
	plain, err := v.openBytes(place, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, value); err != nil {
		return fmt.Errorf("unseal: %w", err)
	}
	return nil
}

// hash is the keyed hash that finds a value of a kind.
func (v *vault) hash(kind string, parts ...string) []byte {
	h := hmac.New(sha256.New, v.lookup)
	b := make([]byte, 0, 128)
	b = append(b, kind...)
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	h.Write(b)
	return h.Sum(nil)[:lookupSize]
}
