package matching_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ehrenamt/matching"
)

// hit is found so many kilometres away, today.
func hit(id string, km float64) matching.Hit {
	h := matching.Hit{Posting: matching.Posting{ID: id}, KM: km}
	h.Dates = []matching.Span{{Start: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)}}
	return h
}

func ids(hits []matching.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Posting.ID)
	}
	return strings.Join(out, " ")
}

func TestOrderWeighsHowPostingsAreTakenUp(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	asked := matching.Uptake{Contacts: 1}
	for _, c := range []struct {
		name   string
		hits   []matching.Hit
		uptake map[string]matching.Uptake
		want   string
	}{
		{"nearest first", []matching.Hit{hit("b", 2), hit("a", 1)}, map[string]matching.Uptake{"a": asked, "b": asked}, "a b"},
		{"nearly full comes later", []matching.Hit{hit("full", 1), hit("empty", 4)},
			map[string]matching.Uptake{"full": {Contacts: 9, Places: 10, Taken: 9}, "empty": {Contacts: 1, Places: 10}}, "empty full"},
		{"but not much later", []matching.Hit{hit("full", 1), hit("empty", 7)},
			map[string]matching.Uptake{"full": {Contacts: 9, Places: 10, Taken: 9}, "empty": {Contacts: 1, Places: 10}}, "full empty"},
		{"whoever answers late comes later", []matching.Hit{hit("slow", 1), hit("quick", 3)},
			map[string]matching.Uptake{"slow": {Contacts: 1, ReplyAfter: 30 * time.Hour}, "quick": {Contacts: 1, ReplyAfter: time.Hour}}, "quick slow"},
		{"what nobody has contacted for a day comes earlier", []matching.Hit{hit("asked", 1), hit("lonely", 4)},
			map[string]matching.Uptake{"asked": asked, "lonely": {Since: now.AddDate(0, 0, -2)}}, "lonely asked"},
		{"what has just been published need not", []matching.Hit{hit("asked", 1), hit("new", 4)},
			map[string]matching.Uptake{"asked": asked, "new": {Since: now}}, "asked new"},
		{"what has more of the words stays in front", []matching.Hit{{Posting: matching.Posting{ID: "words"}, KM: 40, Words: 2}, hit("near", 1)}, nil, "words near"},
	} {
		if got := ids(matching.Order(matching.Query{Radius: 50}, c.hits, c.uptake, now)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestEveryPageHasAShareForWhatNobodyHasContacted(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	var hits []matching.Hit
	uptake := map[string]matching.Uptake{}
	for i := range 12 {
		id := fmt.Sprintf("favourite%02d", i)
		hits = append(hits, hit(id, float64(i)/10))
		uptake[id] = matching.Uptake{Contacts: 5}
	}
	hits = append(hits, hit("lonely1", 9), hit("lonely2", 10), hit("lonely3", 40))
	want := "favourite00 favourite01 favourite02 favourite03 lonely1 favourite04 favourite05 favourite06 favourite07 lonely2 favourite08 favourite09 favourite10 favourite11 lonely3"
	if got := ids(matching.Order(matching.Query{Radius: 50}, hits, uptake, now)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		mixed := slices.Clone(hits)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := ids(matching.Order(matching.Query{Radius: 50}, mixed, uptake, now)); got != want {
			t.Fatalf("the order depends on the order of what was found: %s", got)
		}
	}
}
