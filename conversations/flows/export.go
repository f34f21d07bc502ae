package flows

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ehrenamt/channels"
	"ehrenamt/conversations"
	"ehrenamt/conversations/wording"
)

// Hand is the message by which a person is handed everything that is known about them: a file for machines
// and one for reading.
func (b *Book) Hand(e Everything, env conversations.Env) (channels.Reply, error) {
	w := b.say(env)
	data, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return channels.Reply{}, fmt.Errorf("export: %w", err)
	}
	return channels.Reply{
		Title: w.T("export.title"), Text: w.T("export.done"), Private: true,
		Files: []channels.FileInfo{
			file(w.T("export.file")+".txt", "text/plain; charset=utf-8", []byte(b.readable(e, env))),
			file(w.T("export.file")+".json", "application/json", append(data, '\n')),
		},
	}, nil
}

func file(name, media string, data []byte) channels.FileInfo {
	return channels.FileInfo{Name: name, Type: media, Size: int64(len(data)), Data: data}
}

// account writes a readable file: headings with lines under them.
type account struct {
	w    wording.Words
	env  conversations.Env
	text strings.Builder
}

func (a *account) heading(key string, n int) bool {
	a.text.WriteString("\n" + a.w.T("export.head."+key) + "\n")
	if n == 0 {
		a.text.WriteString("  " + a.w.T("export.none") + "\n")
	}
	return n > 0
}

func (a *account) line(s string) {
	if s != "" {
		a.text.WriteString("  " + strings.ReplaceAll(s, "\n", "\n    ") + "\n")
	}
}

// field writes "name: value" where there is a value.
func (a *account) field(key, value string) {
	if value != "" {
		a.line(a.w.T("export.field."+key) + ": " + value)
	}
}

func (a *account) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(a.env.Zone)
	return a.w.Day(t, a.env.Now) + ", " + a.w.Clock(t)
}

func (b *Book) readable(e Everything, env conversations.Env) string {
	a := &account{w: b.say(env), env: env}
	a.text.WriteString(a.w.T("export.title") + "\n" + a.at(e.Made) + "\n")
	a.person(e.Person)
	if a.heading("addresses", len(e.Addresses)) {
		for _, x := range e.Addresses {
			a.line(x.Channel + ": " + x.Address + " (" + a.at(x.Since) + ")")
		}
	}
	if a.heading("consents", len(e.Consents)) {
		for _, c := range e.Consents {
			line := a.w.T("export.consent", "Kind", c.Kind, "Version", c.Version, "When", a.at(c.At))
			if !c.Withdrawn.IsZero() {
				line += " " + a.w.T("export.withdrawn", "When", a.at(c.Withdrawn))
			}
			a.line(line)
		}
	}
	if a.heading("memberships", len(e.Memberships)) {
		for _, m := range e.Memberships {
			a.line(m.Name + " (" + a.w.T("export.role."+m.Role) + ", " + a.at(m.Since) + ")")
		}
	}
	a.exchange(e)
	a.care(e)
	if a.heading("sent", len(e.Sent)) {
		for _, m := range e.Sent {
			a.line(a.at(m.At) + "\n" + m.Text)
		}
	}
	return a.text.String()
}

func (a *account) person(p KnownPerson) {
	a.heading("person", 1)
	a.field("name", p.Name)
	a.field("place", p.Place.Name)
	if p.Age > 0 {
		a.field("age", strconv.Itoa(p.Age))
	}
	a.field("language", p.Language)
	a.field("register", p.Register)
	a.field("qualifications", a.w.Qualifications(p.Qualifications))
	a.field("created", a.at(p.Created))
	a.field("active", a.at(p.Active))
	if p.Stopped {
		a.field("stopped", a.w.T("sure.yes"))
	}
	a.field("paused", a.at(p.PausedUntil))
}

// care writes what followed answers.
func (a *account) care(e Everything) {
	if a.heading("visits", len(e.Visits)) {
		for _, v := range e.Visits {
			line := a.at(v.At) + ": " + nameOr(a.w, v.Title) + ", " + hoursOf(a.w, v.Minutes)
			for _, said := range []struct{ key, what string }{{"by_person", v.ByPerson}, {"by_poster", v.ByPoster}} {
				if said.what != "" {
					line += "\n" + a.w.T("export.field."+said.key) + ": " + a.w.T("sure."+said.what)
				}
			}
			a.line(line)
		}
	}
	if a.heading("contacts", len(e.Contacts)) {
		for _, c := range e.Contacts {
			a.line(nameOr(a.w, c.Title) + ": " + c.Contact)
		}
	}
}

// exchange writes what the person asked for, answered, was told of and posted.
func (a *account) exchange(e Everything) {
	if a.heading("subscriptions", len(e.Subscriptions)) {
		for _, s := range e.Subscriptions {
			about := a.w.T("join.about_everything")
			if len(s.Categories) > 0 {
				about = a.w.Categories(s.Categories)
			}
			a.line(a.w.T("mine.subscription", "Place", s.Place.Name, "KM", s.Radius, "About", about) + ", " + a.w.Slots(s.Slots))
		}
	}
	if a.heading("postings", len(e.Postings)) {
		for i := range e.Postings {
			p := &e.Postings[i]
			a.line(card(a.w, p, a.env) + "\n" + a.w.T("mine.standing", "State", a.w.T("mine.state."+string(p.State))))
			a.field("address", p.Address)
			a.field("private", p.Private)
			a.field("contact", p.Contact)
		}
	}
	if a.heading("answers", len(e.Answers)) {
		for _, x := range e.Answers {
			line := a.w.T("export.answer", "Title", nameOr(a.w, x.Title), "State", a.w.T("export.state."+string(x.State)), "When", a.at(x.Changed))
			if x.Date < len(x.When) {
				line += "\n" + a.w.When(x.When[x.Date], a.env.Now, a.env.Zone)
			}
			if x.Note != "" {
				line += "\n" + a.w.T("news.note", "Note", x.Note)
			}
			a.line(line)
		}
	}
	if a.heading("alerts", len(e.Alerts)) {
		for _, x := range e.Alerts {
			a.line(a.at(x.At) + ": " + x.Title)
		}
	}
}
