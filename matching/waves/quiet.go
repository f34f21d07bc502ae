package waves

import "time"

// Quiet is the part of the day in which nobody is woken, as wall-clock time after midnight: from From
// until before To, over midnight if From is later. Equal ends mean that there is none; somebody who
// wants none where the policy has some sets both to a whole day. Whole days on either side do not count.
type Quiet struct{ From, To time.Duration }

// At tells whether the wall clock of t is in the quiet hours.
func (q Quiet) At(t time.Time) bool {
	c := clock(t)
	from, to := q.ends()
	switch {
	case from == to:
		return false
	case from < to:
		return c >= from && c < to
	}
	return c >= from || c < to
}

func (q Quiet) ends() (from, to time.Duration) {
	const day = 24 * time.Hour
	return (q.From%day + day) % day, (q.To%day + day) % day
}

// Ends is the first moment from t on that is not quiet.
func (q Quiet) Ends(t time.Time) time.Time {
	if !q.At(t) {
		return t
	}
	_, to := q.ends()
	y, m, d := t.Date()
	if clock(t) >= to {
		d++
	}
	end := wall(y, m, d, to, t.Location())
	for !end.After(t) || q.At(end) { // the hour that a clock change repeats or leaves out
		end = end.Add(15 * time.Minute)
	}
	return end
}

// Begins is the first moment after t that is quiet, or zero if there is none.
func (q Quiet) Begins(t time.Time) time.Time {
	from, to := q.ends()
	if from == to {
		return time.Time{}
	}
	y, m, d := t.Date()
	for ; ; d++ {
		if begin := wall(y, m, d, from, t.Location()); begin.After(t) {
			return begin
		}
	}
}

// Awake is how much of the time from a to b is not quiet.
func (q Quiet) Awake(a, b time.Time) time.Duration {
	var sum time.Duration
	for a = q.Ends(a); a.Before(b); {
		end := q.Begins(a)
		if end.IsZero() || end.After(b) {
			end = b
		}
		sum += end.Sub(a)
		a = q.Ends(end)
	}
	return sum
}

// After is the moment at which d of time that is not quiet will have passed since t.
func (q Quiet) After(t time.Time, d time.Duration) time.Time {
	for t = q.Ends(t); ; {
		end := q.Begins(t)
		if end.IsZero() || end.Sub(t) >= d {
			return t.Add(d)
		}
		d -= end.Sub(t)
		t = q.Ends(end)
	}
}

func clock(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

func wall(y int, m time.Month, d int, c time.Duration, zone *time.Location) time.Time {
	return time.Date(y, m, d, int(c/time.Hour), int(c%time.Hour/time.Minute), 0, 0, zone)
}
