package understanding

import (
	"strings"

	"ehrenamt/channels"
)

// SameName tells whether two names of organisations are so alike that people would take one for the other:
// legal forms, case, spaces, punctuation and letters that look the same in another alphabet do not count.
func SameName(a, b string) bool {
	x, y := nameCore(a), nameCore(b)
	return x != "" && x == y
}

var (
	legalForms = strings.Fields("ev gemeinnuetziger gemeinnuetzige eingetragener ggmbh gmbh mbh ug haftungsbeschraenkt ag kg ohg gbr eg kgaa co stiftung der die das")
	lookAlikes = strings.NewReplacer(
		// Cyrillic
		"а", "a", "в", "b", "е", "e", "ё", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "і", "i", "ї", "i", "ј", "j", "ѕ", "s",
		// Greek
		"α", "a", "β", "b", "ε", "e", "ι", "i", "κ", "k", "μ", "m", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "y", "χ", "x", "ζ", "z", "η", "h",
		"0", "o",
	)
)

func nameCore(name string) string {
	words := strings.Fields(channels.Fold(name))
	var core []string
	for i, w := range words {
		if w == "v" && i > 0 && words[i-1] == "e" { // e. V.
			core = core[:len(core)-1]
			continue
		}
		if !contains(legalForms, w) {
			core = append(core, w)
		}
	}
	if len(core) == 0 {
		core = words
	}
	return lookAlikes.Replace(strings.Join(core, ""))
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}
