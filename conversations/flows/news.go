package flows

import (
	"encoding/json"
	"strconv"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/masking"
	"ehrenamt/matching"
)

// Piece is something that happened elsewhere and is told to a person. News is the flow that says it; it
// waits for nothing, the choices it shows open flows of their own.
type Piece struct {
	Kind    PieceKind         `json:"kind"`
	Posting matching.Posting  `json:"posting"`
	Answer  matching.Answer   `json:"answer,omitzero"`
	Name    string            `json:"name,omitempty"`
	Reasons []matching.Reason `json:"reasons,omitempty"`
	Date    int               `json:"date,omitempty"`  // key
	Dates   []int             `json:"dates,omitempty"` // keys, where it is about several
	Taken   int               `json:"taken,omitempty"` // places taken now
	First   bool              `json:"first,omitempty"` // the first of its kind this person gets
	Again   bool              `json:"again,omitempty"` // asked once more
	Told    int               `json:"told,omitempty"`  // people alerted so far
	No      int               `json:"no,omitempty"`    // of them, those who said no
	By      time.Time         `json:"by,omitzero"`     // when it was to be full
	Held    bool              `json:"held,omitempty"`  // they had a place, and perhaps an entry in their calendar

	Mine string `json:"mine,omitempty"` // title of one's own posting that Posting meets

	Items []DigestItem `json:"items,omitempty"` // of a digest, best first
	Notes []DigestNote `json:"notes,omitempty"` // of a digest, beside them

	Organisation OrganisationOf `json:"organisation,omitzero"`
	Person       string         `json:"person,omitempty"` // who asks to be let in
	Text         string         `json:"text,omitempty"`   // a reason, a question, an answer
	Waiting      Waiting        `json:"waiting,omitzero"` // what editors decide, or have decided
	Hidden       []masking.Kind `json:"hidden,omitempty"` // what was left out of Text

	Others  []matching.Posting `json:"others,omitempty"`  // NewsOthers
	Nearest []matching.Span    `json:"nearest,omitempty"` // NewsOutbid: when it is free
	Names   []string           `json:"names,omitempty"`   // NewsWasDone: who was expected
}

// PieceKind says what happened.
type PieceKind string

