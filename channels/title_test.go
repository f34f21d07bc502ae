package channels_test

import (
	"testing"

	"ehrenamt/channels"
)

func TestCutTitle(t *testing.T) {
	for _, x := range []struct {
		text, title, before, after string
		ok                         bool
	}{
		{"Gesucht: 5 Helfende · Aufbau\nSamstag", "Aufbau", "Gesucht: 5 Helfende · ", "\nSamstag", true},
		{"Aufbau", "Aufbau", "", "", true},
		{"Beim Aufbau helfen\nGesucht: Aufbau\nMorgen", "Aufbau", "Beim Aufbau helfen\nGesucht: ", "\nMorgen", true},
		{"Wiederaufbau\nheute", "aufbau", "", "Wiederaufbau\nheute", false},
		{"Aufbauten", "Aufbau", "", "Aufbauten", false},
		{"ohne Überschrift", "", "", "ohne Überschrift", false},
		{"", "Aufbau", "", "", false},
	} {
		before, after, ok := channels.CutTitle(x.text, x.title)
		if before != x.before || after != x.after || ok != x.ok {
			t.Errorf("CutTitle(%q, %q) = %q, %q, %v; want %q, %q, %v", x.text, x.title, before, after, ok, x.before, x.after, x.ok)
		}
	}
}
