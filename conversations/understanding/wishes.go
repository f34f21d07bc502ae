package understanding

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ehrenamt/matching"
)

// Wishes are what somebody says about how they want to be told and spoken to: "Radius 10 km", "nur samstags",
// "höchstens 1 pro Woche", "auf Englisch bitte", "ich bin 17". Zero values were not said.
type Wishes struct {
	Radius     *float64                 `json:"radius,omitempty"` // km
	Slots      matching.Slots           `json:"slots,omitempty"`  // only these parts of the week
	NotSlots   matching.Slots           `json:"not_slots,omitempty"`
	AnyTime    bool                     `json:"any_time,omitempty"`
	Cadence    matching.Cadence         `json:"cadence,omitempty"`
	PerWeek    *int                     `json:"per_week,omitempty"`
	PerDay     *int                     `json:"per_day,omitempty"`
	QuietFrom  *int                     `json:"quiet_from,omitempty"` // minutes after midnight
	QuietTo    *int                     `json:"quiet_to,omitempty"`
	PauseUntil time.Time                `json:"pause_until,omitzero"`
	Pause      bool                     `json:"pause,omitempty"` // a pause, and not until when
	Resume     bool                     `json:"resume,omitempty"`
	End        bool                     `json:"end,omitempty"` // a subscription is to be given up
	Lang       string                   `json:"lang,omitempty"`
	Register   string                   `json:"register,omitempty"` // du, sie, leicht
	Name       string                   `json:"name,omitempty"`
	Age        *int                     `json:"age,omitempty"`
	Can        []matching.Qualification `json:"can,omitempty"`
	Cannot     []matching.Qualification `json:"cannot,omitempty"`
	Kinds      []matching.Kind          `json:"kinds,omitempty"`
	StepFree   *bool                    `json:"step_free,omitempty"`
	Again      string                   `json:"again,omitempty"` // whom or what they want to hear of again
	Topics     TopicMode                `json:"topics,omitempty"`
	AllTopics  bool                     `json:"all_topics,omitempty"`

	Bad   []Doubt `json:"bad,omitempty"`   // said, and not possible
	Rest  string  `json:"rest,omitempty"`  // what was not read, folded: topics and places, perhaps
	Whole bool    `json:"whole,omitempty"` // nothing else was said
}

// TopicMode says what Rest means for the topics there are.
type TopicMode string

// The modes.
const (
	TopicsInstead TopicMode = ""
	TopicsToo     TopicMode = "too"     // "auch Kinder"
	TopicsWithout TopicMode = "without" // "keine Kinder"
)

// Any tells whether anything was said, possible or not.
func (w *Wishes) Any() bool {
	return w.Radius != nil || w.Slots != 0 || w.NotSlots != 0 || w.AnyTime || w.Cadence != "" || w.PerWeek != nil || w.PerDay != nil ||
		w.QuietFrom != nil || w.QuietTo != nil || !w.PauseUntil.IsZero() || w.Pause || w.Resume || w.End || w.Lang != "" || w.Register != "" ||
		w.Name != "" || w.Age != nil || len(w.Can) > 0 || len(w.Cannot) > 0 || len(w.Kinds) > 0 || w.StepFree != nil || w.Again != "" || w.AllTopics || len(w.Bad) > 0
}

func (w *Wishes) bad(f Field, k DoubtKind, text string) {
	w.Bad = append(w.Bad, Doubt{Field: f, Kind: k, Text: strings.TrimSpace(text)})
}

// Fields of doubts about wishes.
const (
	FieldPause  Field = "pause"
	FieldBudget Field = "budget"
	FieldQuiet  Field = "quiet"
	FieldAge    Field = "age"
)

// maxWishes is how much of a text is read for wishes, in bytes; nobody says more of them at once.
const maxWishes = 600

// ReadWishes reads what a text says about how somebody wants to be told and spoken to. now is in the zone
// of the front.
func ReadWishes(text string, now time.Time) Wishes {
	var w Wishes
	if len(text) > maxWishes {
		return w
	}
	w.Name, text = wishedName(text)
	r := &wishReader{w: &w, text: " " + unmark(text) + " ", now: now}
	for _, p := range wishPatterns {
		r.all(p.re, p.take)
	}
	r.slots()
	r.all(wishAnyTime, func(r *wishReader, _ []string) bool { r.w.AnyTime = true; return true })
	if topicsToo.MatchString(r.text) {
		w.Topics = TopicsToo
	}
	rest := wishFillers.ReplaceAllString(r.text, " ")
	w.Rest = strings.Trim(strings.Join(strings.Fields(rest), " "), " .,;:!?-")
	w.Whole = w.Rest == "" && w.Any()
	if topicsWithout.MatchString(w.Rest) {
		w.Topics, w.Rest = TopicsWithout, strings.TrimSpace(topicsWithout.ReplaceAllString(w.Rest, ""))
	}
	return w
}

