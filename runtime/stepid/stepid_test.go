package stepid_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/stepid"
)

func TestWithoutAttempts(t *testing.T) {
	for step, want := range map[string]string{
		"":                                "",
		"reserve":                         "reserve",
		"inv@2.reserve":                   "inv.reserve",
		"a@12.b[3].c@2.d.undo":            "a.b[3].c.d.undo",
		"a[\"x@2.y\"].b@2.c":              "a[\"x@2.y\"].b.c",
		"a[\"q\\\"@2.\"].b[\"\\\\\"]@2.c": "a[\"q\\\"@2.\"].b[\"\\\\\"].c",
		"@2.inv@3.reserve":                "@2.inv.reserve",
	} {
		if got := stepid.WithoutAttempts(step); got != want {
			t.Errorf("%s is %s, want %s", step, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		id, outer string
		want      bool
	}{
		{"hotel", "hotel", true}, {"hotel.Book", "hotel", true}, {"hotel@2.Book", "hotel", true},
		{"hotel[3].Book", "hotel", true}, {"hotels", "hotel", false}, {"hotel", "hotel.Book", false},
		{"hotel#2", "hotel", false},
	} {
		if got := stepid.Within(c.id, c.outer); got != c.want {
			t.Errorf("Within(%q, %q) is %v", c.id, c.outer, got)
		}
	}
}

func TestCutRound(t *testing.T) {
	for id, want := range map[string]string{
		"rounds[3]": "rounds 3 true", `a["x"].b[12]`: `a["x"].b 12 true`,
		`votes["ann"]`: "votes 0 false", "Ship": " 0 false", "Ship]": " 0 false",
	} {
		loop, i, ok := stepid.CutRound(id)
		if got := fmt.Sprint(loop, " ", i, " ", ok); got != want {
			t.Errorf("%s is cut into %s, want %s", id, got, want)
		}
	}
}

func TestInternal(t *testing.T) {
	for id, want := range map[string]bool{
		"": true, "@timeout": true, "call@2.@limit": true, "@2.Ship": false, `m["a.@b"]`: false, "Ship": false,
	} {
		if got := stepid.IsInternal(id); got != want {
			t.Errorf("IsInternal(%q) is %v", id, got)
		}
	}
}

func TestMeans(t *testing.T) {
	for _, c := range []struct {
		name, id  string
		means     bool
		precision int
	}{
		{"Get", "Get", true, 0},
		{"xs", "xs[0].ys[1].Get", true, -1},
		{"xs[0]", "xs[0].ys[1].Get", true, -1},
		{"xs[1]", "xs[0].ys[1].Get", false, -1},
		{"xs[].ys[].Get", "xs[0].ys[1].Get", true, 0},
		{"xs[0].ys[].Get", "xs[0].ys[1].Get", true, 1},
		{"xs[].ys[1].Get", "xs[0]@2.ys[1].Get", true, 1},
		{"xs[1].ys[].Get", "xs[0].ys[1].Get", false, -1},
		{"xs[0].ys[1].Get", "xs[0].ys[1].Get", true, 2},
		{"xs[0].ys[1].Get", "xs[0].ys[11].Get", false, -1},
		{`m[""].Get`, `m["a"].Get`, false, -1},
		{`m["a.]b"].Get`, `m["a.]b"].Get`, true, 1},
		{"xs[0].Get", "xs.Get", false, -1},
		{"hotel", "hotels", false, -1},
	} {
		means, precision := stepid.Means(c.name, c.id), stepid.Precision(c.name, c.id)
		if means != c.means || precision != c.precision {
			t.Errorf("%s means %s: %v with precision %d, want %v with %d", c.name, c.id, means, precision, c.means, c.precision)
		}
	}
}

// awkward are keys that hold what ids are read by.
var awkward = []string{"ann", "", ".", "a.b", "]", "[", "[]", `"`, `\`, `\"`, "@2.", "日本", "x\n"}

// TestReadsWhatItBuilds builds ids of random parts, with keys of all kinds, and reads them.
func TestReadsWhatItBuilds(t *testing.T) {
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		id, plain, general := "", "", ""
		var around, keys []string
		for i := range 1 + r.IntN(5) {
			if i > 0 {
				around = append(around, id)
			}
			name := string(rune('a' + r.IntN(26)))
			if i > 0 && r.IntN(5) == 0 {
				name = strconv.Quote(awkward[r.IntN(len(awkward))]) // an arm of a match
			}
			id, plain, general = stepid.In(id, name), stepid.In(plain, name), stepid.In(general, name)
			switch r.IntN(4) {
			case 0:
				key := strconv.Itoa(r.IntN(20))
				id, plain, general = stepid.Round(id, key), stepid.Round(plain, key), general+stepid.Rounds
				keys = append(keys, key)
			case 1:
				key := strconv.Quote(awkward[r.IntN(len(awkward))])
				id, plain, general = stepid.Round(id, key), stepid.Round(plain, key), general+stepid.Rounds
				keys = append(keys, key)
			}
			id = stepid.Attempt(id, r.IntN(4))
		}
		if got := stepid.WithoutAttempts(id); got != plain {
			t.Fatalf("seed %d: %s without attempts is %s, want %s", seed, id, got, plain)
		}
		if got, gotKeys := stepid.Planned(id); got != general || !slices.Equal(gotKeys, keys) {
			t.Fatalf("seed %d: %s in the plan is %s with %q, want %s with %q", seed, id, got, gotKeys, general, keys)
		}
		if got := slices.Collect(stepid.Around(id)); !slices.Equal(got, around) {
			t.Fatalf("seed %d: around %s are %q, want %q", seed, id, got, around)
		}
		if got := strings.Join(stepid.Split(id), "."); got != id || len(stepid.Split(id)) != len(around)+1 {
			t.Fatalf("seed %d: %s is split into %q", seed, id, stepid.Split(id))
		}
		if of, is := stepid.CutUndo(stepid.Undo(id)); of != id || !is {
			t.Fatalf("seed %d: what %s undoes is %s", seed, stepid.Undo(id), of)
		}
		for n := range 4 {
			if got := stepid.WithoutGeneration(stepid.Generation(n) + id); got != id {
				t.Fatalf("seed %d: %s%s without its generation is %s", seed, stepid.Generation(n), id, got)
			}
			if base := stepid.WithoutAttempt(id); stepid.WithoutAttempt(stepid.Attempt(base, n)) != base {
				t.Fatalf("seed %d: the step of %s isn't %s", seed, stepid.Attempt(base, n), base)
			}
		}
	}
}

func TestAsked(t *testing.T) {
	for id, want := range map[string]string{
		"turn[0].ask[1].fast":                  " 0 true",
		`v["a.b"]@2.turn[12].ask[0].fast`:      `v["a.b"]@2 12 true`,
		"@2.v.turn[0].ask[0].fast":             "@2.v 0 true",
		"ask[0].Cost":                          "",
		"v.ask[0].Cost":                        "",
		`turn["a"].ask[0].Cost`:                "",
		"turn[0].ask[0].if.then.Cost":          "",
		"turn[0].call[0].v.turn[3].ask[0].big": "turn[0].call[0].v 3 true",
	} {
		agent, turn, ok := stepid.Asked(id)
		if got := fmt.Sprint(agent, " ", turn, " ", ok); ok != (want != "") || ok && got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}

func TestCalled(t *testing.T) {
	for id, want := range map[string]string{
		"turn[0].call[1].Look":                       "|0|1|Look|true",
		"v.turn[3].call[0].if.then.approve":          "v|3|0|if.then.approve|true",
		"v.turn[3].call[0].w.turn[1].call[2].Refund": "v.turn[3].call[0].w|1|2|Refund|true",
		"v.turn[3].call[0].w.turn[1].ask[0].fast":    "v|3|0|w.turn[1].ask[0].fast|true",
		"call[0].Look":                               "|0|0||false",
		`turn[0].call["x"].Look`:                     "|0|0||false",
	} {
		agent, turn, call, step, ok := stepid.Called(id)
		if got := fmt.Sprintf("%s|%d|%d|%s|%t", agent, turn, call, step, ok); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}
