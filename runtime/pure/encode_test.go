package pure

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/quick"
	"time"
)

// order is a struct as wfgen generates them.
type order struct {
	ID       string           `json:"id"`
	Items    []orderItem      `json:"items"`
	Total    float64          `json:"total"`
	Express  bool             `json:"express" default:"false"`
	Note     *string          `json:"note,omitempty"`
	Tier     color            `json:"tier" default:"gold"`
	Due      time.Time        `json:"due"`
	Grace    time.Duration    `json:"grace" default:"7d"`
	Extra    any              `json:"extra"`
	By       map[string]int   `json:"by"`
	Codes    map[color][]int8 `json:"codes"`
	Raw      []byte           `json:"raw"`
	Small    uint8            `json:"small" default:"9"`
	Parent   *order           `json:"parent,omitempty"`
	Maybe    []*float32       `json:"maybe"`
	internal int
}

type orderItem struct {
	SKU string `json:"sku"`
	Qty int    `json:"qty"`
}

func sampleOrder() order {
	return order{
		ID: "o-1", Items: []orderItem{{"a", 1}, {"b", 20}}, Total: 12.5, Note: Some("a \"note\" <é>\n"), Tier: "gold",
		Due: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Grace: 90 * time.Minute,
		Extra: map[string]any{"b": []any{1.5, nil, true}, "a": "x"},
		By:    map[string]int{"z": 1, "a": 2}, Codes: map[color][]int8{"red": {1, -1}}, Raw: []byte("raw"), Small: 200,
		Parent: &order{Items: []orderItem{}, By: map[string]int{}, Codes: map[color][]int8{}, Raw: []byte{}, Maybe: []*float32{}},
		Maybe:  []*float32{nil, Some(float32(0.1))},
	}
}

const sampleJSON = `{"id":"o-1","items":[{"sku":"a","qty":1},{"sku":"b","qty":20}],"total":12.5,"express":false,` +
	`"note":"a \"note\" <é>\n","tier":"gold","due":"2026-01-02T03:04:05.000000006Z","grace":"1h30m",` +
	`"extra":{"a":"x","b":[1.5,null,true]},"by":{"a":2,"z":1},"codes":{"red":[1,-1]},"raw":"cmF3","small":200,` +
	`"parent":{"id":"","items":[],"total":0,"express":false,"tier":"","due":"0001-01-01T00:00:00Z","grace":"0s",` +
	`"extra":null,"by":{},"codes":{},"raw":"","small":0,"maybe":[]},"maybe":[null,0.1]}`