// The kinds of news.
const (
	NewsAlert     PieceKind = "alert"     // a posting that fits
	NewsMeets     PieceKind = "meets"     // to the author of a need or an offer: an offer or a need that meets it
	NewsDigest    PieceKind = "digest"    // several that fit
	NewsAnswered  PieceKind = "answered"  // to the author: somebody comes
	NewsAsks      PieceKind = "asks"      // to the author: somebody would come, decide
	NewsCancelled PieceKind = "cancelled" // to the author: somebody no longer comes
	NewsFilled    PieceKind = "filled"    // to the author: all places are taken
	NewsStalled   PieceKind = "stalled"   // to the author: everybody it fits has been asked, places are open
	NewsAccepted  PieceKind = "accepted"  // to the person: accepted
	NewsDeclined  PieceKind = "declined"
	NewsParty     PieceKind = "party"     // to the author: so many come now
	NewsAway      PieceKind = "away"      // to the author: somebody who comes every time stays away from a date
	NewsOffer     PieceKind = "offer"     // to the person: a place from the waiting list is held for them
	NewsUnsure    PieceKind = "unsure"    // to the author: somebody has not said whether a change suits them
	NewsOnceOff   PieceKind = "once_off"  // to somebody who comes every time: this once it does not take place
	NewsToAll     PieceKind = "to_all"    // to those who come: a text of the other side
	NewsFew       PieceKind = "few"       // to the author: too few come
	NewsCrowded   PieceKind = "crowded"   // to somebody who comes every time: that date is full without them
	NewsPassedOn  PieceKind = "passed_on" // to the person: it was passed on
	NewsSuits     PieceKind = "suits"     // to the person: what they attached to their yes is fine
	NewsOutbid    PieceKind = "outbid"    // to the person: somebody else has it then, they wait
	NewsReturn    PieceKind = "return"    // to whoever has something: it is due back
	NewsFetched   PieceKind = "fetched"   // to whoever lends: somebody fetches it tomorrow
	NewsBack      PieceKind = "back"      // to whoever lends: it comes back
	NewsGone      PieceKind = "gone"      // edits an alert: filled
	NewsWithdrawn PieceKind = "withdrawn" // to those accepted; edits an alert
	NewsChanged   PieceKind = "changed"   // to those accepted: asked again

	NewsReview               PieceKind = "review"                // to editors: a posting waits
	NewsReviewed             PieceKind = "reviewed"              // edits that: somebody decided, or it was taken back
	NewsReplied              PieceKind = "replied"               // to editors: the author answers
	NewsApproved             PieceKind = "approved"              // to the author: it is out
	NewsRejected             PieceKind = "rejected"              // to the author, with the reason
	NewsAsked                PieceKind = "asked"                 // to the author: an editor asks back
	NewsTerms                PieceKind = "terms"                 // the front has new terms: do you agree?
	NewsOffline              PieceKind = "offline"               // edits an alert, and to those accepted: taken down
	NewsDown                 PieceKind = "down"                  // to the author: taken down after a report
	NewsEdited               PieceKind = "edited"                // to the author: an editor changed something
	NewsMerged               PieceKind = "merged"                // to the author: it is one with another
	NewsBlocked              PieceKind = "blocked"               // to whoever is kept out
	NewsThreadEnded          PieceKind = "thread_ended"          // to whoever was reported: nobody writes there any more
	NewsUnblocked            PieceKind = "unblocked"             // to whoever is let in again
	NewsOrganisationRejected PieceKind = "organisation_rejected" // to whoever founded it
	NewsReportDecided        PieceKind = "report_decided"        // to whoever reported
	NewsComplaintDecided     PieceKind = "complaint_decided"     // to whoever complained
	NewsUnheard              PieceKind = "unheard"               // to operators: nobody decides
	NewsNoEditors            PieceKind = "no_editors"            // to operators: a front has no editors

	NewsAsksIn    PieceKind = "asks_in"    // to those who lead: somebody wants to join
	NewsLetIn     PieceKind = "let_in"     // to whoever asked
	NewsNotLetIn  PieceKind = "not_let_in" // to whoever asked
	NewsJoined    PieceKind = "joined"     // to those who lead: somebody joined by invitation
	NewsDismissed PieceKind = "dismissed"  // to whoever no longer belongs
	NewsHeir      PieceKind = "heir"       // to whoever leads now

	NewsDoubled PieceKind = "doubled" // to the author: two who come are one person

	NewsPassed       PieceKind = "passed"        // a message of the other side of a thread
	NewsWantsContact PieceKind = "wants_contact" // the other side offers its contact
	NewsExchanged    PieceKind = "exchanged"     // both did: here is theirs

	NewsComing     PieceKind = "coming"      // to the person, the day before: do you come?
	NewsSoon       PieceKind = "soon"        // to the person, shortly before, with the address
	NewsReleased   PieceKind = "released"    // to the person: they did not say, the place is given away
	NewsSilentLeft PieceKind = "silent_left" // to the author of that
	NewsNudge      PieceKind = "nudge"       // to the author: somebody still waits
	NewsSilent     PieceKind = "silent"      // to editors: somebody is not answered
	NewsOthers     PieceKind = "others"      // to the person who is not answered: other things
	NewsStillOn    PieceKind = "still_on"    // to the author of what has no end: does it still hold?
	NewsExpired    PieceKind = "expired"     // to them: it is no longer shown
	NewsNoLonger   PieceKind = "no_longer"   // to those who wait for it
	NewsWereYou    PieceKind = "were_you"    // to the person afterwards: were you there?
	NewsWasDone    PieceKind = "was_done"    // to the author afterwards: were all there?
	NewsNobody     PieceKind = "nobody"      // to the author: nobody was found
	NewsThanks     PieceKind = "thanks"      // to the person: they say you were there
	NewsDeserted   PieceKind = "deserted"    // to editors: nobody is left in an organisation
	NewsMissed     PieceKind = "missed"      // to the person: they say you were not
	NewsUnclaimed  PieceKind = "unclaimed"   // to editors: somebody answers what came with a list and nobody has taken over

	NewsInactive PieceKind = "inactive" // to somebody silent for long: still there?
	NewsRemoved  PieceKind = "removed"  // to somebody who did not answer that
)

func (b *Book) news() conversations.Runner {
	return conversations.Run(conversations.Flow[struct{}]{
		Name: News, Version: 1, Start: "over",
		Open: func(o conversations.Opening, env conversations.Env) conversations.Turn[struct{}] {
			var p Piece
			if err := json.Unmarshal(o.Data, &p); err != nil {
				return conversations.Turn[struct{}]{End: true}
			}
			return conversations.Turn[struct{}]{End: true, Say: []channels.Reply{b.Tell(p, env)}}
		},
		Steps: map[string]conversations.Step[struct{}]{"over": {}},
	})
}

