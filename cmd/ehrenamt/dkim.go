package main

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"ehrenamt/channels/email"
)

// dkimKeyOf reads the key that signs the mails of a mailbox; nil where its server signs.
func dkimKeyOf(e emailConfig) (*email.DKIMKey, error) {
	if e.DKIM.KeyFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(e.DKIM.KeyFile)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("is no PEM file")
	}
	key, err := privateKey(block)
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(e.Address, "@")
	return &email.DKIMKey{Domain: cmp.Or(e.DKIM.Domain, domain), Selector: e.DKIM.Selector, Signer: key}, nil
}

// privateKey reads PKCS #8, as "openssl genpkey" writes it, and PKCS #1.
func privateKey(block *pem.Block) (crypto.Signer, error) {
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("holds no private key: %w", err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, errors.New("holds a key that is neither RSA nor Ed25519")
}
