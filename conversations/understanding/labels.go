package understanding

import (
	"regexp"
	"strings"

	"ehrenamt/channels"
)

// Label names a part of a posting that is told to accepted people only, and is recognised by the word
// before a colon.
type Label string

// The labels.
const (
	LabelAddress Label = "address" // the exact meeting point
	LabelPrivate Label = "private" // instructions
	LabelContact Label = "contact" // whom to ask for
)

var labelWords = map[string]Label{
	"treffpunkt": LabelAddress, "treffen": LabelAddress, "adresse": LabelAddress, "genaue adresse": LabelAddress, "anschrift": LabelAddress,
	"ort genau": LabelAddress, "meeting point": LabelAddress, "address": LabelAddress, "bulusma yeri": LabelAddress, "место зустрiчi": LabelAddress,
	"hinweis": LabelPrivate, "hinweise": LabelPrivate, "mitbringen": LabelPrivate, "bitte mitbringen": LabelPrivate, "gut zu wissen": LabelPrivate,
	"nur fuer zusagende": LabelPrivate, "please bring": LabelPrivate, "note": LabelPrivate,
	"kontakt": LabelContact, "kontakt vor ort": LabelContact, "ansprechpartner": LabelContact, "ansprechpartnerin": LabelContact,
	"ansprechperson": LabelContact, "vor ort": LabelContact, "telefon": LabelContact, "contact": LabelContact,
}

var labelled = regexp.MustCompile(`(?m)(?:^|[.!?]\s+)[ \t]*(\pL[\pL ]{2,24}?)[ \t]*:[ \t]*([^\n]+)`)

// ReadLabels takes the parts that begin with "Treffpunkt: …" and the like, at the beginning of a line or of
// a sentence and up to the end of the line, out of a text. What it returns as rest is safe to be shown to
// everybody as far as labels go.
func ReadLabels(text string) (labels map[Label]string, rest string) {
	rest = text
	for from := 0; from < len(rest); {
		m := labelled.FindStringSubmatchIndex(rest[from:])
		if m == nil {
			break
		}
		for i := range m {
			m[i] += from
		}
		label, ok := labelWords[channels.Fold(rest[m[2]:m[3]])]
		value := strings.TrimSpace(rest[m[4]:m[5]])
		if !ok || value == "" {
			from = m[3]
			continue
		}
		// A further label on the same line ends the value.
		if next := labelled.FindStringSubmatchIndex(value); next != nil && next[0] > 0 {
			if _, known := labelWords[channels.Fold(value[next[2]:next[3]])]; known {
				m[5] = m[4] + next[0] + 1
				value = strings.TrimSpace(value[:next[0]+1])
			}
		}
		if labels == nil {
			labels = map[Label]string{}
		}
		if labels[label] != "" {
			value = labels[label] + " " + value
		}
		labels[label] = value
		head := strings.TrimRight(rest[:m[2]], " \t")
		rest = head + rest[m[5]:]
		from = len(head)
		if from > 0 && head[from-1] != '\n' {
			from-- // the end of the sentence before may begin the next label
		}
	}
	return labels, strings.TrimSpace(rest)
}
