package main

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What calendars answer to an invitation: %[1]s is the attendee, %[2]s the organiser, %[3]s the UID, %[4]s PARTSTAT, %[5]s the time.
const (
	outlookReply = `From: Anna Schmidt <%[1]s>
To: Aachen <%[2]s>
Subject: Abgesagt: Aufbau
Thread-Topic: Aufbau
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
Content-Language: de-DE
Content-Type: multipart/alternative; boundary="_000_AM0PR0Outlook_"
MIME-Version: 1.0

--_000_AM0PR0Outlook_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable



--_000_AM0PR0Outlook_
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><head></head><body dir=3D"ltr"><div><br></div></body></html>

--_000_AM0PR0Outlook_
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: base64

{{BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=%[4]s;CN=Anna Schmidt:mailto:%[1]s
COMMENT;LANGUAGE=de-DE:\n
UID:%[3]s
SUMMARY;LANGUAGE=de-DE:Abgesagt: Aufbau
DTSTART;TZID=W. Europe Standard Time:20261128T140000
DTEND;TZID=W. Europe Standard Time:20261128T180000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:%[5]s
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:2
X-MICROSOFT-CDO-APPT-SEQUENCE:2
END:VEVENT
END:VCALENDAR
}}
--_000_AM0PR0Outlook_--
`
	gmailReply = `Reply-To: %[1]s
Sender: Google Calendar <calendar-notification@google.com>
Auto-Submitted: auto-generated
Subject: =?UTF-8?Q?Zugesagt=3A_Aufbau_=40_Sa_28=2E_Nov=2E_2026_14=3A00_=2D_18=3A00?=
 =?UTF-8?Q?_=28CET=29_=28Aachen=29?=
From: Anna Schmidt <%[1]s>
To: %[2]s
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="0000000000gmail"

--0000000000gmail
Content-Type: multipart/alternative; boundary="0000000001gmail"

--0000000001gmail
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes

Anna Schmidt hat diese Einladung angenommen.

--0000000001gmail
Content-Type: text/html; charset="UTF-8"

<p>Anna Schmidt hat diese Einladung angenommen.</p>
--0000000001gmail
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 7bit

BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20261128T130000Z
DTEND:20261128T170000Z
DTSTAMP:%[5]s
ORGANIZER;CN=Aachen:mailto:%[2]s
UID:%[3]s
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=%[4]s;CN="Anna Sc
 hmidt";X-NUM-GUESTS=0:mailto:%[1]s
X-MICROSOFT-CDO-OWNERAPPTID:-1
CREATED:%[5]s
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Aufbau
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR

--0000000001gmail--
--0000000000gmail
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

QkVHSU46VkNBTEVOREFSDQo=
--0000000000gmail--
`
	appleReply = `From: Anna Schmidt <%[1]s>
Content-Type: multipart/alternative; boundary="Apple-Mail=_0B"
MIME-Version: 1.0 (Mac OS X Mail 16.0)
Subject: =?utf-8?Q?Vorl=C3=A4ufig_angenommen=3A_Aufbau?=
To: %[2]s
X-Mailer: iCal

--Apple-Mail=_0B
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain; charset=utf-8

Anna Schmidt hat die Einladung vorl=C3=A4ufig angenommen.

--Apple-Mail=_0B
Content-Type: text/calendar; method=REPLY; charset=utf-8; name=iCal.ics
Content-Transfer-Encoding: base64

{{BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//macOS 15.1//EN
METHOD:REPLY
CALSCALE:GREGORIAN
BEGIN:VEVENT
CREATED:%[5]s
UID:%[3]s
DTEND:20261128T170000Z
SUMMARY:Aufbau
DTSTART:20261128T130000Z
DTSTAMP:%[5]s
SEQUENCE:2
ATTENDEE;CN="Anna Schmidt";CUTYPE=INDIVIDUAL;EMAIL=%[1]s;PARTSTAT=%[4]s;RO
 LE=REQ-PARTICIPANT;RSVP=FALSE:mailto:%[1]s
ORGANIZER;CN=Aachen:mailto:%[2]s
END:VEVENT
END:VCALENDAR
}}
--Apple-Mail=_0B--
`
)

var inBase64 = regexp.MustCompile(`(?s)\{\{(.*?)\}\}`)