// Tell says a piece of news to the person of env.
func (b *Book) Tell(n Piece, env conversations.Env) channels.Reply {
	if r, ok := b.tellReview(n, env); ok {
		return r
	}
	if r, ok := b.tellRelay(n, env); ok {
		return r
	}
	if r, ok := b.tellCare(n, env); ok {
		return r
	}
	w := b.say(env)
	switch n.Kind {
	case NewsTerms:
		return b.termsNews(n, env)
	case NewsInactive:
		return channels.Reply{Text: w.T("news.inactive"), Private: true, Choices: []channels.Choice{
			choice(w, "/"+Privacy+" stay", "privacy.choice.stay"), choice(w, "/"+Privacy+" delete", "privacy.choice.delete"),
		}}
	case NewsDigest:
		return b.tellDigest(n, env)
	case NewsRemoved:
		return channels.Reply{Text: w.T("news.removed"), Private: true}
	}
	p := &n.Posting
	if len(n.Dates) == 0 {
		n.Dates = []int{n.Date}
	}
	when := whenOf(w, p, n.Dates, env)
	args := []any{
		"Title", title(w, p), "When", when, "Place", p.Place.Name, "Carrier", p.Carrier, "Name", nameOr(w, n.Name),
		"Taken", n.Taken, "Places", n.places(env), "Count", max(1, n.Answer.Party), "Note", n.Answer.Note,
		"Party", partyOf(w, n.Answer.Seats()), "Until", w.Clock(n.Answer.HeldTill.In(env.Zone)),
	}
	r := channels.Reply{Thread: "posting:" + p.ID, Subject: subjectOf(w, &n, env), Private: true}
	switch n.Kind {
	case NewsAlert:
		r.Title = title(w, p)
		r.Text = w.T(forKind(w, "alert.intro", p)) + "\n" + card(w, p, env)
		if len(n.Reasons) > 0 {
			r.Text += "\n" + w.T("alert.why", "Reasons", w.Reasons(n.Reasons))
		}
		if n.First {
			r.Text += "\n" + w.T("alert.first_name")
		}
		if several(p, env) {
			r.Text += "\n" + w.T("alert.several")
		}
		r.Choices = append(answerChoices(b, p, n.Date, env), choice(w, "/"+Less+" "+p.ID, "choice.less"))
	case NewsAnswered:
		r.Text = w.T(forKind(w, "news.answered", p), args...)
		if n.Answer.Note != "" {
			r.Text += " " + w.T("news.note", args...)
		}
		if n.places(env) > 0 && !p.Lent() && len(n.Dates) == 1 && n.Date != matching.EveryDate {
			r.Text += " " + w.T("news.taken", args...)
		}
		r.Choices = writeTo(w, n.Answer.ID, n.Name)
		if p.Lent() {
			r.Choices = append(r.Choices, choice(w, "/"+Lend+" file "+p.ID+" "+n.Answer.ID, "choice.entry"))
		}
	case NewsAsks:
		key := "news.asks"
		if n.Answer.Pending {
			key = "news.asks_place"
		}
		r.Text = w.T(forKind(w, key, p), args...)
		if n.Answer.Note != "" {
			r.Text += "\n" + w.T("news.note", args...)
		}
		r.Choices = []channels.Choice{
			choice(w, "/"+Decide+" yes "+n.Answer.ID, "choice.accept"),
			choice(w, "/"+Decide+" no "+n.Answer.ID, "choice.decline"),
		}
		r.Choices = append(r.Choices, askTo(w, n.Answer.ID)...)
	case NewsMeets:
		r.Title = title(w, p)
		r.Text = w.T(forKind(w, "news.meets", p), append(args, "Mine", clip(n.Mine, 60))...) + "\n" + card(w, p, env) + "\n" +
			w.T("alert.why", "Reasons", w.Reasons(n.Reasons))
		at := p.ID + " " + strconv.Itoa(n.Date)
		if _, ok := p.On(n.Date, env.Zone); ok && p.Lent() {
			r.Choices = []channels.Choice{choice(w, "/"+Answer+" yes "+at, "lend.choice.then", "When", when), choice(w, "/"+Answer+" no "+at, "choice.no_match")}
			break
		}
		r.Choices = []channels.Choice{
			choice(w, "/"+Answer+" contact "+at+" "+n.Mine, "choice.contact"), choice(w, "/"+Answer+" no "+at, "choice.no_match"),
		}
	case NewsFilled:
		r.Text = w.T(forKind(w, "news.filled", p), args...)
		if !n.By.IsZero() {
			r.Text += " " + w.T("news.filled_by", "When", moment(w, n.By, env), "Early", !env.Now.After(n.By))
		}
	case NewsStalled:
		r.Text = w.T("news.stalled", append(args, "Told", n.Told, "No", n.No, "Code", p.Code)...)
		r.Choices = []channels.Choice{choice(w, "/"+Post+" change "+p.ID, "choice.change"), choice(w, "/"+Mine+" show "+p.ID, "choice.show")}
	case NewsAccepted:
		r.Text = w.T(forKind(w, "news.accepted", p), args...) + b.onlyAccepted(p, env)
		r.Choices = append([]channels.Choice{choice(w, "/"+Answer+" no "+p.ID+" "+itoa(n.Date), "choice.cancel_answer")}, writeTo(w, n.Answer.ID, p.Carrier)...)
		r.Invite = event(w, p, &n.Answer, env)
	case NewsOffer:
		r.Text, r.Choices = b.offerText(n, args, env)
	case NewsOutbid:
		r.Text, r.Choices = b.outbidReply(n, env)
	case NewsPassedOn:
		r.Text = w.T("news.passed_on", args...)
		r.Choices = []channels.Choice{choice(w, "/"+Answer+" yes "+p.ID+" "+itoa(n.Date), "news.choice.still")}
	case NewsChanged:
		key := "news.changed"
		if n.Again {
			key = "news.changed_again"
		}
		r.Text = w.T(key, args...) + "\n" + card(w, p, env)
		at := p.ID + " " + keyList(n.Dates)
		r.Choices = []channels.Choice{choice(w, "/"+Answer+" yes "+at, "news.choice.suits"), choice(w, "/"+Answer+" no "+at, "news.choice.suits_not")}
		if r.Invite = event(w, p, &n.Answer, env); r.Invite != nil {
			r.Invite.Agreed = false // they are asked anew
		}
	case NewsDeclined:
		key := "news.declined"
		if n.Held {
			key = "news.declined_held"
		}
		r.Text = w.T(forKind(w, key, p), args...)
		if n.Held {
			r.Invite = event(w, p, &n.Answer, env)
		}
	case NewsToAll:
		r.Text = w.T("news.to_all", append(args, "Text", n.Text)...)
	case NewsFew:
		r.Text = w.T("news.few", append(args, "Min", p.PlacesMin)...)
		at := p.ID + " " + itoa(n.Date)
		r.Choices = []channels.Choice{choice(w, "/"+Roster+" anyway "+at, "roster.choice.anyway"), choice(w, "/"+Roster+" off "+at, "roster.choice.off")}
	case NewsUnsure:
		r.Text = w.T("news.unsure", args...)
		r.Choices = []channels.Choice{
			choice(w, "/"+Decide+" yes "+n.Answer.ID, "news.choice.keep"),
			choice(w, "/"+Decide+" no "+n.Answer.ID, "news.choice.free"),
		}
	default:
		r.Text = w.T(forKind(w, "news."+string(n.Kind), p), args...)
		if n.Held && !n.Answer.State.Live() || n.Kind == NewsOnceOff || n.Kind == NewsCrowded {
			r.Invite = event(w, p, &n.Answer, env)
		}
	}
	return r
}

