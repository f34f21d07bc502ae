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
	notAfter    map[string]string
	notBefore   map[string]string
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
		halfCues: wordSet(`bei um bis ab ueber durch at to`),
		articles: wordSet(`der dem den im am vom zum die das beim`),
		titles: wordSet(`herr herrn frau frl familie fam dr prof ing mr mrs ms pfarrer pastor pastorin schwester
			doktor trainer trainerin`),
		streets: wordSet(`strasse str allee weg ring damm gasse tor chaussee ufer landstrasse landstr platz stieg
			wall steinweg bruecke strassen`),
		verbAfter: wordSet(`sie dich euch uns wir ihr ihn ihm mir dir mich es`),
		quantities: wordSet(`euro eur leute personen menschen helfer helfende besucher teilnehmer teilnehmende km
			meter m stueck flyer kilometer einwohner mitglieder zuschauer people persons visitors mal g kg liter
			stunden tage mark dollar chf usd schueler kinder gaeste`),
		ordinary:    ordinaryWords(),
		joins:       wordSet(`oder und bzw u or and sowie i`),
		clubs:       clubWords(),
		venues:      venueEnds(),
		notAfter:    map[string]string{"halle": "0123456789abcdefgh", "essen": " und oder trinken wird "},
		notBefore:   map[string]string{},
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

// ordinaryWords are words that differ from a name by one letter, or that grammar would make of one.
func ordinaryWords() map[string]bool {
	return wordSet(`hilfen bilden helden milden wilden herren haerten fischen lichten sondern liegen kriegen fliegen
		siegel ziegen wiegen biegen fanden landen handen banden enden kinden finden binden
		minder kinder rinden winden werden herden erden weiter wetter vetter retter gewitter ritter mitten
		bitten litten sitten ratten berlinern hamburger berliner frankfurter wiener koennen gehren geben
		gelder gelten felder wegen wesen lesen reisen eisen rheins rheine reinen kleine deren daueren dauern
		buerden buergen buerger fuehren buehnen duenen huerden wuerden wuerde kuerzen stuerzen hammer essener
		betten melden werden westen besten testen warten garten karten harten sparten starten stunden
		brauchen brachten machen lachen achten sachen wachen rachen drachen marken starken merken
		starker staerker herzen kerzen schmerzen freuden bergen bergeheim burgen sorgen morgen borgen lagen tragen
		fragen klagen sagen wagen hohen loehne soehne gehne mehrere andere veranstaltungen wohnen lohnen bohnen
		belohnen hausen haupten selbst festen kosten posten rosten soweit heimat heimbau heiligen freundin beste
		stolpern holzen kalten halten walten spalten falten wollen rollen sollen bremsen brennen bremse kasse kassen
		klasse massen wasser besser messer fassen lassen hassen kiefer tiefer liefern rufen berufen hafen schlafen
		grafen strafen marsch barsch harsch burger tiere triers warms keller teller heller
		planen plauen trauen bauen frauen grauen schauen brauen lingen klingen singen ringen springen bringen ulms
		landshuts ostsee oders anders helfer helfern elfer kaffee haare waren fahren
		sparen paaren jahren bahren scharen gefahren hoeren huerth hueten hoerner koerner roermonder schwerer
		schwert werkstatt stadtteil seniorinnen deutsch deutsche nippen lippen kippen tippen
		gruppen truppen suppen treppen kappen klappen bilder wilder milder hilder hilde helper verberg
		herberge herbergen beratung bergarbeit beuel beutel bankern brunnen nennen rennen kennen
		trennen spenden spende senger saenger wickel nickel windel kindel mitte breiter breite reiter leiter
		heiter seiter weiler heiler teiler eiler weilern geiler leiden meiden kleiden scheiden beiden seiden
		schneiden vorher stellen kellen wellen hellen quellen bellen zellen gerne ferner
		kerner lerner mosel finder rinder lebach spielen ziele zielen spiele
		vielen fest festes wieseln bunter unter hunter munter gunter ratsam rate raten ratens
		betreuen treuen freuen erfreuen streuen ausser aussen nussen muessen kuessen fluessen
		schuessen buessen nuessen genuessen graeben geraete geraeten bottiche seelen
		schulen scheulen brueder brueggen rueggen ruecken bruecken druecken stuecken luecken bruecke kerken
		werken staerken erken zwecken decken wecken strecken stecken schrecken recken becken hecken flecken kuerten
		hueckes hellern hallen fallen knallen ballen schallen hallenbad halber silber selber welver
		gewerbe werbe werben sterben erben herben sterbe wirken kirchen kuchen suchen buchen besuchen fluchen
		brauche kirche marler maler schmaler`)
}
