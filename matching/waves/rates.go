package waves

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"ehrenamt/matching"
)

// Case is the circumstances of one alert, as stored rows tell them.
type Case struct {
	Category matching.Category
	At       time.Time     // when it was sent, in local time
	Lead     time.Duration // from then to the start; 0: undated
	KM       float64
	Inclined float64 // the person's chance next door, see Inclination; 0: not known
	Heard    float64 // Ask.Heard
}

// Rates is what has been learnt about how likely people say yes: how many more or fewer than
// expected, over all, per category, and per category, hour of the day and lead time. Each level is
// held towards the one above it by a prior worth priorYes expected yes, so that a level without rows says
// what the level above it says, and no rows at all say the prior. It is the sum of lessons, in any order,
// so that it can be kept as rows that grow. The zero value knows no distances; it is not safe for
// concurrent use.
type Rates struct {
	nearKM float64
	cells  map[Cell]Lesson
}

// Cell is a sort of alerts that is learnt about.
type Cell struct {
	category matching.Category
	hour     int8
	lead     int8
}

func (c Cell) String() string {
	part := func(n int8) string {
		if n == anyBand {
			return "*"
		}
		return strconv.Itoa(int(n))
	}
	return cmp.Or(string(c.category), "*") + "/" + part(c.hour) + "/" + part(c.lead)
}

// Lesson is what alerts of a cell taught, as sums.
type Lesson struct {
	Asked    int
	Heard    float64 // alerts probably heard
	Expected float64 // yes expected of them by the prior
	Yes      float64
}

const (
	usualYes = 0.1
	priorYes = 12
	anyBand  = -1

	// Somebody of whom nothing is known is as a Beta(1, 9) of this many alerts heard.
	inclinationWeight = 10
)

// NewRates begins with the prior; nearKM is the policy's NearKM.
func NewRates(nearKM float64) *Rates { return &Rates{nearKM: nearKM, cells: map[Cell]Lesson{}} }

// Inclination is a person's chance of a yes next door from their own record: yes among the alerts
// that they probably heard, held towards the usual chance by a Beta prior.
func Inclination(usual, yes, heard float64) float64 {
	return (inclinationWeight*usual + max(0, yes)) / (inclinationWeight + max(0, heard, yes))
}

// prior is the chance of a yes from an alert that is heard before anything has been learnt.
func (r *Rates) prior(c Case) float64 {
	inclined := c.Inclined
	if !(inclined > 0) {
		inclined = usualYes
	}
	p := Policy{NearKM: r.nearKM}
	return min(mostYes, inclined*p.Near(c.KM))
}

// Cells are those an alert teaches about and is judged by: over all, of its category, and of its own sort.
func Cells(c Case) [3]Cell {
	return [3]Cell{Overall(), {c.Category, anyBand, anyBand}, {c.Category, hourBand(c.At), leadBand(c.Lead)}}
}

// Overall is the cell of all alerts.
func Overall() Cell { return Cell{"", anyBand, anyBand} }

// hourBand is the part of the day: three hours each.
func hourBand(t time.Time) int8 { return int8(t.Hour() / 3) }

// leadBand is 0 for undated, else 1 for up to two hours, and one more up to 6, 24, 72 hours and beyond.
func leadBand(lead time.Duration) int8 {
	if lead <= 0 {
		return 0
	}
	for i, h := range [...]float64{2, 6, 24, 72} {
		if lead.Hours() <= h {
			return int8(i + 1)
		}
	}
	return 5
}

// Observe learns from an alert that has been answered, or whose need is over.
func (r *Rates) Observe(c Case, yes bool) {
	l := r.Lesson(c, yes)
	for _, k := range Cells(c) {
		r.Add(k, l)
	}
}

// Lesson is what one alert teaches each of its cells.
func (r *Rates) Lesson(c Case, yes bool) Lesson {
	heard := c.Heard
	if math.IsNaN(heard) || heard <= 0 || heard > 1 {
		heard = 1
	}
	l := Lesson{Asked: 1, Heard: heard, Expected: r.prior(c) * heard}
	if yes {
		l.Yes = 1
	}
	return l
}

// Add takes what a cell has been taught.
func (r *Rates) Add(k Cell, l Lesson) {
	if r.cells == nil {
		r.cells = map[Cell]Lesson{}
	}
	t := r.cells[k]
	r.cells[k] = Lesson{t.Asked + l.Asked, t.Heard + l.Heard, t.Expected + l.Expected, t.Yes + l.Yes}
}

// Yes is the chance of a yes from an alert that is heard.
func (r *Rates) Yes(c Case) float64 {
	factor := 1.0
	for _, k := range Cells(c) {
		t := r.cells[k]
		factor = (priorYes*factor + t.Yes) / (priorYes + t.Expected)
	}
	return min(mostYes, max(leastYes, factor*r.prior(c)))
}

// Usual is an average person's chance of a yes from an alert that is heard.
func (r *Rates) Usual() float64 {
	t := r.cells[Overall()]
	return (priorYes + t.Yes) / (priorYes/usualYes + t.Heard)
}

// Learnt is the number of alerts learnt from.
func (r *Rates) Learnt() int { return r.cells[Overall()].Asked }
