package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// short is a town small enough for every test run.
func short() Options {
	o := Defaults()
	o.Days, o.WarmUp = 30, 10
	return o
}

func find(t *testing.T, r *Report, name string) Outcome {
	t.Helper()
	i := slices.IndexFunc(r.Policies, func(o Outcome) bool { return o.Policy == name })
	if i < 0 {
		t.Fatalf("no %s in the report", name)
	}
	return r.Policies[i]
}

func against(t *testing.T, r *Report, baseline string) Versus {
	t.Helper()
	i := slices.IndexFunc(r.Versus, func(v Versus) bool { return v.Policy == "ours" && v.Baseline == baseline })
	if i < 0 {
		t.Fatalf("no comparison with %s in the report", baseline)
	}
	return r.Versus[i]
}

func run(t *testing.T, o Options, first uint64, seeds int, policies ...string) *Report {
	t.Helper()
	r, err := Run(context.Background(), o, first, seeds, policies)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheSameSeedGivesTheSameBytes(t *testing.T) {
	a := run(t, short(), 7, 3)
	before := runtime.GOMAXPROCS(1)
	b := run(t, short(), 7, 3)
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(encode(t, a), encode(t, b)) || !bytes.Equal(a.Chart(), b.Chart()) {
		t.Error("one processor and several differ")
	}
	alone := run(t, short(), 7, 3, "ours")
	if !bytes.Equal(encode(t, find(t, a, "ours")), encode(t, find(t, alone, "ours"))) {
		t.Error("a policy does otherwise when it runs alone")
	}
	if c := run(t, short(), 8, 3); bytes.Equal(encode(t, a.Policies), encode(t, c.Policies)) {
		t.Error("another seed gives the same town")
	}
}

func TestTheModelGivesThePublishedOrderOfPolicies(t *testing.T) {
	r := run(t, short(), 1, 4)
	filled := func(name string) float64 { return find(t, r, name).PlacesFilled }
	for _, pair := range [][2]string{{"practice", "everyone"}, {"nearest", "practice"}, {"nearest", "random"}, {"ours", "nearest"}, {"ceiling", "ours"}} {
		if filled(pair[0]) <= filled(pair[1]) {
			t.Errorf("%s fills %.1f %%, %s %.1f %%", pair[0], filled(pair[0]), pair[1], filled(pair[1]))
		}
	}
	if find(t, r, "everyone").Left == 0 || find(t, r, "ceiling").Left != 0 {
		t.Error("people leave where they should not, or stay where they should leave")
	}
}

func TestOursKeepsItsWordInAnyTown(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := Options{People: rapid.IntRange(1, 400).Draw(r, "people"), Organisations: rapid.IntRange(1, 9).Draw(r, "organisations"),
			NeedsPerDay: rapid.Float64Range(0.1, 30).Draw(r, "needs"), Days: 14, WarmUp: 1,
			YesRate: rapid.SampledFrom([]float64{0.01, 0.5, 1, 20}).Draw(r, "yes"), Tiredness: rapid.SampledFrom([]float64{0, 0.5, 1, 9}).Draw(r, "tired")}
		got, err := Run(context.Background(), o, rapid.Uint64().Draw(r, "seed"), 1, []string{"ours"})
		if err != nil {
			r.Fatal(err)
		}
		if p := got.Policies[0]; p.OverBudget != 0 || p.QuietAlerts != 0 || p.RepeatedAlerts != 0 || p.PlacesFilled > 100 {
			r.Fatalf("%+v", p)
		}
	})
}

// goal is what the product's policy has to reach at one load.
type goal struct {
	needs                                           float64
	practice, practiceAlerts, nearest, nearestPoint float64
}

func goals() []goal {
	return []goal{
		{needs: 3, nearestPoint: -1},
		{needs: 5, nearestPoint: -1},
		{needs: 10, practice: 1.10, practiceAlerts: 0.55, nearestPoint: -1},
		{needs: 20, nearest: 1.05, nearestPoint: -1},
		{needs: 40, practice: 1.4, nearest: 1.05, nearestPoint: -1},
	}
}

