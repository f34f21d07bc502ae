package bot

import "testing"

func TestQuietTimesContainBoth(t *testing.T) {
	h := func(hours int) int { return hours * 60 }
	for name, c := range map[string]struct{ from, to, from2, to2, wantFrom, wantTo int }{
		"both the usual":           {0, 0, 0, 0, 0, 0},
		"one the usual":            {h(22), h(7), 0, 0, h(21), h(8)},
		"one within the other":     {h(20), h(9), h(22), h(7), h(20), h(9)},
		"overlapping at night":     {h(22), h(7), h(21), h(6), h(21), h(7)},
		"overlapping by day":       {h(8), h(12), h(10), h(15), h(8), h(15)},
		"one by day, one by night": {h(22), h(6), h(12), h(14), h(22), h(14)},
		"nothing would be left":    {h(22), h(21), h(10), h(23), h(22), h(21)},
		"the same":                 {h(1), h(2), h(1), h(2), h(1), h(2)},
	} {
		for range 2 {
			if from, to := quieter(c.from, c.to, c.from2, c.to2); from != c.wantFrom || to != c.wantTo {
				t.Errorf("%s: %d to %d, want %d to %d", name, from/60, to/60, c.wantFrom/60, c.wantTo/60)
			}
			c.from, c.to, c.from2, c.to2 = c.from2, c.to2, c.from, c.to
		}
	}
}

func TestFewerTakesTheUsualForUnsaid(t *testing.T) {
	for _, c := range [][4]int{{0, 0, 3, 0}, {0, 1, 3, 1}, {0, 7, 3, 3}, {5, 2, 3, 2}} {
		if got := fewer(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("fewer of %d and %d is %d, want %d", c[0], c[1], got, c[3])
		}
	}
}
