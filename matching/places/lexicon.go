package places

import "strings"

// lexicon holds the words by which Find tells a place from an ordinary word or a surname. All are
// folded.
type lexicon struct {
	lead        map[string]bool // may stand before the name in an answer: "in", "Raum"
	cues        map[string]bool // say that a place follows: "in", "aus", "Raum"
	halfCues    map[string]bool // say so unless the name is a food, a weather or a first name: "bei"
	articles    map[string]bool // stand before districts with an article: "der", "im"
	titles      map[string]bool // say that a surname follows
	streets     map[string]bool // say that a street was named
	verbAfter   map[string]bool // say that the word before was a verb: "Wenden Sie"
	quantities  map[string]bool // say that the number before was no postcode
	ordinary    map[string]bool // one letter away from a name, but words of their own
	joins       map[string]bool // join two places: "oder"
	venues      []string        // ends of the words for what stands in a place: "Turnhalle Brand"
	clubs       map[string]bool // the same, whole words: "TV Brand"
	bodies      []string        // ends of the words for what a whole municipality has: "Feuerwehr Wenden"
	notWithHalf map[string]bool // names that "bei" and "nach" do not make places
}

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

func newLexicon() lexicon {
	return lexicon{
		lead: wordSet(`in aus nach bei von im raum naehe nahe stadt gemeinde ort ortsteil stadtteil kreis umkreis
			umgebung um rund region bereich wohne wohnen ich wir wohnt bin sind komme kommen hier der die das dem den
			d de plz near from around at hansestadt kreisstadt am auf zu stadtbezirk bezirk`),
		cues: wordSet(`in aus nach raum naehe nahe stadt gemeinde ort ortsteil stadtteil bezirk stadtbezirk umkreis
			umgebung region richtung wohnort einsatzort near from around innerhalb ausserhalb kreisstadt nahe
			вмісті м г у в из з`),
		halfCues: wordSet(`bei von zwischen um bis ab ueber durch at to`),
		articles: wordSet(`der dem den im am vom zum die das beim`),
		titles: wordSet(`herr herrn frau frl familie fam dr prof ing mr mrs ms pfarrer pastor pastorin schwester
			doktor trainer trainerin`),
		streets: wordSet(`strasse str allee weg ring damm gasse tor chaussee ufer landstrasse landstr platz stieg
			wall steinweg bruecke strassen`),
		verbAfter: wordSet(`sie dich euch uns wir ihr ihn ihm mir dir mich es`),
		quantities: wordSet(`euro eur leute personen menschen helfer helfende besucher teilnehmer teilnehmende km
			meter m stueck flyer kilometer einwohner mitglieder zuschauer people persons visitors mal g kg liter
			stunden tage mark dollar chf usd schueler kinder gaeste`),
		ordinary: ordinaryWords(),
		joins:    wordSet(`oder und bzw u or and sowie i`),
		clubs:    clubWords(),
		venues:   venueEnds(),
		bodies: strings.Fields(`feuerwehr thw ortsverband stadtverband kreisverband ortsverein ortsgruppe drk awo caritas
			diakonie tafel tierheim freiwilligenzentrum freiwilligenagentur ehrenamtsagentur bahnhof rathaus jobcenter
			stadtverwaltung stadtbibliothek stadtwerke volkshochschule vhs krankenhaus`),
		notWithHalf: wordSet(`essen wetter lotte freund brand haan hahn`),
	}
}

func clubWords() map[string]bool {
	return wordSet(`tv sv tsv tus fc sc vfl vfr vfb djk sg ssv tc tsg bsv fsv thw drk dlrg asb kg ig bi cvjm nabu bund
		bv hv kita ogs ggs kgs tafel kirche pfarre bad fest zug lauf markt caritas jugend lg og jfv rsv psv msc`)
}

func venueEnds() []string {
	return strings.Fields(`verein cafe halle schule heim treff zentrum kindergarten feuerwehr gemeinde pfarrei kirche
		friedhof freibad hallenbad schwimmbad buecherei bibliothek markt turnier fest haus gymnasium park garten
		bahnhof rathaus platz stadion kapelle chor kreis gruppe initiative wehr jugend fechter schuetzen bruderschaft
		laden boerse buero hof werkstatt tagesstaette pflege wache umzug lauf basar kirmes wald halde`)
}
