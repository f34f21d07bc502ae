package matching

import (
	"slices"
	"time"
)

// Cadence says how often somebody wants to be told.
type Cadence string

// The cadences.
const (
	AtOnce Cadence = "now"
	Daily  Cadence = "daily"
	Weekly Cadence = "weekly"
)

// Subscription is what a person wants to be told about.
type Subscription struct {
	ID             string          `json:"id"`
	Person         string          `json:"person"`
	Front          string          `json:"front"`
	Place          Place           `json:"place"` // snapped, see Snap
	Radius         float64         `json:"radius"`
	Categories     []Category      `json:"categories,omitempty"` // none: all
	Kinds          []Kind          `json:"kinds,omitempty"`      // none: needs
	Slots          Slots           `json:"slots"`                // 0: any time
	Qualifications []Qualification `json:"qualifications,omitempty"`
	Age            int             `json:"age,omitempty"`       // 0: not said
	Languages      []string        `json:"languages,omitempty"` // none: not said
	StepFree       bool            `json:"step_free,omitempty"` // only accessible places
	Cadence        Cadence         `json:"cadence"`
	PausedUntil    time.Time       `json:"paused_until,omitzero"`
	Stopped        bool            `json:"stopped,omitempty"`
	PerWeek        int             `json:"per_week"` // alerts a week; 0: the default
	PerDay         int             `json:"per_day"`
	Muted          []string        `json:"muted,omitempty"` // organisations, and persons posting privately, not to hear of
	Revision       int64           `json:"revision"`
}

// Defaults of budgets and radius.
const (
	DefaultPerWeek = 3
	DefaultPerDay  = 2
	DefaultRadius  = 10.0
	MaxRadius      = 200.0
)

// Quiet hours where a person has not chosen any, in minutes after midnight.
const (
	QuietFrom = 21 * 60
	QuietTo   = 8 * 60
)

// Reason is one ingredient of a fit, to be told in words.
type Reason struct {
	Kind          ReasonKind    `json:"kind"`
	KM            int           `json:"km,omitempty"` // Near: as ToldKM
	Category      Category      `json:"category,omitempty"`
	Slots         Slots         `json:"slots,omitempty"`
	Qualification Qualification `json:"qualification,omitempty"`
	Language      string        `json:"language,omitempty"`
}

// ReasonKind names a reason for or against a match.
type ReasonKind string

// Reasons why something fits, and why it does not.
const (
	Near          ReasonKind = "near"
	AboutCategory ReasonKind = "category"
	AtThatTime    ReasonKind = "time"
	Qualified     ReasonKind = "qualified"
	Speaks        ReasonKind = "speaks"
	StepFree      ReasonKind = "step_free"

	// Why somebody is asked although it fits them not quite.
	FartherThanWished ReasonKind = "farther"
	NearlyThatTime    ReasonKind = "nearly_time"

	TooFar          ReasonKind = "too_far"
	WrongCategory   ReasonKind = "wrong_category"
	WrongTime       ReasonKind = "wrong_time"
	WrongKind       ReasonKind = "wrong_kind"
	NotQualified    ReasonKind = "not_qualified"
	TooYoung        ReasonKind = "too_young"
	WrongLanguage   ReasonKind = "wrong_language"
	NotAccessible   ReasonKind = "not_accessible"
	NotNow          ReasonKind = "not_now" // paused, stopped
	MutedOrganiser  ReasonKind = "muted"
	OwnPosting      ReasonKind = "own"
	NotOpen         ReasonKind = "not_open"
	UnknownPosition ReasonKind = "unknown_position"
)

// Fit is the outcome of comparing a subscription with a posting.
type Fit struct {
	OK       bool
	KM       float64
	Score    float64  // 0..1, comparable between postings for one person
	Reasons  []Reason // why, best first; or why not
	Occasion int      // index of the first date that fits
}

func no(k ReasonKind) Fit { return Fit{Reasons: []Reason{{Kind: k}}} }

