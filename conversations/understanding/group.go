package understanding

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"ehrenamt/channels"
	"ehrenamt/matching"
)

// Group is what a text says about a class or a team that comes as a whole.
type Group struct {
	Actor    matching.Actor // School or Company, "" if not said
	Name     string         // "Klasse 9b", "Team von 8 bis 12 Leuten", as it was written
	Min, Max int            // how many they are, 0 if not said
	Doing    string         // what they want to do, in their words
	Contact  string         // who speaks for them: "Ansprechpartnerin Frau Schmidt"
}

// How groups are named and counted.
var (
	classNamed = regexp.MustCompile(`(?i)\b(?:(?:klasse|jahrgangsstufe|jahrgang|stufe)\s*\d{1,2}\s?[a-f]?\b|\d{1,2}\.\s?klasse\b|(?:class|year|grade)\s\d{1,2}\s?[a-f]?\b)|\b(?:[Dd]ie|[Uu]nsere|[Dd]er|[Ee]ine|[Uu]nserer)\s+(\d{1,2}\s?[a-f])\b`)
	classSaid  = regexp.MustCompile(`(?i)\b(?:schul)?klasse\b|\b(?:projekt|sch[üu]ler)-?gruppe\b|\b(?:leistungs|grund|projekt|wahl)kurs\b|\bschul-ag\b|\bsch[üu]ler(?:innen|:innen|\*innen|n)?\b|\bclass\b|\bpupils\b`)
	teamSaid   = regexp.MustCompile(`(?i)\b(?:[\p{L}-]*team|belegschaft|azubi-?gruppe|crew|(?:firmen|betriebs)gruppe)\b|\b(?:group|team) of (?:our )?(?:employees|colleagues|staff)\b|\b(?:kolleg(?:inn)?en|kolleg:innen|mitarbeitenden?|mitarbeiter(?:innen|n)?|auszubildenden?|azubis|employees|colleagues)\b`)
	groupSize  = regexp.MustCompile(`(?i)\b(\d{1,3})(?:\s*(?:-|–|bis|to)\s*(\d{1,3}))?\s+(?:\p{L}+e[nrs]?\s+)?(jugendlichen?|sch[üu]ler\p{L}*|kindern?|kids|leuten?|personen|menschen|mitarbeit\p{L}*|kolleg\p{L}*|azubis|auszubildenden?|students|pupils|people|employees|colleagues|teenagern?|m[äa]dchen|freiwilligen?|volunteers)\b`)
	groupDoing = regexp.MustCompile(`\b(?:etwas\s+(?:[\p{L}]+\s)?\p{Lu}[\p{L}-]+|(?i:soziale[sn]?\s+(?:projekte?|engagement|praktikum|einsatz|tag)|social\s+(?:project|day)|something\s+(?:social|useful|for\s+\p{L}+)))`)
	speaksFor  = regexp.MustCompile(`(?i:\b(?:unsere?\s+|meine?\s+)?(?:ansprechpartner(?:in)?|ansprechperson|kontaktperson|kontakt|klassenlehrer(?:in)?|klassenleitung|lehrer(?:in)?|lehrkraft|teacher|contact(?:\s+person)?)(?:\s+(?:ist|is))?\s*:?\s*)(?:Frau|Herrn?|Ms\.?|Mrs?\.?|Dr\.)(?:\s+Dr\.)?\s+\p{Lu}[\p{L}-]+(?:\s+\p{Lu}[\p{L}-]+)?`)
	lawful     = regexp.MustCompile(`\b(?:GmbH|mbH|AG|KG|UG|SE|OHG|eG|e\.\s?K\.|Ltd\.?|Inc\.?)(?:\W|$)`)
)

