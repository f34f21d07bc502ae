package understanding

import (
	"strconv"
)

// readAge reads the least age of the helpers: "ab 18!", "mind. 16 Jahre", "volljährig", "over 21".
func (r *Reader) readAge(m *message, out *Reading) {
	if out.Intent != Need && out.Intent != Offer {
		return
	}
	p := m.body
	tp := m.timeParser(r, p)
	for i := range p.ts {
		age, last, ok := ageAt(tp, p, i, out.Intent)
		if !ok {
			continue
		}
		if age > 99 {
			out.Doubts = append(out.Doubts, Doubt{Field: FieldMinAge, Kind: OutOfRange, Text: strconv.Itoa(age)})
			return
		}
		out.Draft.MinAge = &age
		f := Found{Field: FieldMinAge, Rule: "least age", Confidence: 0.9, Value: strconv.Itoa(age)}
		f.From, f.To = p.span(i, last)
		out.Found = append(out.Found, f)
		return
	}
}

func ageAt(tp *timeParser, p part, i int, intent Intent) (age, last int, ok bool) {
	t := tp.tok(i)
	switch {
	case t.is("volljaehrig", "volljaehrige", "volljaehrigen", "volljaehriger", "volljaehrigkeit") && intent == Need:
		return 18, i, !p.before(i, 1).is("nicht")
	case t.is("u", "ue") && tp.tok(i+1).kind == numberToken && tp.tok(i+1).glued && tp.tok(i+1).val >= 16 && intent == Need:
		return tp.tok(i + 1).val, i + 1, true
	}
	n, isNumber := tp.number(i)
	if !isNumber || n < 10 || n > 130 {
		return 0, 0, false
	}
	if next := tp.tok(i + 1); intent == Need && next.is("+") && next.glued && n >= 14 && n <= 25 {
		return n, i + 1, true
	}
	unit := tp.tok(i + 1)
	if unit.is(".") && unit.glued && tp.tok(i+2).is("bis", "-", "und", "/") {
		return 0, 0, false
	}
	if intent == Need && n >= 14 && n <= 30 && supposed(tp, p, i) {
		return n, i, true
	}
	if unit.is(".") && unit.glued {
		if _, month := tp.month(i + 2); month || tp.tok(i+2).kind == numberToken && tp.tok(i+2).glued {
			return 0, 0, false
		}
	}
	if intent == Need && tp.tok(i-1).is("zwischen", "between") && unit.is("und", "and") && tp.tok(i+2).kind == numberToken && tp.tok(i+3).is("jahre", "jahren", "years", "j") && !targetNear(tp, i-1) && n >= 14 {
		return n, i + 3, true
	}
	years := unit.is("jahre", "jahren", "j", "years", "yrs", "jahr", "jaehrige", "lebensjahr") || unit.is("-") && tp.tok(i+2).is("jaehrige", "jaehrigen")
	lead, far := ageLead(tp, p, i)
	if intent == Offer && (lead != "mind" || !years) {
		return 0, 0, false
	}
	switch {
	case lead == "" || targetNear(tp, i):
		return 0, 0, false
	case unit.is("-", "bis", "–") && tp.tok(i+2).kind == numberToken && lead != "alter":
		return 0, 0, false
	case years || far == "alter" || unit.is("or") && tp.tok(i+2).is("older", "over", "above"):
		return n, i + 1, true
	case lead == "ab" || lead == "mind" || lead == "ueber":
		if _, hour := tp.class(i+1, "hourunit"); hour || unit.is(":", ".") && unit.glued && tp.tok(i+2).kind == numberToken || tp.counted(i+1) || unit.is("pm", "am", "euro", "km", "%", "personen", "leute") {
			return 0, 0, false
		}
		if lead == "ab" && afterDay(tp, p, i) {
			return 0, 0, false
		}
		return n, i, n >= 14 && n <= 30 && (lead == "ab" || far == "alter" || unit.kind != wordToken || unit.is("sein", "und", "alt", "bitte"))
	}
	return 0, 0, false
}

// supposed tells "Ihr solltet 16 sein", "Sie sollten 21 oder älter sein", "17 solltet ihr aber schon sein".
func supposed(tp *timeParser, p part, i int) bool {
	should, be := false, false
	for j := max(0, i-5); j <= i+7 && j < len(p.ts); j++ {
		if p.sentence[j] != p.sentence[i] || j > i && tp.tok(j).is(",", ";") && !be && j > i+4 {
			continue
		}
		should = should || tp.tok(j).is("solltet", "sollten", "sollte", "solltest", "muesst", "muessen", "musst", "should", "must")
		be = be || j > i && (tp.tok(j).is("sein", "old") || tp.tok(j).is("aelter", "older"))
	}
	next := tp.tok(i + 1)
	return should && be && (next.is("sein", "oder", "or", "solltet", "sollten", "sollte", "muesst", "jahre", "und", "years") || next.is("aber", "schon"))
}

