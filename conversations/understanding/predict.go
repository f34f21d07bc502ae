package understanding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ehrenamt/matching"
)

// Sample is one line of a file of messages, in the format of the development sets.
type Sample struct {
	ID            string `json:"id"`
	Channel       string `json:"channel"`
	Subject       string `json:"subject"`
	Text          string `json:"text"`
	ReferenceTime string `json:"reference_time"`
}

// PredictedPlace is a place as it was named.
type PredictedPlace struct {
	Name     *string `json:"name"`
	Postcode *string `json:"postcode"`
}

// Prediction is one reading in the format of the development sets; what was not said is null.
type Prediction struct {
	ID             string          `json:"id"`
	Intent         string          `json:"intent"`
	Actor          string          `json:"actor"`
	Category       *string         `json:"category"`
	Place          *PredictedPlace `json:"place"`
	Start          *string         `json:"start"`
	End            *string         `json:"end"`
	Recurrence     *string         `json:"recurrence"`
	Helpers        *int            `json:"helpers"`
	HelpersMin     *int            `json:"helpers_min,omitempty"`
	Qualifications []string        `json:"qualifications"`
	MinAge         *int            `json:"min_age"`
	RadiusKM       *float64        `json:"radius_km"`
	Title          string          `json:"title,omitempty"`
	Flexible       bool            `json:"flexible,omitempty"`
	Deadline       *string         `json:"deadline,omitempty"`
	Tasks          []matching.Task `json:"tasks,omitempty"`
	Doubts         []Doubt         `json:"doubts,omitempty"`
	Lang           string          `json:"lang"`
}

// ParseSample reads one line of JSON. The reference time is RFC 3339.
func ParseSample(b []byte, zone *time.Location) (Sample, time.Time, error) {
	var s Sample
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), &s); err != nil {
		return s, time.Time{}, fmt.Errorf("message: %w", err)
	}
	if s.ID == "" {
		return s, time.Time{}, fmt.Errorf("message: no id")
	}
	t, err := time.Parse(time.RFC3339, s.ReferenceTime)
	if err != nil {
		return s, time.Time{}, fmt.Errorf("message %s: reference_time: %w", s.ID, err)
	}
	return s, t.In(zone), nil
}

// Predict reads one sample.
func (r *Reader) Predict(s Sample, now time.Time, front matching.Place) Prediction {
	return PredictionOf(s.ID, r.Read(Request{Text: s.Text, Subject: s.Subject, Channel: s.Channel, Now: now, Front: front}))
}

// PredictionOf brings a reading into the format of the development sets.
func PredictionOf(id string, x Reading) Prediction {
	d := x.Draft
	p := Prediction{ID: id, Intent: string(x.Intent), Actor: string(d.Actor), Title: d.Title, Flexible: d.Flexible, Tasks: d.Tasks,
		Doubts: x.Doubts, Lang: x.Lang, Start: d.Start.text(), End: d.End.text(), Helpers: d.Helpers, HelpersMin: d.HelpersMin,
		MinAge: d.MinAge, RadiusKM: d.Radius, Qualifications: []string{}}
	if x.Intent == Answer {
		p.Intent = string(Other)
	}
	if p.Actor == "" {
		p.Actor = string(matching.UnknownActor)
	}
	if d.Category != "" {
		c := string(d.Category)
		p.Category = &c
	}
	if d.Place != nil {
		p.Place = &PredictedPlace{Name: optional(d.PlaceNamed), Postcode: optional(d.Place.Postcode)}
	}
	p.Recurrence = optional(d.Recurrence)
	if !d.Deadline.IsZero() {
		p.Deadline = optional(d.Deadline.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	for _, q := range slices.Concat(d.Required, d.Welcome) {
		p.Qualifications = append(p.Qualifications, string(q))
	}
	slices.Sort(p.Qualifications)
	return p
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (m Moment) text() *string {
	switch {
	case m.IsZero():
		return nil
	case m.DateOnly:
		return optional(m.T.Format(time.DateOnly))
	}
	return optional(m.T.Format(time.RFC3339))
}
