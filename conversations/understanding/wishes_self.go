package understanding

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ehrenamt/matching"
)

// What people say about themselves and how they want to be spoken to.

// wishLanguages are names of languages, as a part of a pattern.
const wishLanguages = `deutsch|englisch|tuerkisch|ukrainisch|arabisch|franzoesisch|spanisch|italienisch|polnisch|russisch|niederlaendisch|hollaendisch|persisch|farsi|rumaenisch|bulgarisch|albanisch|kroatisch|serbisch|griechisch|portugiesisch|chinesisch|kurdisch|german|english|turkish|ukrainian|arabic|french|spanish|gebaerdensprache`

var wishISO = map[string]string{
	"deutsch": "de", "german": "de", "englisch": "en", "english": "en", "tuerkisch": "tr", "turkish": "tr", "ukrainisch": "uk", "ukrainian": "uk",
	"arabisch": "ar", "arabic": "ar", "franzoesisch": "fr", "french": "fr", "spanisch": "es", "spanish": "es", "italienisch": "it", "polnisch": "pl",
	"russisch": "ru", "niederlaendisch": "nl", "hollaendisch": "nl", "persisch": "fa", "farsi": "fa", "rumaenisch": "ro", "bulgarisch": "bg",
	"albanisch": "sq", "kroatisch": "hr", "serbisch": "sr", "griechisch": "el", "portugiesisch": "pt", "chinesisch": "zh", "kurdisch": "ku",
	"gebaerdensprache": "sign",
}

func register(name string) func(*wishReader, []string) bool {
	return func(r *wishReader, _ []string) bool { r.w.Register = name; return true }
}

func language(r *wishReader, m []string) bool {
	iso := wishISO[m[1]]
	if iso == "sign" || iso == "" {
		return false
	}
	r.w.Lang = iso
	return true
}

var wishLanguage = regexp.MustCompile(wishLanguages)

func speaks(r *wishReader, m []string) bool {
	for _, name := range wishLanguage.FindAllString(m[1], -1) {
		r.w.can(matching.Language(wishISO[name]), true)
	}
	return true
}

func age(r *wishReader, m []string) bool {
	n, err := strconv.Atoi(m[1])
	if err != nil || n < MinAge || n > MaxAge {
		r.w.bad(FieldAge, OutOfRange, m[1])
		return true
	}
	r.w.Age = &n
	return true
}

// wishAbilities are what one may have or be, as a part of a pattern. The longer ones come first.
const wishAbilities = `lkw-?fuehrerschein|lkw fuehrerschein|fuehrerschein klasse c|c-fuehrerschein|fuehrerschein(?: klasse b)?|erste[- ]hilfe(?:-?kurs|-?schein)?|(?:erweitertes )?(?:polizeiliches )?fuehrungszeugnis|juleica|jugendleiter\w*|rettungsschwimm\w*|gesundheitszeugnis|hygienebelehrung|infektionsschutz\w*|staplerschein|eigenes auto|auto|trainerschein|trainerlizenz|uebungsleiter\w*|handwerklich\w*(?: geschick\w*)?|computerkenntnisse|sanitaeter\w*|krankenpfleger\w*|krankenschwester|arzt|aerztin|lehrer\w*|erzieher\w*|driving licen[cs]e|first aid(?: certificate)?|car`

var wishAbility = []struct {
	begins string
	is     matching.Qualification
}{
	{"lkw", matching.DrivingLicenceC}, {"fuehrerschein klasse c", matching.DrivingLicenceC}, {"c-fuehrer", matching.DrivingLicenceC},
	{"fuehrerschein", matching.DrivingLicenceB}, {"driving", matching.DrivingLicenceB},
	{"erste", matching.FirstAid}, {"first", matching.FirstAid},
	{"erweitertes", matching.PoliceClearance}, {"polizeiliches", matching.PoliceClearance}, {"fuehrungszeugnis", matching.PoliceClearance},
	{"juleica", matching.YouthLeaderCard}, {"jugendleiter", matching.YouthLeaderCard}, {"rettungsschwimm", matching.Lifeguard},
	{"gesundheitszeugnis", matching.FoodHygiene}, {"hygiene", matching.FoodHygiene}, {"infektions", matching.FoodHygiene},
	{"stapler", matching.Forklift}, {"eigenes", matching.OwnCar}, {"auto", matching.OwnCar}, {"car", matching.OwnCar},
	{"trainer", matching.TrainerLicence}, {"uebungsleiter", matching.TrainerLicence}, {"handwerk", matching.CraftSkills},
	{"computer", matching.ITSkills}, {"sanitaeter", matching.Medical}, {"kranken", matching.Medical}, {"arzt", matching.Medical},
	{"aerztin", matching.Medical}, {"lehrer", matching.Teaching}, {"erzieher", matching.Teaching},
}

func ability(r *wishReader, m []string) bool {
	has := !strings.Contains(m[1], "kein") && !strings.Contains(m[1], "nicht") && !strings.HasPrefix(m[1], "no ") && !strings.HasPrefix(strings.TrimSpace(m[0]), "ohne")
	for _, a := range wishAbility {
		if strings.HasPrefix(m[2], a.begins) {
			r.w.can(a.is, has)
			return true
		}
	}
	return false
}

func (w *Wishes) can(q matching.Qualification, has bool) {
	to := &w.Can
	if !has {
		to = &w.Cannot
	}
	if !slices.Contains(*to, q) {
		*to = append(*to, q)
	}
}