// unmark brings a text into lower case with umlauts written out, and keeps the punctuation of numbers.
func unmark(s string) string {
	s = strings.ToLower(s)
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "−", "-", "–", "-", "—", "-", "„", " ", "“", " ", "”", " ", "\"", " ",
		"’", "'", "\n", " ; ", "!", " ; ", "?", " ; ", "(", " ", ")", " ", "\u00a0", " ").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

type wishReader struct {
	w    *Wishes
	text string
	now  time.Time
}

// all takes every match of a pattern that makes sense, and leaves a gap in its place.
func (r *wishReader) all(re *regexp.Regexp, take func(*wishReader, []string) bool) {
	var out strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(r.text, -1) {
		m := make([]string, len(at)/2)
		for i := range m {
			if at[2*i] >= 0 {
				m[i] = r.text[at[2*i]:at[2*i+1]]
			}
		}
		if take(r, m) {
			out.WriteString(r.text[last:at[0]] + " ; ")
			last = at[1]
		}
	}
	out.WriteString(r.text[last:])
	r.text = " " + strings.Join(strings.Fields(out.String()), " ") + " "
}

var wishedNames = regexp.MustCompile(`(?i)(?:\bmein (?:vor)?name ist|\bich hei(?:ß|ss)e|\bnenn(?:e|t|en sie)? mich|\bmy name is|\bcall me)\s+(\pL[\pL'’-]*)`)

// wishedName reads a first name, before the text loses its capitals.
func wishedName(text string) (name, rest string) {
	at := wishedNames.FindStringSubmatchIndex(text)
	if at == nil {
		return "", text
	}
	name = text[at[2]:at[3]]
	if utf8.RuneCountInString(name) > 40 {
		return "", text
	}
	return name, text[:at[0]] + " ; " + text[at[1]:]
}

var wishFillers = regexp.MustCompile(`\b(?:bitte|ab jetzt|ab sofort|von jetzt an|jetzt|doch|lieber|nur noch|nur|und|oder|aber|gern|gerne|danke|mir|mich|ich|moechte|will|wuerde|haette|kannst|koennten|koenntest|du|sie|nachrichten|hinweise|anfragen|bekommen|haben|please|and|thanks|me|only|from now on|schick|sende|alles|auch|einmal|mal|mit|hallo|hi|hey|reicht|reichen|genuegt|waere gut|ist|sind|soll|sollen)\b|[.,;:!?]`)

var (
	topicsToo     = regexp.MustCompile(`\b(?:auch|zusaetzlich|ausserdem|dazu|also|plus)\b`)
	topicsWithout = regexp.MustCompile(`\b(?:kein|keine|keinen|nicht|ohne|nie|ausser|no|without|not)\b`)
)

var wishAnyTime = regexp.MustCompile(`\b(?:jederzeit|immer|egal wann|zu jeder zeit|any ?time|alle tage)\b`)

// wishNumber reads a figure or a number word up to twelve.
func wishNumber(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	n, ok := wishNumbers[strings.TrimSuffix(s, "mal")]
	return n, ok
}

var wishNumbers = map[string]int{
	"kein": 0, "keine": 0, "null": 0, "ein": 1, "eine": 1, "einen": 1, "einer": 1, "eins": 1, "zwei": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6, "sieben": 7,
	"acht": 8, "neun": 9, "zehn": 10, "zwoelf": 12, "a": 1, "one": 1, "once": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5,
}

const wishCount = `(-?\d{1,5}|kein|keine|einmal|zweimal|dreimal|viermal|fuenfmal|eine[nr]?|ein|zwei|drei|vier|fuenf|sechs|sieben|acht|neun|zehn|once|one|twice|two|three|four|five)`