// Match compares a subscription with a posting at a time, in the zone of the posting's front.
// Dates that are over do not count. It is the exact rule; the index only proposes.
func Match(s *Subscription, p *Posting, now time.Time, zone *time.Location) Fit {
	switch {
	case s.Stopped || now.Before(s.PausedUntil):
		return no(NotNow)
	case p.State != Open:
		return no(NotOpen)
	case p.Author == s.Person:
		return no(OwnPosting)
	case p.Organisation != "" && slices.Contains(s.Muted, p.Organisation), p.Organisation == "" && p.Author != "" && slices.Contains(s.Muted, p.Author):
		return no(MutedOrganiser)
	case !wantsKind(s.Kinds, p.Kind):
		return no(WrongKind)
	case len(s.Categories) > 0 && !slices.Contains(s.Categories, p.Category):
		return no(WrongCategory)
	case p.MinAge > 0 && s.Age > 0 && s.Age < p.MinAge:
		return no(TooYoung)
	case len(p.Languages) > 0 && len(s.Languages) > 0 && !anyOf(p.Languages, s.Languages):
		return no(WrongLanguage)
	case s.StepFree && (p.Accessible == nil || !*p.Accessible):
		return no(NotAccessible)
	case p.Place.Point.IsZero() || s.Place.Point.IsZero():
		return no(UnknownPosition)
	}
	if p.Kind == Need {
		for _, q := range p.Required {
			if !slices.Contains(s.Qualifications, q) {
				return Fit{Reasons: []Reason{{Kind: NotQualified, Qualification: q}}}
			}
		}
	}
	km := DistanceKM(s.Place.Point, p.Place.Point)
	reach := s.Radius
	if p.Kind == Offer && p.Radius > 0 {
		reach = max(reach, p.Radius)
	}
	if km > reach {
		return Fit{KM: km, Reasons: []Reason{{Kind: TooFar, KM: ToldKM(km)}}}
	}
	occasion, common, ok := sharedTime(s.Slots, p, now, zone)
	if !ok {
		return Fit{KM: km, Reasons: []Reason{{Kind: WrongTime}}}
	}
	f := Fit{OK: true, KM: km, Occasion: occasion, Reasons: []Reason{{Kind: Near, KM: ToldKM(km)}}}
	f.Score = 0.5 + 0.5/(1+km/3)
	if s.Slots != 0 && common != 0 {
		f.Reasons = append(f.Reasons, Reason{Kind: AtThatTime, Slots: common})
	}
	if len(s.Categories) > 0 {
		f.Reasons = append(f.Reasons, Reason{Kind: AboutCategory, Category: p.Category})
	} else {
		f.Score -= 0.1
	}
	for _, q := range p.Required {
		f.Reasons = append(f.Reasons, Reason{Kind: Qualified, Qualification: q})
	}
	for _, q := range p.Welcome {
		if slices.Contains(s.Qualifications, q) {
			f.Reasons = append(f.Reasons, Reason{Kind: Qualified, Qualification: q})
			f.Score = min(1, f.Score+0.05)
		}
	}
	if s.StepFree {
		f.Reasons = append(f.Reasons, Reason{Kind: StepFree})
	}
	return f
}

func wantsKind(kinds []Kind, k Kind) bool {
	if len(kinds) == 0 {
		return k == Need
	}
	return slices.Contains(kinds, k)
}

func anyOf(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// sharedTime finds the first date still ahead that touches the wanted slots. Undated and flexible
// postings and whole days whose hours are open fit any wanted day.
func sharedTime(want Slots, p *Posting, now time.Time, zone *time.Location) (int, Slots, bool) {
	if !p.Dated() {
		return 0, 0, true
	}
	if zone == nil {
		zone = time.UTC
	}
	for i, d := range p.Dates {
		if !d.Until().After(now) {
			continue
		}
		if want == 0 || p.Flexible {
			return i, 0, true
		}
		if c := want & SpanSlots(d, zone); c != 0 {
			return i, c, true
		}
	}
	return 0, 0, false
}

// SpanSlots are the slots a date touches in a zone. Whole days touch morning, afternoon and evening.
func SpanSlots(d Span, zone *time.Location) Slots {
	start, end := d.Start.In(zone), d.End
	if end.IsZero() {
		if d.AllDay {
			end = start.AddDate(0, 0, 1)
		} else {
			end = start
		}
	}
	end = end.In(zone)
	if !d.AllDay {
		return SlotsBetween(start, end)
	}
	var s Slots
	if last := start.AddDate(0, 0, 7); last.Before(end) {
		end = last // a week has every slot that there is
	}
	for t := start; t.Before(end); t = t.AddDate(0, 0, 1) {
		s |= SlotOf(t.Weekday(), Morning) | SlotOf(t.Weekday(), Afternoon) | SlotOf(t.Weekday(), Evening)
	}
	return s
}
