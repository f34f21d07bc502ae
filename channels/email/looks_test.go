package email

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ehrenamt/channels"
)

// looked are mails of all sorts, as people get them.
func looked() map[string]channels.Reply {
	choices := func(labels ...string) (out []channels.Choice) {
		for i, l := range labels {
			out = append(out, channels.Choice{Key: fmt.Sprintf("abcdefghijklmnop.%d", i), Label: l})
		}
		return out
	}
	return map[string]channels.Reply{
		"alert": {
			Lang: "de", Title: "Aufbau Sommerfest", Subject: "Sa 28.11. 14 Uhr, Brand: Aufbau Sommerfest", Stop: "https://ehrenamt.example/u/abc",
			Text:    "Da wird jemand wie du gebraucht:\nGesucht: 5 Helfende · Aufbau Sommerfest\nSamstag, 28. November, 14–18 Uhr · Aachen-Brand\nFür: Turnverein Brand 1883 e. V.\nGut wäre: Führerschein\nPasst zu dir: unter 1 km, Samstag nachmittag\nWenn du zusagst, erfährt die andere Seite deinen Vornamen – mehr nicht.",
			Choices: choices("Ich komme", "Diesmal nicht", "Nie so etwas", "Weniger davon"),
		},
		"questions": {
			Lang: "de", Answers: &channels.Letter{ID: "<a@b>", Subject: "Helfer gesucht für die Donaudampfschifffahrtsgesellschaftsjubiläumsfeier"},
			Text: "Fast fertig – mir fehlt nur noch das hier. Antworte gern mit den Nummern oder in einem Satz:\n1. Wo ist das? Ein Ort, ein Stadtteil oder eine Postleitzahl genügt. (Aachen)\n2. Wie viele Menschen braucht ihr? Eine Zahl genügt – oder „egal“. (1 / 2 / 3 / 4 / 5)",
		},
		"place": {
			Lang: "de", Subject: "Zusage: Sa 28.11. 14 Uhr, Brand: Aufbau Sommerfest",
			Text:    "Gute Nachricht: Du bist dabei! Aufbau Sommerfest, Samstag, 28. November, 14–18 Uhr · Aachen-Brand. Turnverein Brand freut sich auf dich.\nTreffpunkt: Karl-Kuck-Straße 1, hinter der Halle\n\nMehr: https://ehrenamt.example/p/42?und=ein/sehr/langer/weg/der/nirgends/umbrochen/werden/kann/weil/er/keine/leerzeichen/hat",
			Choices: choices("Doch nicht"),
			Invite:  &channels.Event{UID: "x@answer.ehrenamt", Start: noon, End: noon.Add(4 * time.Hour), Summary: "Aufbau", Agreed: true},
		},
	}
}

func spoken(_, key string) string {
	return map[string]string{
		wordHint:   "Oder einfach auf diese Mail antworten – mit der Nummer oder in eigenen Worten.",
		wordByMail: "Lieber per Mail? Hier mit einem Klick:",
		wordStop:   "Keine solchen Mails mehr",
	}[key]
}

// measure is run in the page: how wide it is, how small its smallest target, how weak its weakest contrast.
const measure = `<script>
const lum=c=>{const m=c.match(/[\d.]+/g).map(Number);const f=v=>{v/=255;return v<=.04045?v/12.92:((v+.055)/1.055)**2.4};return .2126*f(m[0])+.7152*f(m[1])+.0722*f(m[2])};
const ground=e=>{for(;e;e=e.parentElement){const b=getComputedStyle(e).backgroundColor;if(!/, 0\)$/.test(b)&&b!=='transparent')return b}return 'rgb(255,255,255)'};
let weak=99,small=999,size=999;
for(const e of document.querySelectorAll('p,a,h1')){const s=getComputedStyle(e);if(!e.textContent.trim()||!e.getClientRects().length)continue;
const a=lum(s.color),b=lum(ground(e));weak=Math.min(weak,(Math.max(a,b)+.05)/(Math.min(a,b)+.05));size=Math.min(size,parseFloat(s.fontSize));
if(e.tagName==='A'&&s.display!=='inline'){const r=e.getBoundingClientRect();small=Math.min(small,r.height,r.width)}}
document.title=JSON.stringify({wide:document.documentElement.scrollWidth,small,weak,size,ground:getComputedStyle(document.body).backgroundColor});
</script>`

var pageTitle = regexp.MustCompile(`<title>(.*?)</title>`)

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	t.Fatal("no Chromium; as root: apt-get install --no-install-recommends chromium (or run .ci/peers)")
	return ""
}

// TestMailsCanBeReadOnEveryScreen opens mails in Chromium, narrow and wide, light and dark. With -artifacts the pictures are kept.
func TestMailsCanBeReadOnEveryScreen(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	dir := t.ArtifactDir()
	cfg := ours(t)
	cfg.Pages, cfg.Words = "https://ehrenamt.example", spoken
	shots := 0
	for name, r := range looked() {
		out, err := render(cfg, "bot+abcdefghijklmnop@ehrenamt.example", subject(cfg, r, "t"), r)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?i)<(img|script|link|iframe|object|video)|url\(|@import|src=`).MatchString(out) {
			t.Errorf("%s: something is loaded", name)
		}
		file := filepath.Join(dir, name+".html")
		if err := os.WriteFile(file, []byte(strings.Replace(out, "</body>", measure+"</body>", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{320, 800} {
			for scheme, number := range map[string]string{"light": "1", "dark": "0"} {
				shots++
				shot := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
				t.Run(filepath.Base(shot), func(t *testing.T) {
					look(t, browser, file, shot, width, number)
				})
			}
		}
	}
	if shots != 12 {
		t.Errorf("%d pictures", shots)
	}
}

// look opens a page, takes its picture and judges what was measured.
func look(t *testing.T, browser, file, shot string, width int, scheme string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// The window of a headless browser is never narrower than 500 pixels; a frame is.
	frame := filepath.Join(t.TempDir(), "frame.html")
	page := fmt.Sprintf(`<body style="margin:0"><iframe src="file://%s" width="%d" height="900" style="border:0;color-scheme:light dark" onload="document.title=this.contentDocument.title"></iframe>`, file, width)
	if err := os.WriteFile(frame, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--allow-file-access-from-files",
		"--user-data-dir="+t.TempDir(), "--blink-settings=preferredColorScheme="+scheme, fmt.Sprintf("--window-size=%d,900", max(500, width)),
		"--virtual-time-budget=2000", "--screenshot="+shot, "--dump-dom", "file://"+frame)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	found := pageTitle.FindSubmatch(dom)
	if found == nil {
		t.Fatalf("nothing measured: %s", dom)
	}
	var got struct {
		Wide, Small, Weak, Size float64
		Ground                  string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &got); err != nil {
		t.Fatalf("%v in %s", err, found[1])
	}
	if got.Wide > float64(width) {
		t.Errorf("it is %v pixels wide", got.Wide)
	}
	if got.Small < 44 {
		t.Errorf("a target of %v pixels", got.Small)
	}
	if got.Weak < 4.5 {
		t.Errorf("a contrast of %.1f", got.Weak)
	}
	if got.Size < 15 {
		t.Errorf("a font of %v pixels", got.Size)
	}
	if dark := strings.Contains(got.Ground, "22, 24, 26"); dark != (scheme == "0") {
		t.Errorf("the ground is %s", got.Ground)
	}
}