func TestOursReachesItsFigures(t *testing.T) {
	o, seeds, loads := Defaults(), 3, goals()[2:3]
	o.Days = 60
	factors := [][2]float64{{1, 1}}
	if os.Getenv("EHRENAMT_SOAK") == "1" {
		o, seeds, loads = Defaults(), 20, goals()
		factors = [][2]float64{{1, 1}, {0.5, 1}, {2, 1}, {1, 0.5}, {1, 2}}
	}
	for _, f := range factors {
		for _, g := range loads {
			o.NeedsPerDay, o.YesRate, o.Tiredness = g.needs, f[0], f[1]
			r := run(t, o, 21, seeds, "practice", "nearest", "ours")
			g.judge(t, r, f == [2]float64{1, 1})
		}
	}
}

// judge compares with practice only in the town as measured: where people hardly tire, or say yes to
// everything, telling everybody does little harm.
func (g goal) judge(t *testing.T, r *Report, asMeasured bool) {
	t.Helper()
	t.Logf("%g a day, yes × %g, tired × %g: %+v", r.NeedsPerDay, r.YesRate, r.Tiredness, r.Versus)
	p, n, ours := against(t, r, "practice"), against(t, r, "nearest"), find(t, r, "ours")
	if asMeasured && (p.PlacesRatio.Value < g.practice || g.practiceAlerts > 0 && p.AlertsRatio.Value > g.practiceAlerts) {
		t.Errorf("against practice: %+v", p)
	}
	if n.PlacesRatio.Value < g.nearest || n.PlacesPoints.Value < g.nearestPoint || n.MinutesRatio > 0.77 {
		t.Errorf("against nearest: %+v", n)
	}
	if ours.OverBudget != 0 || ours.Left != 0 {
		t.Errorf("people asked too often: %+v", ours)
	}
	if near := find(t, r, "nearest"); ours.UnderHalf > near.UnderHalf+1 {
		t.Errorf("%.2f organisations filled under half, with nearest %.2f", ours.UnderHalf, near.UnderHalf)
	}
}

func TestOneBotTellsTheFirstPeopleInTime(t *testing.T) {
	r, err := RunPace(context.Background(), 1, []int{600})
	if err != nil {
		t.Fatal(err)
	}
	ours, all := r.Orders[2], r.Orders[0]
	if ours.In10 < 99 || ours.OfEveryone > 1.0/7 || ours.Messages == 0 {
		t.Errorf("%+v", ours)
	}
	if all.ToldP50 < 60 {
		t.Errorf("telling everybody is not what it was: %+v", all)
	}
	again, err := RunPace(context.Background(), 1, []int{600})
	if err != nil || !bytes.Equal(encode(t, r), encode(t, again)) {
		t.Errorf("the same seed differs: %v", err)
	}
}

func TestTheReportIsReadable(t *testing.T) {
	r := run(t, short(), 1, 2)
	var b strings.Builder
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	for _, name := range Policies() {
		if !strings.Contains(b.String(), name) || !bytes.Contains(r.Chart(), []byte(">"+name+"<")) {
			t.Errorf("%s is missing", name)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(r.Chart()))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	var back map[string]any
	if err := json.Unmarshal(encode(t, r), &back); err != nil {
		t.Fatal(err)
	}
	first := back["policies"].([]any)[0].(map[string]any)
	for _, key := range []string{"places_filled", "alerts_per_filled", "minutes_to_full_p50", "over_budget", "left", "organisations_under_half"} {
		if _, ok := first[key].(float64); !ok {
			t.Errorf("%s is %v, not a number", key, first[key])
		}
	}
}

func TestOptionsNobodyCanLiveIn(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"nobody":        func(o *Options) { o.People = 0 },
		"no needs":      func(o *Options) { o.NeedsPerDay = 0 },
		"all warm-up":   func(o *Options) { o.WarmUp = o.Days },
		"negative tire": func(o *Options) { o.Tiredness = -1 },
	} {
		o := short()
		change(&o)
		if _, err := Run(context.Background(), o, 1, 1, nil); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Run(context.Background(), short(), 1, 1, []string{"best"}); !errors.Is(err, ErrPolicy) {
		t.Errorf("a policy that does not exist: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Run(ctx, short(), 1, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