// ageLead finds the word that makes a number an age.
func ageLead(tp *timeParser, p part, i int) (near, far string) {
	for j := i - 1; j >= max(0, i-7); j-- {
		t := tp.tok(j)
		if p.sentence[j] != p.sentence[i] || t.is(";", ")") {
			break
		}
		switch {
		case t.is("ab", "from"):
			if near == "" && (i-j == 1 || i-j == 2 && tp.tok(i-1).is("ca", "etwa", "ca.")) {
				near = "ab"
			}
		case t.is("muessen", "muss", "musst", "must", "sollten", "should") && (tp.tok(i+1).is("jahre", "years") && tp.tok(i+2).is("alt", "sein", "old")):
			if near == "" {
				near = "mind"
			}
		case t.is("mit") && i-j == 1 && tp.tok(j-1).is("schon", "bereits", "erst") && tp.tok(i+1).kind != wordToken && tp.tok(i+1).kind != numberToken:
			near = "mind"
		case t.is("mind", "mindestens", "wenigstens", "min", "least", "minimum"):
			if near == "" {
				near = "mind"
			}
		case t.is("ueber", "over", "nicht"):
			if near == "" && i-j <= 3 && !t.is("nicht") {
				near = "ueber"
			}
		case t.is("mindestalter", "alter", "age", "altersgrenze", "aged"):
			far = "alter"
			if near == "" {
				near = "alter"
			}
		}
	}
	n := tp.tok(i + 1)
	if near == "" && n.is("or") && tp.tok(i+2).is("older", "over") {
		near = "mind"
	}
	if near == "" && n.is("jahre") && tp.tok(i+2).is("oder") && tp.tok(i+3).is("aelter") {
		near = "mind"
	}
	return near, far
}

// targetNear tells that the age is that of children or others who are helped.
func targetNear(tp *timeParser, i int) bool {
	for j := i - 1; j >= max(0, i-5); j-- {
		if tp.tok(j).is(".", "!", ":", ";", "mindestalter") {
			return false // what stands there belongs to something else
		}
		if tp.tok(j).is("kinder", "kindern", "kids", "children", "senioren", "unter", "under", "gespendet", "spenden", "spender", "eintritt", "zutritt", "teilnahme", "teilnehmen") {
			return true
		}
		if tp.tok(j).is("klasse") && (tp.tok(j+1).kind == numberToken || j == i-1) {
			return true
		}
	}
	return false
}

// afterDay tells "dienstags ab 16" from ", ab 16".
func afterDay(tp *timeParser, p part, i int) bool {
	j := i - 2
	if j < 0 || p.ts[j].kind != wordToken {
		return false
	}
	for _, class := range []string{"weekday", "habit", "day", "part", "parthabit", "weekend", "short"} {
		if _, ok := tp.class(j, class); ok {
			return true
		}
	}
	return false
}

// readRadius reads how far: "Umkreis 20 km", "max 5 km", "bis 40km", "within 10 kilometres".
func (r *Reader) readRadius(m *message, out *Reading) {
	if out.Intent == Other || out.Intent == Need && m.req.Expect != FieldRadius {
		return
	}
	p := m.body
	tp := m.timeParser(r, p)
	for i := range p.ts {
		km, last, ok := kmAt(tp, i)
		if !ok {
			continue
		}
		f := Found{Field: FieldRadius, Rule: "kilometres", Confidence: 0.9, Value: strconv.FormatFloat(km, 'f', -1, 64)}
		f.From, f.To = p.span(i, last)
		if km <= 0 || km > 200 {
			out.Doubts = append(out.Doubts, Doubt{Field: FieldRadius, Kind: OutOfRange, Text: f.Value})
		}
		out.Draft.Radius = &km
		out.Found = append(out.Found, f)
		return
	}
}

// kmAt reads a number of kilometres, with its sign and decimals.
func kmAt(tp *timeParser, i int) (km float64, last int, ok bool) {
	n, ok := tp.number(i)
	if !ok || tp.tok(i-1).is(",", ".") && tp.tok(i-1).glued && tp.tok(i).glued {
		return 0, 0, false
	}
	km = float64(n)
	k := i + 1
	if tp.tok(k).is(",", ".") && tp.tok(k).glued && tp.tok(k+1).kind == numberToken && tp.tok(k+1).glued {
		dec := tp.tok(k + 1)
		scale := 1.0
		for range len(dec.norm) {
			scale *= 10
		}
		km += float64(dec.val) / scale
		k += 2
	}
	if !tp.tok(k).is("km", "kilometer", "kilometern", "kilometers", "kilometres", "kilometre", "км") {
		return 0, 0, false
	}
	if tp.tok(i-1).is("-") && tp.tok(i).glued && tp.tok(i-2).kind != numberToken && tp.tok(i-2).kind != wordToken {
		km = -km
	}
	return km, k, true
}
