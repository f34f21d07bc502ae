package matching

import "time"

// SubscriptionRow is what an index needs of a subscription, and nothing personal. Masks are those of
// CategoryMask and QualificationMask.
type SubscriptionRow struct {
	ID             string
	Revision       int64
	Point          Point
	Radius         float64
	Categories     uint32 // 0: all
	Kinds          []Kind // none: needs
	Slots          Slots  // 0: any time
	Qualifications uint64
	Languages      []string
	Stopped        bool
	PausedUntil    time.Time
}