// reply lets somebody's calendar answer.
func (r *mailRig) reply(form, who, uid, part string, proved bool) {
	r.t.Helper()
	r.n++
	text := strings.ReplaceAll(fmt.Sprintf(form, who, r.us, uid, part, time.Now().UTC().Format("20060102T150405Z")), "\n", "\r\n")
	text = inBase64.ReplaceAllStringFunc(text, func(s string) string {
		return strings.Join(slices.Collect(chunks(base64.StdEncoding.EncodeToString([]byte(s[2:len(s)-2])), 76)), "\r\n")
	})
	head := fmt.Sprintf("Message-ID: <cal%d@calendar.test>\r\nDate: %s\r\n", r.n, time.Now().Format(time.RFC1123Z))
	if proved {
		head = "Authentication-Results: mx.users.test; dmarc=pass header.from=users.test\r\n" + head
	}
	if err := r.stack.Deliver(who, r.us, []byte(head+text)); err != nil {
		r.t.Fatal(err)
	}
}

func chunks(s string, n int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > n && yield(s[:n]) {
			s = s[n:]
		}
		yield(s)
	}
}

var uidLine = regexp.MustCompile(`UID:(\S+@answer\.ehrenamt)`)

// TestWhatIsPressedInACalendarIsAnAnswer accepts, declines and hesitates in Outlook, Gmail and Apple's calendar.
func TestWhatIsPressedInACalendarIsAnAnswer(t *testing.T) {
	r := newMailRig(t)
	anna, club, eve := r.stack.User(), r.stack.User(), r.stack.User()
	r.write(anna, "Mithelfen", "Hallo, sagt mir bitte Bescheid, wenn in Aachen Hilfe gebraucht wird, Umkreis 15 km.", true)
	r.answer(anna, 1)
	r.write(club, "Helfer gesucht", "Der Turnverein Brand e.V. sucht am kommenden Samstag von 14 bis 18 Uhr drei Leute zum Aufbau beim Sommerfest in Brand.", true)
	r.answer(club, 1)
	r.write(club, "Re: Helfer gesucht", "ja", true)
	r.answer(anna, 2)
	r.write(anna, "Re: Gesucht", "1", true)
	confirmed := r.answer(anna, 3)
	r.wants(confirmed, "METHOD:REQUEST", "PARTSTAT=ACCEPTED", "ORGANIZER;CN=Aachen:mailto:"+r.us)
	found := uidLine.FindStringSubmatch(confirmed)
	if found == nil {
		t.Fatalf("no UID in\n%s", confirmed)
	}
	uid := found[1]
	r.answer(club, 3)
	r.reply(gmailReply, anna, uid, "ACCEPTED", true) // what is known already is met with silence
	r.reply(outlookReply, anna, uid, "DECLINED", true)
	r.wants(r.answer(anna, 4), "abgemeldet", "METHOD:CANCEL", "UID:"+uid, "STATUS:CANCELLED")
	r.wants(r.answer(club, 4), "kann leider doch nicht")
	r.reply(appleReply, anna, uid, "TENTATIVE", true)
	r.wants(r.answer(anna, 5), "Vielleicht", "1) Ich komme")
	r.reply(gmailReply, eve, uid, "ACCEPTED", true) // somebody else's
	r.wants(r.answer(eve, 1), "schon erledigt")
	r.reply(appleReply, anna, uid, "ACCEPTED", false) // nobody vouches for it
	r.wants(r.answer(anna, 6), "bestätige")
	r.reply(gmailReply, anna, uid, "ACCEPTED", true)
	r.wants(r.answer(anna, 7), "Du bist dabei", "METHOD:REQUEST")
	r.wants(r.answer(club, 5), " kommt: ")
	if mails, _ := r.stack.Mails(club, ""); len(mails) != 5 {
		t.Errorf("the club has %d mails", len(mails))
	}
}

// BenchmarkFromQuestionToAnswer measures, over the whole service, from the delivery of a mail into our mailbox until our
// answer is in the mailbox of its writer.
func BenchmarkFromQuestionToAnswer(b *testing.B) {
	r := newMailRig(b)
	r.write(r.stack.User(), "warm", "hilfe", true)
	var took []time.Duration
	for b.Loop() {
		who := r.stack.User()
		began := time.Now()
		r.write(who, "Helfer gesucht", "Wir suchen Samstag 14–18 Uhr 3 Leute zum Aufbau in Brand", true)
		r.answer(who, 1)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(took[len(took)*9/10].Microseconds())/1000, "ms-p90")
}
