package email

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mailbox is the mailbox that the mails under testdata were sent to.
func mailbox() Reader {
	return Reader{Addresses: []string{"bot@ehrenamt.example"}, AuthServID: "mx.ehrenamt.example"}
}

// TestMailsAsClientsWriteThem reads every mail under testdata/mails and compares with the file beside it,
// which says what a person reads in it.
func TestMailsAsClientsWriteThem(t *testing.T) {
	files, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(files) < 80 {
		t.Errorf("expected at least 80 mails, found %d (%v)", len(files), err)
	}
	right := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".eml") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := differences(t, mailbox().Read(raw), want); len(diff) > 0 {
			t.Errorf("%s:\n%s", file, strings.Join(diff, "\n"))
		} else {
			right++
		}
	}
	t.Logf("%d of %d mails read exactly", right, len(files))
}

// differences lists the fields in which a reading is not what a person reads.
func differences(t *testing.T, got Reading, want []byte) []string {
	t.Helper()
	encoded, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var is, should map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &is); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &should); err != nil {
		t.Fatalf("expected reading: %v", err)
	}
	var out []string
	for name, w := range should {
		if !bytes.Equal(compact(w), compact(is[name])) {
			out = append(out, name+"\n  got  "+string(compact(is[name]))+"\n  want "+string(compact(w)))
		}
	}
	return out
}

// compact brings JSON into one form: spacing and escapes do not count.
func compact(raw json.RawMessage) []byte {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return raw
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimSpace(b.Bytes())
}