func TestEncode(t *testing.T) {
	type embedded struct{ B, A int }
	type inner struct {
		Inner int `json:"inner"`
	}
	zone := time.FixedZone("", -3600)
	for _, c := range []struct {
		v    any
		want string
	}{
		{sampleOrder(), sampleJSON},
		{&order{}, `{"id":"","items":[],"total":0,"express":false,"tier":"","due":"0001-01-01T00:00:00Z","grace":"0s","extra":null,"by":{},"codes":{},"raw":"","small":0,"maybe":[]}`},
		{nil, "null"}, {(*int)(nil), "null"}, {true, "true"}, {int8(-3), "-3"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{1e21, "1e+21"}, {float32(0.1), "0.1"}, {math.Copysign(0, -1), "-0"}, {color("red"), `"red"`},
		{"<&>\u2028\x00\x1f\b\f\n\r\t\"\\/\u007f", `"<&>\u2028\u0000\u001f\b\f\n\r\t\"\\/` + "\u007f\""},
		{26 * time.Hour, `"1d2h"`}, {time.Date(2026, 1, 1, 23, 30, 0, 0, zone), `"2026-01-02T00:30:00Z"`},
		{[]time.Duration{time.Second}, `["1s"]`}, {[2]bool{true}, "[true,false]"},
		{map[int]string{10: "a", 9: "b", -1: "c"}, `{"-1":"c","10":"a","9":"b"}`}, {map[bool]int{true: 1, false: 0}, `{"false":0,"true":1}`},
		{map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, `{"::1":1}`},
		{map[color]*int{"b": nil, "a": Some(1)}, `{"a":1,"b":null}`},
		{[]any{[]any(nil), map[string]any(nil), []int(nil), time.Second, struct{}{}}, `[[],{},[],"1s",{}]`},
		{json.Number("-1.50e3"), "-1.50e3"}, {json.Number(""), "0"}, {[]any{json.Number("12345678901234567890123")}, "[12345678901234567890123]"},
		{big.NewInt(5), "5"}, {*big.NewInt(5), "5"}, {[]big.Int{*big.NewInt(6)}, "[6]"}, {json.RawMessage(` { "a" : 1 } `), `{"a":1}`},
		{netip.MustParseAddr("10.0.0.1"), `"10.0.0.1"`}, {declined{"poor"}, `{"reason":"poor"}`}, {errors.New("x"), "{}"},
		{struct {
			embedded
			*inner
			C int `json:"-"`
			//lint:ignore SA5008 what encoding/json makes of it is expected
			D    int `json:"-,"`
			B    string
			Long *int
		}{embedded: embedded{1, 2}, B: "b"}, `{"A":2,"-":0,"B":"b","Long":null}`},
		{struct{ X fmtStringer }{fmtStringer(declined{"r"})}, `{"X":{"reason":"r"}}`}, {struct{ X fmtStringer }{}, `{"X":null}`},
	} {
		got, err := Encode(c.v)
		if err != nil || string(got) != c.want {
			t.Errorf("Encode(%#v)\n got %s, %v\nwant %s", c.v, got, err, c.want)
		}
	}
}

type fmtStringer interface{ Error() string }

type badJSON struct{}

func (badJSON) MarshalJSON() ([]byte, error) { return []byte("{"), nil }

type failingJSON struct{}

func (*failingJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("not today") }

func TestEncodeFails(t *testing.T) {
	bad := sampleOrder()
	bad.Parent.Maybe = []*float32{nil, Some(float32(math.Inf(-1)))}
	cyclic := &order{}
	cyclic.Parent = cyclic
	list := []any{nil}
	list[0] = list
	table := map[string]any{}
	table["a"] = table
	var pointer any
	pointer = &pointer
	for _, c := range []struct {
		v    any
		want string
	}{
		{math.NaN(), "NaN can't be written as JSON"}, {bad, "parent.maybe[1]: -Inf can't be written as JSON"},
		{map[string]any{"a": []any{1, math.Inf(1)}}, `["a"][1]: +Inf can't be written as JSON`},
		{map[int]float64{5: math.NaN()}, "[5]: NaN can't be written as JSON"}, {map[color]float64{"x": math.NaN()}, `["x"]: NaN can't be written as JSON`},
		{[]string{"a\xff"}, `[0]: isn't valid UTF-8: "a\xff"`}, {map[string]int{"\xff": 1}, `["\xff"]: isn't valid UTF-8: "\xff"`},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "the year 10000 can't be written in RFC 3339"},
		{struct{ F func() }{}, "F: a value of type func() can't be written as JSON"}, {map[[1]int]int{{1}: 2}, "a key of type [1]int can't be written as JSON"},
		{[]badJSON{{}}, `[0]: MarshalJSON of pure.badJSON doesn't give JSON: "{"`}, {failingJSON{}, "not today"},
		{cyclic, strings.Repeat("parent.", 14) + "pa…: is nested more than 1000 levels deep"},
		{list, strings.Repeat("[0]", 33) + "[…: is nested more than 1000 levels deep"},
		{table, strings.Repeat(`["a"]`, 20) + "…: is nested more than 1000 levels deep"},
		{pointer, "is nested more than 1000 levels deep"},
	} {
		got, err := Encode(c.v)
		var invalid *InvalidError
		if !errors.As(err, &invalid) || err.Error() != c.want || got != nil {
			t.Errorf("got %s, %v\nwant %s", got, err, c.want)
		}
	}
}

func TestEncodeIndent(t *testing.T) {
	got, err := EncodeIndent(map[string]any{"a": []int{1}, "b": []int{}, "<": map[string]int{}})
	want := "{\n  \"<\": {},\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := EncodeIndent(math.NaN()); err == nil {
		t.Error("NaN is no error")
	}
}

// TestEncodeAsGoDoes compares with encoding/json where the conventions agree.
func TestEncodeAsGoDoes(t *testing.T) {
	type plain struct {
		A []string
		B []rune
		C map[int32]float32
		D float64
		F [3]uint16
		G *bool
	}
	agree := func(x plain) bool {
		for i, s := range x.A {
			x.A[i] = strings.ToValidUTF8(s, "?")
		}
		x.A, x.B, x.C = List(x.A), List(x.B), MapOf(x.C)
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		err := e.Encode([]any{x, &x})
		got, err2 := Encode([]any{x, &x})
		return err == nil && err2 == nil && string(got)+"\n" == want.String()
	}
	if err := quick.Check(agree, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
}

func TestPlansAreSafeForConcurrentUse(t *testing.T) {
	type left struct {
		Right *struct{ Left []order }
		Next  map[string]order
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			data, err := Encode(left{Next: map[string]order{"a": sampleOrder()}})
			var back left
			if err == nil {
				err = Decode(data, "", &back)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkEncode(b *testing.B) {
	o := sampleOrder()
	o.Extra, o.Parent = nil, nil
	run := func(name string, v any, encode func(any) ([]byte, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encode(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("struct", o, Encode)
	run("struct/json", o, json.Marshal)
	run("pointer", &o, Encode)
	run("pointer/json", &o, json.Marshal)
	run("items", manyItems(), Encode)
	run("items/json", manyItems(), json.Marshal)
	run("any", sampleOrder().Extra, Encode)
	run("any/json", sampleOrder().Extra, json.Marshal)
}

func manyItems() []orderItem {
	xs := make([]orderItem, 1000)
	for i := range xs {
		xs[i] = orderItem{"sku-" + Text(i), i}
	}
	return xs
}
