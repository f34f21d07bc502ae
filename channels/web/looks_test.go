package web

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
)

// boardMeasure is run in the page: how wide it is, how small its smallest target, how weak its weakest contrast.
const boardMeasure = `<script>
const lum=c=>{const m=c.match(/[\d.]+/g).map(Number);const f=v=>{v/=255;return v<=.04045?v/12.92:((v+.055)/1.055)**2.4};return .2126*f(m[0])+.7152*f(m[1])+.0722*f(m[2])};
const ground=e=>{for(;e;e=e.parentElement){const b=getComputedStyle(e).backgroundColor;if(!/, 0\)$/.test(b)&&b!=='transparent')return b}return 'rgb(255,255,255)'};
let weak=99,small=999,what='';
for(const e of document.querySelectorAll('p,a,h1,h2,h3,dt,dd,li,label,button,th,td span,small,i,input,select,figcaption,caption')){const s=getComputedStyle(e);if(!e.getClientRects().length||e.closest('.skip'))continue;
const a=lum(s.color),b=lum(ground(e)),c=(Math.max(a,b)+.05)/(Math.min(a,b)+.05);if(c<weak){weak=c;what=e.outerHTML.slice(0,80)}
if(/^(BUTTON|INPUT|SELECT)$/.test(e.tagName)||e.matches('nav a,.button')){const r=e.getBoundingClientRect();if(r.height)small=Math.min(small,r.height)}}
document.title=JSON.stringify({wide:document.documentElement.scrollWidth,small,weak,what});
</script>`

// TestPagesCanBeReadOnEveryScreen opens the pages of a front in Chromium, as wide as a telephone and as a desk, light and
// dark. With -artifacts the pictures are kept.
func TestPagesCanBeReadOnEveryScreen(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil && browser == "" {
			browser = p
		}
	}
	if browser == "" {
		t.Fatal("no Chromium; as root: apt-get install --no-install-recommends chromium (or run .ci/peers)")
	}
	s, dir := boardSite(t, 3), t.ArtifactDir()
	var files []string
	for i, target := range []string{"/f/aachen", "/f/aachen/calendar", "/f/aachen/p/ABCDEFGHJK", "/f/aachen/imprint"} {
		page := ask(s, "GET", target, "").Body.String()
		file := filepath.Join(dir, fmt.Sprint(i, ".html"))
		if err := os.WriteFile(file, []byte(strings.Replace(page, "</body>", boardMeasure+"</body>", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, width := range []int{320, 1100} {
		for scheme, number := range map[string]string{"light": "1", "dark": "0"} {
			t.Run(fmt.Sprint(width, " ", scheme), func(t *testing.T) {
				for i, m := range lookAt(t, browser, files, filepath.Join(dir, fmt.Sprintf("%d-%s.png", width, scheme)), width, number) {
					if m.Wide > float64(width) || m.Small < 40 || m.Weak < 4.5 {
						t.Errorf("page %d: %+v", i, m)
					}
				}
			})
		}
	}
}

type looks struct {
	Wide, Small, Weak float64
	What              string
}

// lookAt shows pages beside each other in frames, because the window of a headless browser is never narrower than 500
// pixels, and returns what was measured in each.
func lookAt(t *testing.T, browser string, files []string, shot string, width int, scheme string) []looks {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	var frames strings.Builder
	for i, f := range files {
		fmt.Fprintf(&frames, `<iframe src="file://%s" width="%d" height="1400" style="border:0;margin:0 8px 0 0;color-scheme:light dark" onload="titles[%d]=this.contentDocument.title;document.title='['+titles+']'"></iframe>`, f, width, i)
	}
	file := filepath.Join(home, "frames.html")
	page := `<title>none</title><script>const titles=[]</script><body style="margin:0;white-space:nowrap;background:#888">` + frames.String()
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--allow-file-access-from-files",
		"--user-data-dir="+home, "--blink-settings=preferredColorScheme="+scheme, fmt.Sprintf("--window-size=%d,1400", len(files)*(width+10)),
		"--virtual-time-budget=3000", "--screenshot="+shot, "--dump-dom", "file://"+file)
	cmd.Env = append(os.Environ(), "HOME="+home)
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	var got []looks
	found := regexp.MustCompile(`(?s)<title>(.*?)</title>`).FindSubmatch(dom)
	if found == nil || json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &got) != nil || len(got) != len(files) {
		t.Fatalf("not measured: %s", found)
	}
	return got
}
