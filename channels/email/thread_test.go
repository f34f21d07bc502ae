package email

import (
	"mime"
	"strings"
	"testing"

	"ehrenamt/channels"
)

func TestAnAnswerStaysInTheThreadOfTheMailItAnswers(t *testing.T) {
	raw := []byte("From: Vera <vera@tv.example>\r\nTo: bot@ehrenamt.example\r\nSubject: =?utf-8?q?AW=3A_Helfer_f=C3=BCrs_Fest?=\r\n" +
		"Message-ID: <CAF2+q=1@mail.gmail.com>\r\nIn-Reply-To: <b@x>\r\nReferences: <a@x>\r\n <b@x>\r\n\r\nja\r\n")
	m := mailbox().Message("a", "1:1", raw, noon)
	out, err := compose(ours(t), "k", anna, channels.Reply{Text: "Danke", Title: "Aufbau", Thread: "posting:1", Answers: m.Letter}, noon)
	if err != nil {
		t.Fatal(err)
	}
	h, _ := unpack(t, out.data)
	subject, _ := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if h.Get("In-Reply-To") != "<CAF2+q=1@mail.gmail.com>" || subject != "Re: Helfer fürs Fest" {
		t.Errorf("In-Reply-To %q, subject %q", h.Get("In-Reply-To"), subject)
	}
	ids := strings.Fields(h.Get("References"))
	if len(ids) != 4 || ids[1] != "<a@x>" || ids[3] != m.Letter.ID {
		t.Errorf("references %q", ids)
	}
	alert, _ := compose(ours(t), "k2", anna, channels.Reply{Text: "Danke", Subject: "Sa 28.11., Brand: Aufbau", Thread: "posting:1"}, noon)
	other, _ := unpack(t, alert.data)
	if other.Get("In-Reply-To") != "" || other.Get("References") != ids[0] || other.Get("Subject") != "Sa 28.11., Brand: Aufbau" {
		t.Errorf("what answers nothing: %v", other)
	}
}

func TestAThreadIsNotPassedOnWithoutEnd(t *testing.T) {
	l := &channels.Letter{ID: "<last@x>", Subject: strings.Repeat("Re: ", 500) + "Fest"}
	for range 200 {
		l.References = append(l.References, "<"+strings.Repeat("r", len(l.References)+40)+"@x>", "<not an id>", "<ü@x>")
	}
	out, err := compose(ours(t), "k", anna, channels.Reply{Text: "Danke", Answers: l}, noon)
	if err != nil {
		t.Fatal(err)
	}
	h, _ := unpack(t, out.data)
	ids := strings.Fields(h.Get("References"))
	if len(ids) != maxThread || ids[0] != l.References[0] || ids[maxThread-1] != "<last@x>" || h.Get("Subject") != "Re: Fest" {
		t.Errorf("%d references, subject %q", len(ids), h.Get("Subject"))
	}
	for line := range strings.SplitSeq(string(out.data), "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d characters", len(line))
		}
	}
}

func TestMarksOfAnswersAreNotRepeated(t *testing.T) {
	for in, want := range map[string]string{
		"Re: Fest": "Fest", "AW: Re: AW: Fest": "Fest", "Antwort: Fest": "Fest", "RE[2]: Fest": "Fest", "Re(3): Fest": "Fest", "WG: Fest": "WG: Fest",
		"Fest": "Fest", "Rest: Fest": "Rest: Fest", "Re:": "", "Re: Fest [#abcdefghijklmnop22]": "Fest", "": "",
	} {
		if got := topic(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
