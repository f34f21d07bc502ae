package bot

import (
	"reflect"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/flows"
	"ehrenamt/matching"
)

// telegramNetwork is what the network is called that a front may restrict.
const telegramNetwork = "telegram"

// tooMuch tells whether a command would say or take more than a front lets go over its restricted network, whatever
// is left out of it: files, and forms that have to know everything.
func tooMuch(cmd conversations.Command) bool {
	switch cmd.(type) {
	case flows.Export, flows.CalendarEntry, flows.TakeUp, flows.LastPosting, flows.Reword,
		flows.LookAtLoans, flows.SetLending, flows.LoanEntry:
		return true
	}
	return false
}

// bare is a posting with nothing but what names it.
func bare(p matching.Posting) matching.Posting {
	return matching.Posting{ID: p.ID, Code: p.Code, Front: p.Front, Kind: p.Kind, State: p.State, Revision: p.Revision, Title: p.Title, Category: p.Category,
		Organisation: p.Organisation}
}

// lessOf is a fact, or a piece of news, without what may not go over a restricted network: postings are bare, people
// have no names, and nothing they wrote is there.
func lessOf(fact any) any {
	switch fact.(type) {
	case nil:
		return nil
	case flows.WhenWanted, flows.NotFree: // the times of what is lent
		return flows.Refused{Why: flows.NotHere}
	}
	v := reflect.New(reflect.TypeOf(fact)).Elem()
	v.Set(reflect.ValueOf(fact))
	strip(v)
	return v.Interface()
}

func strip(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *matching.Posting:
		*x = bare(*x)
		return
	case *matching.Hit:
		*x = matching.Hit{Posting: bare(x.Posting), KM: -1}
		return
	case *matching.Answer:
		x.Note, x.Address = "", ""
		return
	case *flows.Me, *flows.OrganisationOf, *matching.Subscription, *channels.Reply:
		return // their own, or public
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if !f.CanSet() {
				continue
			}
			switch name := v.Type().Field(i).Name; {
			case f.Kind() == reflect.String && (name == "Name" || name == "Text" || name == "About"):
				f.SetString("")
			case name == "Comrades":
				f.SetZero()
			default:
				strip(f)
			}
		}
	case reflect.Slice:
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len()) // the one of the fact is somebody else's, too
		reflect.Copy(c, v)
		if v.Len() > 0 {
			v.Set(c)
		}
		for i := range v.Len() {
			strip(v.Index(i))
		}
	}
}