// wishPatterns are read in this order; what one of them has read is gone for those behind it.
var wishPatterns = []struct {
	re   *regexp.Regexp
	take func(*wishReader, []string) bool
}{
	{regexp.MustCompile(`\b(?:hoechstens|maximal|max\.?|nicht mehr als|bis zu|nur|nur noch|at most|no more than) ` + wishCount + `(?: ?x| ?mal| nachrichten?| hinweise?| anfragen?| alarme?| messages?| alerts?| times?)? (?:pro|in der|am|die|je|im|a|per) (woche|tag|week|day)\b`), budget},
	{regexp.MustCompile(`\b` + wishCount + `(?: ?x| ?mal| nachrichten?| hinweise?| anfragen?) (?:pro|in der|am|die|je) (woche|tag) (?:reicht|reichen|genuegt|genuegen|maximal|hoechstens)\b`), budget},
	{regexp.MustCompile(`\b(?:im |in einem |mein |den )?(?:umkreis|radius|entfernung)(?: von| auf| soll| ist| bis| bis zu|:)* ?(-?\d{1,9}(?:[.,]\d{1,3})?) ?(?:km|kilometern?|kilometers?|kilometres?)?(?: sein)?(?:[ ;,.!]|$)`), radius},
	{regexp.MustCompile(`(?:\b(?:bis zu|bis|max\.?|maximal|hoechstens|nicht weiter als|within|up to|nur|im) )?(-?\b\d{1,9}(?:[.,]\d{1,3})?) ?(?:km|kilometern?|kilometers?|kilometres?)\b(?: umkreis| radius| entfernung| um mich| weit| entfernt| weg)?`), radius},
	{regexp.MustCompile(`\b(?:pausier\w*|pause|urlaub|mach\w*(?: mal)?(?: eine)? pause|bin(?: ich)?|keine nachrichten|ruhe)(?: mich| bitte| alles| machen)?(?: bis| until| till) ` + wishDate + `(?: pause| pausieren| im urlaub| verreist| weg)?`), pauseUntil},
	{regexp.MustCompile(`\b(?:pausier\w*|pause|mach\w*(?: mal)?(?: eine)? pause)(?: mich| bitte)?(?: fuer| for)?(?: die naechsten?)? ` + wishCount + ` (tage?n?|wochen?|monate?n?|days?|weeks?|months?)\b`), pauseFor},
	{regexp.MustCompile(`\b` + wishCount + ` (tage?n?|wochen?|monate?n?) (?:pause|pausieren|ruhe)\b`), pauseFor},
	{regexp.MustCompile(`\b(?:pause (?:beenden|vorbei|aufheben|aus|ende)|wieder aktiv|weitermachen|ich bin (?:wieder|zurueck)(?: da)?|bin wieder da|resume)\b`), func(r *wishReader, _ []string) bool { r.w.Resume = true; return true }},
	{regexp.MustCompile(`\b(?:pausieren|pausier|pause)\b`), func(r *wishReader, _ []string) bool { r.w.Pause = true; return true }},
	{regexp.MustCompile(`\b(?:nicht|nichts|not|bitte erst|keine nachrichten) (?:vor|before|ab) (\d{1,2})(?:[:.](\d{2}))?(?: uhr| am| o'clock)?`), quietEnds},
	{regexp.MustCompile(`\b(?:nicht|nichts|not|keine nachrichten)(?: mehr)? (?:nach|after) (\d{1,2})(?:[:.](\d{2}))?(?: uhr| pm| o'clock)?`), quietBegins},
	{regexp.MustCompile(`\b(?:ruhezeiten?|nachtruhe|ruhe|quiet hours|quiet|nicht)(?: ist| soll| bitte)?(?: von| zwischen| between| from)? (\d{1,2})(?:[:.](\d{2}))?(?: uhr)? ?(?:bis|-|und|to|and) ?(\d{1,2})(?:[:.](\d{2}))?(?: uhr)?`), quietSpan},
	{regexp.MustCompile(`\b(?:(?:sag\w*|sprich|sprechen)(?: sie)?(?: bitte)? sie zu mir|siez\w* (?:sie )?(?:mich|uns)|per sie|(?:bitte )?siezen|mit sie ansprechen)\b`), register("sie")},
	{regexp.MustCompile(`\b(?:(?:sag\w*)(?: ruhig| bitte| wieder)? du zu mir|duz\w* (?:sie )?(?:mich|uns)|per du|(?:bitte )?duzen|mit du ansprechen)\b`), register("du")},
	{regexp.MustCompile(`\b(?:in )?(?:leichter|einfacher|leichte|einfache) sprache\b|\bplain (?:german|language)\b|\beasy language\b`), register("leicht")},
	{regexp.MustCompile(`\b(?:ich (?:spreche|kann)|i speak) ((?:` + wishLanguages + `)(?:(?:, | und | and )(?:` + wishLanguages + `))*)\b`), speaks},
	{regexp.MustCompile(`\b(?:auf|in|sprich|spreche? bitte|sprache(?: ist)?:?|language:?|lieber|speak) (` + wishLanguages + `)\b`), language},
	{regexp.MustCompile(`\b(` + wishLanguages + `) (?:bitte|please)\b`), language},
	{regexp.MustCompile(`\b(?:ich bin|i am|i'm|bin|mein alter(?: ist)?) (-?\d{1,3})(?: jahre?(?: alt)?| years old)?(?: ;|,| und| and| $|$)`), age},
	{regexp.MustCompile(`(?:\bich bin )?(-?\b\d{1,3}) (?:jahre alt|years old)\b`), age},
	{regexp.MustCompile(`\b(?:ich |i )?(?:(?:habe|hab|besitze|bin|kann|have)(?: auch| jetzt| gerade)?|(?:ohne)) ((?:kein\w* |nicht |keine? |no )?(?:(?:einen?|ein|den|die|das|mein\w*|a|an|eigenes|own|gueltigen?) )*)(` + wishAbilities + `)`), ability},
	{regexp.MustCompile(`\b(?:auch angebote|angebote auch|gesuche und angebote|angebote und gesuche|offers too|also offers|needs and offers)\b`), kinds(matching.Need, matching.Offer)},
	{regexp.MustCompile(`\b(?:nur angebote|only offers)\b`), kinds(matching.Offer)},
	{regexp.MustCompile(`\b(?:nur gesuche|keine angebote|ohne angebote|only needs|no offers)\b`), kinds(matching.Need)},
	{regexp.MustCompile(`\b(?:muss nicht|nicht unbedingt) (?:barrierefrei|rollstuhlgerecht)(?: sein)?\b`), stepFree(false)},
	{regexp.MustCompile(`\b(?:barrierefrei\w*|rollstuhlgerecht\w*|stufenlos|step[- ]free|im rollstuhl|rollstuhl)\b`), stepFree(true)},
	{regexp.MustCompile(`\b(?:doch )?wieder (?:von|vom|zu|zum|zum thema|ueber) ([^;,]+)`), func(r *wishReader, m []string) bool { r.w.Again = strings.TrimSpace(m[1]); return r.w.Again != "" }},
	{regexp.MustCompile(`\b(?:taeglich\w*|einmal (?:am|pro) tag|1 ?x am tag|jeden tag einmal|once a day|daily)\b`), cadence(matching.Daily)},
	{regexp.MustCompile(`\b(?:woechentlich\w*|einmal (?:in der|pro|die) woche|1 ?x pro woche|once a week|weekly)\b`), cadence(matching.Weekly)},
	{regexp.MustCompile(`\b(?:sofort|immer gleich|gleich wenn|at once|immediately|right away)\b`), cadence(matching.AtOnce)},
	{regexp.MustCompile(`\b(?:loeschen?|loesch|beenden|entfernen|aufgeben|delete|remove)\b`), func(r *wishReader, _ []string) bool { r.w.End = true; return true }},
	{regexp.MustCompile(`\b(?:alles moegliche|alle themen|egal was|ueber alles|anything|all topics)\b`), func(r *wishReader, _ []string) bool { r.w.AllTopics = true; return true }},
}

