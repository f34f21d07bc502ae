package storage

import (
	"context"
	"time"

	"ehrenamt/matching"
)

// Tally is what has been learnt about one sort of case, as sums. What they mean is known by whoever adds them;
// they say nothing about a single person.
type Tally struct {
	Name  string
	N     int64
	Sums  [3]float64
	Since time.Time // when it was first added to
}

// Tallies keeps sums that only grow, so that those who add at the same time do not disturb each other.
type Tallies interface {
	// AddTallies adds N and Sums to what is stored under each Name. Since stays as it was the first time.
	AddTallies(ctx context.Context, ts ...Tally) error
	// TalliesOf returns those of the named that exist, by name.
	TalliesOf(ctx context.Context, names ...string) (map[string]Tally, error)
	// ForgetTallies removes those whose names begin with prefix and that began before t.
	ForgetTallies(ctx context.Context, prefix string, before time.Time) (int, error)
}

// Record is what has been learnt of one person's attention.
type Record struct {
	Person string
	Calls  float64 // how much needs have called for them, see waves.Demand
	Heard  float64 // alerts they have probably heard, whose needs are over
	Yes    float64 // yes among them
	Served time.Time
}

// Records keeps a record for each person. Sums only grow; they go when the person is erased.
type Records interface {
	// AddRecords adds Calls, Heard and Yes. Served is left as it is.
	AddRecords(ctx context.Context, rs ...Record) error
	// SetServed notes the end of what somebody last did, or will do, for somebody; zero: nothing.
	SetServed(ctx context.Context, person string, at time.Time) error
	RecordsOf(ctx context.Context, persons []string) (map[string]Record, error)
}

// Outlook is what was foreseen of a need when its first wave was planned, and what became of it.
type Outlook struct {
	Posting    string
	Kind, Wide string // the sorts of need it belongs to, narrowly and widely
	Published  time.Time
	Promised   time.Time // time by which it would be full, as its author was told; zero: nothing was promised
	Filled     time.Time // since when it is full; zero: it is not
	Minutes    float64   // until it was full, quiet hours left out; < 0: it never was
	Ended      time.Time // zero: not yet over
}

// Outlooks keeps them, as long as they teach something.
type Outlooks interface {
	// Foresee records an outlook; fresh is false if there is one of the posting already, which stays.
	Foresee(ctx context.Context, o Outlook) (fresh bool, err error)
	OutlookOf(ctx context.Context, posting string) (Outlook, error)
	// SetFilled notes since when a need is full; zero: it no longer is. Nothing happens where nothing was foreseen.
	SetFilled(ctx context.Context, posting string, at time.Time) error
	// Conclude sets Minutes and Ended where the need is not over yet; fresh is false if it was, or if nothing was
	// foreseen.
	Conclude(ctx context.Context, posting string, minutes float64, at time.Time) (fresh bool, err error)
	// Fills are the Minutes of needs of a kind that are over, the latest first, at most limit; of a wide kind if wide.
	Fills(ctx context.Context, kind string, wide bool, limit int) ([]float64, error)
	ForgetOutlooks(ctx context.Context, publishedBefore time.Time) (int, error)
}

// Digests keeps which digest told of which postings. A digest is named by its person and by a name that no other of
// that person's has.
type Digests interface {
	// Carry notes that a digest tells of postings, to all of which the person was alerted, be it for the digest alone.
	Carry(ctx context.Context, person, digest string, postings []string) error
	// SettleDigest says what became of a digest: what it told of is told (AlertSent), or belongs into the next one
	// (AlertUncertain). Alerts answered meanwhile stay as they are.
	SettleDigest(ctx context.Context, person, digest string, state AlertState) error
}

// Farther finds people a little beyond their wishes.
type Farther interface {
	// FartherAround lists, as Subscriptions.Around, those whose circle contains the point only if its radius is
	// multiplied by a factor greater than 1.
	FartherAround(ctx context.Context, p matching.Point, c matching.Category, factor float64, limit int) ([]matching.Subscription, error)
}
