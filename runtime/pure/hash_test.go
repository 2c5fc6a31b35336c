package pure

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// A leanTier is an enum, as generated code has them.
type leanTier string

// leanShape is a union of one member.
type leanShape interface{ isLeanShape() }

type leanSquare struct {
	Side  int    `json:"side"`
	Color string `json:"color" default:"red"`
}

func (leanSquare) isLeanShape() {}

// leanOld and leanNew are two versions of one type.
type leanOld struct {
	ID   string `json:"id"`
	Size int    `json:"size" default:"1"`
}

type leanNew struct {
	ID    string        `json:"id"`
	Tier  leanTier      `json:"tier" default:"gold"`
	Size  int           `json:"size" default:"1"`
	Note  *string       `json:"note,omitempty"`
	Grace time.Duration `json:"grace" default:"7d"`
	Codes []string      `json:"codes" default:"[\"a\",\"b\"]"`
	Label *string       `json:"label,omitempty" default:"none given"`
	Rate  float64       `json:"rate" default:"0.10"`
}

// Inputs whose new fields have their defaults are hashed as they were, wherever they are.
func TestLeanHash(t *testing.T) {
	DeclareUnion[leanShape](MemberOf[leanSquare]("Square"))
	type oldSquare struct {
		Type string `json:"type"`
		Side int    `json:"side"`
	}
	var old leanOld
	var now leanNew
	for data, into := range map[string]any{`{"id": "x", "size": 3}`: &old, `{"id": "x", "size": 3 }`: &now} {
		if err := Decode([]byte(data), "", into); err != nil {
			t.Fatal(err)
		}
	}
	record := func(v any) Record { return NewRecord(reflect.ValueOf(v)) }
	shape := leanShape(leanSquare{2, "red"})
	for name, pair := range map[string][2]any{
		"bare":     {old, now},
		"list":     {[]leanOld{old, old}, []leanNew{now, now}},
		"map":      {map[string]leanOld{"k": old}, map[string]leanNew{"k": now}},
		"optional": {&old, &now},
		"any":      {[]any{old}, []any{now}},
		"struct":   {struct{ In leanOld }{old}, struct{ In leanNew }{now}},
		"record":   {[]Record{record(old)}, []Record{record(now)}},
		"union":    {oldSquare{"Square", 2}, &shape},
		"variant":  {oldSquare{"Square", 2}, NewVariant("Square", record(leanSquare{2, "red"}))},
	} {
		a, b := HashesOf([]any{pair[0]}), HashesOf([]any{pair[1]})
		if a.Lean != b.Lean {
			t.Errorf("%s: another hash", name)
		}
		if !b.Fit(a.Lean) || !b.Fit(Hash([]any{pair[1]})) {
			t.Errorf("%s: what was recorded doesn't fit", name)
		}
	}
}

// Two different values of one type have different hashes, both of them.
func TestLeanHashTells(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func() *string {
		return []*string{nil, Some("none given"), Some("x"), Some("")}[r.IntN(4)]
	}
	some := func() leanNew {
		return leanNew{
			ID: []string{"x", ""}[r.IntN(2)], Tier: []leanTier{"gold", "tin"}[r.IntN(2)], Size: r.IntN(3), Note: text(),
			Grace: []time.Duration{0, time.Hour, 7 * 24 * time.Hour}[r.IntN(3)],
			Codes: [][]string{{"a", "b"}, {}, {"b", "a"}}[r.IntN(3)], Label: text(), Rate: []float64{0.1, 0, 1}[r.IntN(3)],
		}
	}
	seen := map[uint64]string{}
	for range 20000 {
		v := some()
		h, text := HashesOf([]any{v}), show(v)
		if other, ok := seen[h.Lean]; ok && other != text {
			t.Fatalf("%s and %s have one hash", other, text)
		}
		seen[h.Lean] = text
		if !h.Fit(Hash([]any{v})) {
			t.Fatalf("%s: the hash of a release before doesn't fit", text)
		}
	}
	if len(seen) < 1000 {
		t.Errorf("only %d values", len(seen))
	}
}

// show is a value in which none and a default are told apart.
func show(v leanNew) string {
	data, _ := Encode([]any{v.ID, v.Tier, v.Size, v.Note, v.Grace, v.Codes, v.Label, v.Rate})
	return string(data)
}
