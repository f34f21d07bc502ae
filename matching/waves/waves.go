// Package waves decides whom to tell of a need next, when, how many, and when to stop. The bot and
// the simulated town use the very same code. It sees stored rows as plain values and answers with
// plain values: it never touches a store, a clock, a network or a source of chance, and says why as
// typed reasons, never as sentences. The model and what was measured: docs/matching.md.
package waves

import "time"

// Reach is how far the search for people goes beyond those whose wishes the need fits.
type Reach int

// The reaches, each containing the ones before it.
const (
	Wished    Reach = iota // people of this front whose wishes it fits
	Fronts                 // and people of other fronts whose wishes it fits
	Farther                // and people who would have to go half as far again as they wished
	OtherTime              // and people whose times are next to the need's
)

// Candidate is one person the need fits and who has not been told of it. A person may stand several
// times in a list, for several subscriptions or fronts: they are asked once, by the best of them.
type Candidate struct {
	Person     string
	KM         float64   // distance to the need
	Yes        float64   // chance of a yes from an alert that is heard, see Rates.Yes; 0: not known
	LastAsked  time.Time // latest alert about anything; zero: none yet
	Asked7d    int       // alerts of the last seven days
	AskedToday int       // alerts since local midnight
	BudgetWeek int       // alerts a week they chose; 0: the policy's, negative: none
	BudgetDay  int       // alerts a day they chose; 0: the policy's, negative: none
	ServedAt   time.Time // end of what they last did, or will do, for somebody; zero: nothing
	Quiet      Quiet     // zero: the policy's
	Calls      float64   // see Demand.Calls
	Reach      Reach     // the nearest reach at which they were found
}

// Pending is somebody told who has not answered.
type Pending struct {
	Person  string
	AskedAt time.Time
	Yes     float64 // as in the Ask that became this alert
}

// Standing is what is known of the organisation that asks, from the last months.
type Standing struct {
	Places     int           // offered in needs that are over
	Filled     int           // of these
	ReplyAfter time.Duration // median time it takes to answer people; 0: not known
}

// Need is what is stored about one date of one posting that looks for people.
type Need struct {
	ID           string
	Open         int       // places not taken
	Published    time.Time // last time it became open
	Start        time.Time // zero: undated
	Waves        int       // sent so far
	LastWave     time.Time // zero: none
	Queued       int       // alerts about it that wait to be sent
	Pending      []Pending
	Reach        Reach // of the search that found the candidates
	Organisation Standing
}

// Why says what a plan rests on.
type Why string

// The reasons of plans.
const (
	Asking    Why = "asking"    // somebody is to be asked now
	Full      Why = "full"      // no place is open
	Over      Why = "over"      // it has begun
	TooLate   Why = "too_late"  // it begins before an answer could come
	Queued    Why = "queued"    // the last wave has not left yet
	Waiting   Why = "waiting"   // the last wave gets its time
	Enough    Why = "enough"    // the answers under way should do
	Quiets    Why = "quiet"     // those who could be asked sleep
	Spent     Why = "spent"     // those who could be asked have been asked enough, or rest
	Exhausted Why = "exhausted" // everybody it fits has been asked
	Nobody    Why = "nobody"    // it fits nobody
)

// Ask is one alert to send. Yes is stored with it and comes back as Pending.Yes.
type Ask struct {
	Person string
	Yes    float64 // chance that this alert brings a yes, were there time for ever
	Heard  float64 // of which: chance that it is heard at all
}

// Plan is what to do about a need now.
type Plan struct {
	Ask      []Ask     // in this order; each person once
	Next     time.Time // when to plan again; zero: when something changes
	Stop     bool      // nothing more can be done as things stand
	Why      Why
	Reach    Reach   // with which to search for candidates the next time
	UnderWay float64 // expected yes in time of everybody told and not yet heard from, new ones included
	Supply   float64 // expected yes in time if all candidates who may be asked were asked
}

// Policy is how waves are made. Default is the measured one; fields are for those who measure again.
type Policy struct {
	Target     float64       // expected yes for each open place that a wave fills up to
	Quick      float64       // the same for a first wave of people whose attention is cheap
	Growth     float64       // the share by which the target rises with every wave
	Haste      float64       // share of the expected yes a first wave relies on; lower is faster and costs attention
	Cost       float64       // of one alert, as a share of an average person's yes
	Usual      float64       // an average person's chance of a yes if the alert is heard, see Rates.Usual
	Steps      float64       // the time left divided by this is the time between waves …
	MinStep    time.Duration // … but not less
	MaxStep    time.Duration // … and not more
	LastCall   time.Duration // before the start LastTarget holds
	LastTarget float64
	Undated    time.Duration // time an undated need is given
	PerWeek    int
	PerDay     int
	Rest       time.Duration // after having served nobody is asked
	Away       time.Duration // mean time for which people no longer hear after an alert
	NearKM     float64       // distance over which the chance of a yes falls to 1/e
	Fairness   float64       // how much more is done for organisations whose places stay empty
	Least      int           // people a need tells whatever their attention is worth elsewhere
	MaxWave    int           // people in one wave, at most
	Quiet      Quiet
	Delay      Delays // from an alert to its yes
}

// Default is the policy that docs/matching.md measures.
func Default() Policy {
	return Policy{
		Target: 1.2, Quick: 2.6, Growth: 0.1, Haste: 0.9, Cost: 0.025, Usual: usualYes,
		Steps: 12, MinStep: 8 * time.Minute, MaxStep: 90 * time.Minute,
		LastCall: 90 * time.Minute, LastTarget: 3, Undated: 7 * 24 * time.Hour,
		PerWeek: 3, PerDay: 2, Rest: 7 * 24 * time.Hour, Away: 4 * 24 * time.Hour,
		NearKM: 12, Fairness: 2, Least: 3, MaxWave: 200,
		Quiet: Quiet{From: 21 * time.Hour, To: 8 * time.Hour},
	}
}