// Bounds of what may be wished.
const (
	MaxPerWeek = 21
	MaxPerDay  = 10
	MinAge     = 6
	MaxAge     = 110
)

func budget(r *wishReader, m []string) bool {
	n, ok := wishNumber(m[1])
	if !ok {
		return false
	}
	most, to := MaxPerWeek, &r.w.PerWeek
	if m[2] == "tag" || m[2] == "day" {
		most, to = MaxPerDay, &r.w.PerDay
	}
	if n < 1 || n > most {
		r.w.bad(FieldBudget, OutOfRange, m[1])
		return true
	}
	*to = &n
	return true
}

func radius(r *wishReader, m []string) bool {
	figure := strings.Replace(m[1], ",", ".", 1)
	if i := strings.IndexByte(m[1], '.'); i > 0 && len(m[1])-i == 4 { // "5.000" are five thousand
		figure = m[1][:i] + m[1][i+1:]
	}
	km, err := strconv.ParseFloat(figure, 64)
	if err != nil || km <= 0 || km > matching.MaxRadius {
		r.w.bad(FieldRadius, OutOfRange, figure+" km")
		return true
	}
	km = max(km, 1)
	r.w.Radius = &km
	return true
}

func cadence(c matching.Cadence) func(*wishReader, []string) bool {
	return func(r *wishReader, _ []string) bool { r.w.Cadence = c; return true }
}

func kinds(ks ...matching.Kind) func(*wishReader, []string) bool {
	return func(r *wishReader, _ []string) bool { r.w.Kinds = ks; return true }
}

func stepFree(v bool) func(*wishReader, []string) bool {
	return func(r *wishReader, _ []string) bool { r.w.StepFree = &v; return true }
}

// WishLead is what turns a bare answer to a question about one wish into that wish: "5" to how far, "1.3." to
// until when. It is "" where an answer says what it is by itself.
func WishLead(topic string) string {
	switch topic {
	case "radius":
		return "umkreis"
	case "pause":
		return "pause bis"
	case "speech":
		return "auf"
	case "quiet":
		return "ruhe"
	case "when":
		return "nur"
	}
	return ""
}