// ReadGroup reads what a class or a team says about itself; ok is false where a text speaks of none.
func ReadGroup(text string) (Group, bool) {
	var g Group
	named := classNamed.FindStringSubmatchIndex(text)
	switch {
	case named != nil:
		g.Actor = matching.School
		g.Name = text[named[0]:named[1]]
		if named[2] >= 0 {
			g.Name = text[named[2]:named[3]]
		}
	case classSaid.MatchString(text):
		g.Actor, g.Name = matching.School, ""
	case teamSaid.MatchString(text):
		g.Name = ""
		if lawful.MatchString(text) || containsAny(channels.Fold(text), []string{"firma", "unternehmen", "betrieb", "company", "mitarbeit", "kolleg", "belegschaft", "employees"}) {
			g.Actor = matching.Company
		}
	default:
		return g, false
	}
	if at := groupSize.FindStringSubmatchIndex(text); at != nil {
		g.Min, _ = strconv.Atoi(text[at[2]:at[3]])
		g.Max = g.Min
		if at[4] >= 0 {
			g.Max, _ = strconv.Atoi(text[at[4]:at[5]])
		}
		if g.Max < g.Min || g.Max < 2 {
			g.Min, g.Max = 0, 0
		}
		if of := " der " + g.Name; named != nil && strings.HasPrefix(text[at[1]:], of) { // "24 Jugendliche der Klasse 9b"
			g.Name = text[at[0] : at[1]+len(of)]
		}
		g.Name = cmp.Or(g.named(text, at[0], at[1]), g.Name, text[at[0]:at[1]])
	}
	if g.Name == "" {
		g.Name = strings.TrimSpace(cmp.Or(teamSaid.FindString(text), classSaid.FindString(text)))
	}
	g.Doing = strings.TrimSpace(groupDoing.FindString(text))
	g.Contact = strings.TrimSpace(speaksFor.FindString(text))
	return g, true
}

// named is the name of a group together with its size where the two stand together: "Klasse 9b mit 24 Jugendlichen".
func (g *Group) named(text string, size, end int) string {
	const farthest = 40
	for _, r := range []*regexp.Regexp{classNamed, teamSaid, classSaid} {
		for _, at := range r.FindAllStringIndex(text[:size], -1) {
			if said := text[at[0]:end]; len(said) <= farthest && !strings.ContainsAny(said, ".,;:!?\n") {
				return said
			}
		}
	}
	return ""
}

// Title names what such a group offers: what they want to do, and who they are.
func (g *Group) Title() string {
	if g.Doing == "" {
		return capital(g.Name)
	}
	if g.Name == "" {
		return capital(g.Doing)
	}
	return short(capital(g.Name) + ": " + g.Doing)
}

// Vague tells whether a title of a group says nothing of what it offers: it is a person, a time, or the sender.
func (g *Group) Vague(title string) bool {
	t := channels.Fold(title)
	if t == "" || lawful.MatchString(title) || strings.Contains(channels.Fold(g.Contact), t) || strings.Contains(channels.Fold(g.Name), t) {
		return true
	}
	return containsAny(" "+t+" ", []string{
		"projektwoche", "projekttag", "project week", " herr ", " frau ", " teacher ", " lehrer", " schule", " klasse ", " schuler", " schueler",
		"halbjahr", "schuljahr", " pupils ", " class ", " kolleg", " mitarbeit", " unternehmen ", " firma ", " tag ", " soziales projekt ", " etwas ",
	})
}

// Lawful is the name of a firm that a text gives with its legal form, "" if there is none.
func Lawful(text string) string {
	at := lawful.FindStringIndex(text)
	if at == nil {
		return ""
	}
	words := strings.Fields(text[:at[0]])
	from := len(words)
	for from > 0 && len(words)-from < 4 {
		r := []rune(words[from-1])
		if !(r[0] >= 'A' && r[0] <= 'Z' || strings.ContainsRune("ÄÖÜ&", r[0])) || strings.ContainsAny(words[from-1], ".,;:!?") {
			break
		}
		from--
	}
	if from == len(words) {
		return ""
	}
	form := strings.TrimRight(text[at[0]:at[1]], " ,;!?\n")
	return strings.Join(append(words[from:len(words):len(words)], form), " ")
}
