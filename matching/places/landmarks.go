package places

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ExampleLandmarks are those that come with the program: Aachen's. Another municipality brings its
// own in a file of the same form, see ReadLandmarks.
func ExampleLandmarks() ([]Landmark, error) {
	f, err := embedded.Open("data/landmarks.tsv")
	if err != nil {
		return nil, fmt.Errorf("embedded landmarks: %w", err)
	}
	defer f.Close()
	return ReadLandmarks(f)
}

// ReadLandmarks reads landmarks, one a line: municipality, name, latitude, longitude, "w" for
// ordinary words, aliases separated by semicolons; the fields separated by tabs. # begins a comment.
func ReadLandmarks(r io.Reader) ([]Landmark, error) {
	var out []Landmark
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 6 || f[0] == "" || keyOf(f[1]) == "" {
			return nil, fmt.Errorf("landmarks line %d: %w", number, ErrNoTable)
		}
		at, err := parsePoint(f[2], f[3])
		if err != nil {
			return nil, fmt.Errorf("landmarks line %d: %w", number, err)
		}
		l := Landmark{Municipality: f[0], Name: f[1], Point: at, Word: f[4] == "w"}
		for a := range strings.SplitSeq(f[5], ";") {
			if a != "" {
				l.Aliases = append(l.Aliases, a)
			}
		}
		out = append(out, l)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read landmarks: %w", err)
	}
	return out, nil
}