// places is how many places the date of a piece has, or whatever is asked for where it is about all of them.
func (n *Piece) places(env conversations.Env) int {
	if d, ok := n.Posting.On(n.Date, env.Zone); ok {
		return n.Posting.PlacesOn(d)
	}
	return n.Posting.Places
}

// offerText offers a place from the waiting list, for as many as there is room for.
func (b *Book) offerText(n Piece, args []any, env conversations.Env) (string, []channels.Choice) {
	w, a := b.say(env), &n.Answer
	key := "news.offer"
	if !sameDate(a.HeldTill.In(env.Zone), env.Now.In(env.Zone)) {
		args = append(args, "Until", w.ShortDay(a.HeldTill.In(env.Zone))+", "+w.Clock(a.HeldTill.In(env.Zone)))
	}
	at := n.Posting.ID + " " + itoa(a.Date)
	choices := []channels.Choice{
		choice(w, "/"+Answer+" yes "+at, "news.choice.take"),
		choice(w, "/"+Answer+" no "+at, "news.choice.leave"),
	}
	if a.Seats() < a.Party {
		key = "news.offer_fewer"
		if a.Seats() == 1 {
			key = "news.offer_one"
		}
		args = append(args, "All", partyOf(w, a.Party))
		wait := choice(w, "/"+Answer+" yes "+at+" p"+itoa(a.Party)+" w", "answer.choice.wait", "Party", partyOf(w, a.Party))
		choices = []channels.Choice{choices[0], wait, choices[1]}
	}
	return w.T(forKind(w, key, &n.Posting), args...), choices
}

func sameDate(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

// pieceData is Opening.Data for News.
func pieceData(p Piece) json.RawMessage {
	data, err := json.Marshal(p)
	if err != nil {
		return nil
	}
	return data
}

// Told is what News has to be opened with to tell p.
func Told(p Piece) conversations.Opening { return conversations.Opening{Data: pieceData(p)} }
