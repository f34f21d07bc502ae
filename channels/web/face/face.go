// Package face checks how a front looks: its colours, so that everybody can read them, and its arms, so that a
// picture somebody sends us is a picture and nothing else. It is pure and touches no files and no network.
package face

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Readable is the contrast that words need on their ground (WCAG 2.2, success criterion 1.4.3, level AA).
const Readable = 4.5

// Colour is a colour of sRGB.
type Colour struct{ R, G, B uint8 }

// ParseColour reads "#rrggbb" and "#rgb".
func ParseColour(s string) (Colour, error) {
	h, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	if len(h) == 3 {
		h = string([]byte{h[0], h[0], h[1], h[1], h[2], h[2]})
	}
	n, err := strconv.ParseUint(h, 16, 32)
	if !ok || len(h) != 6 || err != nil || strings.ContainsAny(h, "+_") {
		return Colour{}, fmt.Errorf("%q is not a colour such as #1a5fb4", s)
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// luminance is the relative luminance (WCAG 2.2).
func (c Colour) luminance() float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Contrast is the ratio of two colours, 1 to 21.
func Contrast(a, b Colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// ContrastError tells that words could not be read by everybody, and what would do.
type ContrastError struct {
	Words, Ground, Suggestion Colour // Suggestion is for Ground
	Ratio                     float64
}

func (e *ContrastError) Error() string {
	return fmt.Sprintf("%s on %s has a contrast of %.1f : 1 and needs %.1f : 1; %s would do instead of %s",
		e.Words, e.Ground, e.Ratio, Readable, e.Suggestion, e.Ground)
}

// Pair completes and checks the colours of a front: accent is the ground of heads and buttons and the colour of links
// on white; ink the words on accent, white or black if it is not given. The error is a *ContrastError where a colour
// of the same hue would do.
func Pair(accent, ink string) (Colour, Colour, error) {
	a, err := ParseColour(accent)
	if err != nil {
		return Colour{}, Colour{}, err
	}
	words := white()
	if ink != "" {
		if words, err = ParseColour(ink); err != nil {
			return Colour{}, Colour{}, err
		}
	}
	for _, pair := range [][2]Colour{{words, a}, {white(), a}} {
		if ratio := Contrast(pair[0], pair[1]); ratio < Readable {
			return Colour{}, Colour{}, &ContrastError{Words: pair[0], Ground: a, Suggestion: suggest(a, words), Ratio: ratio}
		}
	}
	return a, words, nil
}

// suggest is the nearest darker shade of a colour that words, and links on white, can be read with. Words too dark
// for any such shade are left to the caller: the suggestion holds for white ones then.
func suggest(c, words Colour) Colour {
	for _, w := range []Colour{words, white()} {
		for i := 100; i >= 0; i-- {
			f := float64(i) / 100
			d := Colour{shade(c.R, f), shade(c.G, f), shade(c.B, f)}
			if Contrast(w, d) >= Readable && Contrast(white(), d) >= Readable {
				return d
			}
		}
	}
	return Colour{}
}

func shade(v uint8, f float64) uint8 { return uint8(math.Round(float64(v) * f)) }

// white is the ground of pages.
func white() Colour { return Colour{255, 255, 255} }
