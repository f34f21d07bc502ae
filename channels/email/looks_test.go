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

// measured is what the script found out about one page.
type measured struct {
	Wide, Small, Weak, Size float64
	Ground                  string
}

// TestMailsCanBeReadOnEveryScreen opens mails in Chromium, narrow and wide, light and dark. With -artifacts the pictures are kept.
func TestMailsCanBeReadOnEveryScreen(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	dir := t.ArtifactDir()
	cfg := ours(t)
	cfg.Pages, cfg.Words = "https://ehrenamt.example", spoken
	var files []string
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
		files = append(files, file)
	}
	for _, width := range []int{320, 800} {
		for scheme, number := range map[string]string{"light": "1", "dark": "0"} {
			t.Run(fmt.Sprint(width, " ", scheme), func(t *testing.T) {
				for i, m := range look(t, browser, files, filepath.Join(dir, fmt.Sprintf("%d-%s.png", width, scheme)), width, number) {
					judge(t, filepath.Base(files[i]), m, width, scheme)
				}
			})
		}
	}
}

func judge(t *testing.T, name string, m measured, width int, scheme string) {
	t.Helper()
	if m.Wide > float64(width) {
		t.Errorf("%s is %v pixels wide", name, m.Wide)
	}
	if m.Small < 44 {
		t.Errorf("%s has a target of %v pixels", name, m.Small)
	}
	if m.Weak < 4.5 {
		t.Errorf("%s has a contrast of %.1f", name, m.Weak)
	}
	if m.Size < 15 {
		t.Errorf("%s has a font of %v pixels", name, m.Size)
	}
	if dark := strings.Contains(m.Ground, "22, 24, 26"); dark != (scheme == "dark") {
		t.Errorf("%s has the ground %s", name, m.Ground)
	}
}

// look shows pages beside each other, takes a picture and returns what was measured. They stand in frames, because the
// window of a headless browser is never narrower than 500 pixels.
func look(t *testing.T, browser string, files []string, shot string, width int, scheme string) []measured {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	var frames strings.Builder
	for i, f := range files {
		fmt.Fprintf(&frames, `<iframe src="file://%s" width="%d" height="900" style="border:0;margin:0 8px 0 0;color-scheme:light dark" onload="titles[%d]=this.contentDocument.title;document.title='['+titles+']'"></iframe>`, f, width, i)
	}
	page := `<title>none</title><script>const titles=[]</script><body style="margin:0;white-space:nowrap;background:#888">` + frames.String()
	file := filepath.Join(home, "frames.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--allow-file-access-from-files",
		"--user-data-dir="+home, "--blink-settings=preferredColorScheme="+scheme, fmt.Sprintf("--window-size=%d,900", len(files)*(width+10)),
		"--virtual-time-budget=3000", "--screenshot="+shot, "--dump-dom", "file://"+file)
	cmd.Env = append(os.Environ(), "HOME="+home)
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	var got []measured
	found := pageTitle.FindSubmatch(dom)
	if found == nil || json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &got) != nil || len(got) != len(files) {
		t.Fatalf("not measured: %s", dom)
	}
	return got
}
