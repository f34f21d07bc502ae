package simulation

import "time"

// tally is what one policy did in one town, of needs published after the warm-up. People are counted
// over the whole time.
type tally struct {
	needs, eligible int
	places, filled  int
	alerts          int
	toFull          []float64 // minutes, of the needs that were filled
	over, left      int       // people told beyond their budget; people who left for good
	half            int       // organisations filled under half of their places
	quiet, twice    int       // alerts in quiet hours, and repeated ones
	promises, kept  int
}

func (t *town) tally() tally {
	y := tally{quiet: t.quiet, twice: t.twice}
	type sum struct{ places, filled int }
	organisations := make([]sum, t.o.Organisations)
	for i := range t.needs {
		n, a := &t.needs[i], &t.asking[i]
		if n.published < time.Duration(t.o.WarmUp)*day {
			continue
		}
		y.needs++
		y.eligible += len(n.eligible)
		y.places += n.places
		y.filled += n.places - a.open
		y.alerts += len(a.told)
		organisations[n.organisation].places += n.places
		organisations[n.organisation].filled += n.places - a.open
		if a.open == 0 {
			y.toFull = append(y.toFull, (a.full - n.published).Minutes())
		}
	}
	for i := range t.people {
		if t.records[i].over {
			y.over++
		}
		if t.moods[i].left {
			y.left++
		}
	}
	for _, s := range organisations {
		if s.places > 0 && 2*s.filled < s.places {
			y.half++
		}
	}
	if p, ok := t.policy.(promiser); ok {
		y.kept, y.promises = p.promised()
	}
	return y
}

// promiser is a policy that promises times of filling.
type promiser interface{ promised() (kept, made int) }
