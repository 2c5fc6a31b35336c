package pure

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

func TestDecodeOrder(t *testing.T) {
	var got order
	if err := Decode([]byte(sampleJSON), "order", &got); err != nil {
		t.Fatal(err)
	}
	same(t, "Decode", got, sampleOrder())

	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(sampleJSON), "", "\t"); err != nil {
		t.Fatal(err)
	}
	got = order{internal: 5, Note: Some("old")}
	if err := Decode(indented.Bytes(), "order", &got); err != nil {
		t.Fatal(err)
	}
	same(t, "Decode of indented text", got, sampleOrder())
}

func TestDecode(t *testing.T) {
	type leaf struct {
		A int `json:"a"`
	}
	type Inner struct {
		I int `json:"i"`
	}
	type outer struct {
		leaf
		*Inner
		Tags  []string       `json:"tags,omitempty"`
		Table map[string]int `json:"table,omitempty"`
	}
	type preset struct {
		S string         `json:"s" default:"say \"hi\""`
		N *int           `json:"n" default:"5"`
		L []int          `json:"l" default:"[1,2]"`
		D *time.Duration `json:"d" default:"7d"`
		E string         `json:"e" default:""`
		F float64        `json:"f" default:"-1.5"`
	}
	for _, c := range []struct {
		data string
		want any // of the type to decode into
	}{
		{`"a\u00e9\ud83d\ude00\/\n"`, "aé😀/\n"}, {" true ", true}, {"false", false}, {`"red"`, color("red")},
		{"-128", int8(-128)}, {"1.0", 1}, {"1.50e1", 15}, {"12e2", uint16(1200)}, {"100e-2", 1}, {"-0", uint(0)}, {"-0.0e5", 0}, {"0e999999999999999999999", 0},
		{"18446744073709551615", uint64(1<<64 - 1)}, {"-9223372036854775808", int64(-1 << 63)}, {"0.000000000000000000001e21", int64(1)}, {"1000000000000000000000e-21", 1},
		{"1.5", 1.5}, {"1e-400", 0.0}, {"1e2", float32(100)},
		{`"2026-01-02T03:04:05.5+01:00"`, time.Date(2026, 1, 2, 2, 4, 5, 5e8, time.UTC)}, {`"1d2h"`, 26 * time.Hour}, {`"-5s"`, -5 * time.Second},
		{"[]", []int{}}, {"[ 1 , 2 ]", []int{1, 2}}, {"[[],[1]]", [][]int{{}, {1}}}, {"[1,null]", []*int{Some(1), nil}}, {"[1,2]", [2]int{1, 2}},
		{`"cmF3"`, []byte("raw")}, {`""`, []byte{}}, {"[1,255]", []byte{1, 255}}, {"[]", []byte{}},
		{"{}", map[string]int{}}, {`{"b":1,"a":2}`, map[color]int{"a": 2, "b": 1}}, {`{"-5":1,"0":2}`, map[int]int{-5: 1, 0: 2}},
		{`{"true":1}`, map[bool]int{true: 1}}, {`{"::1":1}`, map[netip.Addr]int{netip.MustParseAddr("::1"): 1}}, {`{"a":{"x":null}}`, map[string]map[string]*int{"a": {"x": nil}}},
		{`"10.0.0.1"`, netip.MustParseAddr("10.0.0.1")}, {"12345678901234567890123", *bigInt("12345678901234567890123")}, {`[ {"a" :1} ]`, []json.RawMessage{[]byte(`{"a" :1}`)}},
		{"{}", preset{`say "hi"`, Some(5), []int{1, 2}, Some(7 * day), "", -1.5}},
		{`{"n":null,"l":[],"s":"","d":"1s"}`, preset{"", nil, []int{}, Some(time.Second), "", -1.5}},
		{`{"a":1}`, outer{leaf: leaf{1}, Tags: []string{}, Table: map[string]int{}}},
		{`{"i":2,"a":1,"tags":["x"]}`, outer{leaf{1}, &Inner{2}, []string{"x"}, map[string]int{}}},
	} {
		p := reflect.New(reflect.TypeOf(c.want))
		if err := Decode([]byte(c.data), "", p.Interface()); err != nil {
			t.Errorf("Decode(%s): %v", c.data, err)
			continue
		}
		same(t, "Decode("+c.data+")", p.Elem().Interface(), c.want)
	}
}

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func TestDecodeAny(t *testing.T) {
	var got any
	text := `{"a":[1,"x",null,true,false,{}],"b":{"c":-1.5e3}}`
	if err := Decode([]byte(text), "", &got); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	same(t, "Decode", got, want)
	if err := Decode([]byte("null"), "", &got); err != nil || got != nil {
		t.Errorf("null is %v, %v", got, err)
	}
}

func TestDecodeProblems(t *testing.T) {
	type params struct {
		Order order `json:"order"`
	}
	var p params
	err := Decode([]byte(`{"order": {
		"totl": 5, "items": [{"sku": 7, "qty": 1}, null, {"sku": "b", "qty": "two", "colour": {"a": [1, "x"]}}],
		"due": "tomorrow", "grace": 5, "extra": {"a": 1, "a": 2}, "by": {"k": 1.5, "k": 2, "m": null}, "codes": {"red": [1, 128]},
		"raw": "!", "small": 300, "parent": [], "maybe": [1e99], "express": "yes", "express": true, "note": 1
	}, "id": 5}`), "", &p)
	want := `order.totl: unknown field (did you mean total?)
order.items[0].sku: expected a string, found 7
order.items[1]: expected an object, found null
order.items[2].qty: expected a whole number, found "two"
order.items[2].colour: unknown field
order.due: expected a time such as 2006-01-02T15:04:05Z, found "tomorrow"
order.grace: expected a duration such as 1h30m, found 5
order.extra["a"]: given twice
order.by["k"]: expected a whole number, found 1.5
order.by["k"]: given twice
order.by["m"]: expected a whole number, found null
order.codes["red"][1]: 128 doesn't fit int8
order.raw: expected base64 or a list of bytes, found "!"
order.small: 300 doesn't fit uint8
order.parent: expected an object, found a list
order.maybe[0]: 1e99 doesn't fit float32
order.express: expected true or false, found "yes"
order.express: given twice
order.note: expected a string, found 1
order.id: missing
id: unknown field`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if !reflect.DeepEqual(p, params{}) {
		t.Errorf("the value is %#v", p)
	}
}

func TestDecodeMismatch(t *testing.T) {
	type bad struct {
		N int `json:"n" default:"x"`
	}
	type wrong struct {
		N int `json:"n" default:"[]"`
	}
	for _, c := range []struct {
		data string
		into any
		want string
	}{
		{"null", new(string), "v: expected a string, found null"}, {"[]", new(bool), "v: expected true or false, found a list"},
		{"{}", new(int), "v: expected a whole number, found an object"}, {"true", new(float64), "v: expected a number, found true"},
		{"1.5", new(int), "v: expected a whole number, found 1.5"}, {"-1", new(uint8), "v: -1 doesn't fit uint8"}, {"1e-1", new(int), "v: expected a whole number, found 1e-1"},
		{"18446744073709551616", new(uint64), "v: 18446744073709551616 doesn't fit uint64"}, {"1e400", new(float64), "v: 1e400 doesn't fit float64"},
		{"9223372036854775808", new(int64), "v: 9223372036854775808 doesn't fit int64"}, {"1e999999999999999999999", new(int), "v: 1e999999999999999999999 doesn't fit int"},
		{"1", new([]int), "v: expected a list, found 1"}, {"1", new(map[string]int), "v: expected an object, found 1"}, {"1", new([]byte), "v: expected base64 or a list of bytes, found 1"},
		{"1", new(time.Time), "v: expected a time such as 2006-01-02T15:04:05Z, found 1"}, {`"0000-01-01T00:00:00+23:00"`, new(time.Time), "v: expected a time such as 2006-01-02T15:04:05Z, found \"0000-01-01T00:00:00+23:00\""},
		{`"2026-01-02 03:04:05Z"`, new(time.Time), "v: expected a time such as 2006-01-02T15:04:05Z, found \"2026-01-02 03:04:05Z\""},
		{`"5"`, new(time.Duration), `v: expected a duration such as 1h30m, found "5"`}, {`"999999d"`, new(time.Duration), `v: "999999d" is out of the range of a duration, ±292 years`},
		{"[1,2,3]", new([2]int), "v: expected a list of length 2, found one of length 3"}, {"[1]", new([2]int), "v: expected a list of length 2, found one of length 1"}, {"{}", new([2]int), "v: expected a list, found an object"},
		{`{"x":1,"01":2,"300":3,"-0":4,"+1":5}`, new(map[int8]int), "v[\"x\"]: expected a whole number as the key\nv[\"01\"]: expected a whole number as the key\nv[\"300\"]: 300 doesn't fit int8\nv[\"-0\"]: expected a whole number as the key\nv[\"+1\"]: expected a whole number as the key"},
		{`{"1":"x","1":5}`, new(map[int8]int), "v[1]: expected a whole number, found \"x\"\nv[1]: given twice"}, {`{"yes":1}`, new(map[bool]int), `v["yes"]: expected true or false as the key`},
		{`{"x":1}`, new(map[netip.Addr]int), `v["x"]: ParseAddr("x"): unable to parse IP`}, {`{"x":1}`, new(map[[1]int]int), `v["x"]: a key of type [1]int can't be read from JSON`},
		{`"x"`, new(netip.Addr), `v: ParseAddr("x"): unable to parse IP`}, {"5", new(netip.Addr), "v: expected a string, found 5"},
		{"[1]", new(func()), "v: a value of type func() can't be read from JSON"}, {"[1]", new(error), "v: a value of type error can't be read from JSON"},
		{"{}", new(bad), `v.n: the default "x" isn't JSON`}, {"{}", new(wrong), "v.n: expected a whole number, found a list"},
		{`{"ID":"x","Items":[]}`, new(struct {
			ID    string      `json:"id"`
			Items []orderItem `json:"items"`
		}), "v.ID: unknown field (did you mean id?)\nv.Items: unknown field (did you mean items?)"},
	} {
		err := Decode([]byte(c.data), "v", c.into)
		if err == nil || err.Error() != c.want {
			t.Errorf("Decode(%s)\n got %v\nwant %s", c.data, err, c.want)
		}
	}
}

func TestDecodeSyntax(t *testing.T) {
	deep := strings.Repeat("[", 1001)
	for _, c := range []struct{ data, want string }{
		{"", "line 1, column 1: expected a value, found the end"}, {" \n\t ", "line 2, column 3: expected a value, found the end"},
		{`{"a": 1,}`, `line 1, column 9: expected a key, found '}'`}, {`[1 2]`, `line 1, column 4: expected ',' or ']', found '2'`}, {`[1,]`, `line 1, column 4: expected a value, found ']'`},
		{"{\n  \"é\": tru\n}", `line 2, column 8: expected a value, found 't'`}, {`{"a" 1}`, `line 1, column 6: expected ':', found '1'`}, {`{a: 1}`, `line 1, column 2: expected a key, found 'a'`},
		{`{"a": "x`, `line 1, column 7: the string isn't closed`}, {`"\x"`, `line 1, column 2: unknown escape in a string`}, {`"\u12g4"`, `line 1, column 2: \u needs four hexadecimal digits`}, {`"\u12`, `line 1, column 2: \u needs four hexadecimal digits`},
		{`"a\`, `line 1, column 3: unknown escape in a string`}, {`"\ud800"`, `line 1, column 2: half of a surrogate pair in a string`}, {`"\ud800\u0041"`, `line 1, column 2: half of a surrogate pair in a string`}, {`"\udc00\ud800"`, `line 1, column 2: half of a surrogate pair in a string`},
		{"\"a\nb\"", "line 1, column 3: a control character in a string must be escaped"}, {`"\n` + "\t" + `"`, "line 1, column 4: a control character in a string must be escaped"}, {`"\n`, "line 1, column 4: the string isn't closed"},
		{"01", "line 1, column 2: expected the end, found '1'"}, {"1.", "line 1, column 3: expected a digit, found the end"}, {"-", "line 1, column 2: expected a digit, found the end"}, {"1e+", "line 1, column 4: expected a digit, found the end"}, {"+1", "line 1, column 1: expected a value, found '+'"},
		{"{} x", "line 1, column 4: expected the end, found 'x'"}, {"\ufeff{}", `line 1, column 1: expected a value, found '\ufeff'`}, {"é\xff", "line 1, column 2: the text isn't valid UTF-8"}, {"nul", "line 1, column 1: expected a value, found 'n'"},
		{deep, "line 1, column 1001: nested more than 1000 levels deep"}, {"NaN", "line 1, column 1: expected a value, found 'N'"}, {"[", "line 1, column 2: expected a value, found the end"}, {"{", "line 1, column 2: expected a key, found the end"}, {"{]", "line 1, column 2: expected a key, found ']'"},
	} {
		// By each of the ways to read a value.
		for _, into := range []any{new(any), new(json.RawMessage), new([]any)} {
			err := Decode([]byte(c.data), "", into)
			if err == nil || err.Error() != c.want {
				t.Errorf("Decode(%q) into %T\n got %v\nwant %s", c.data, into, err, c.want)
			}
		}
	}
	err := Decode([]byte(`{"id": 5, "items": [}`), "order", new(order))
	if want := "order: line 1, column 21: expected a value, found '}'"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDecodeDepth(t *testing.T) {
	text := strings.Repeat("[", 1000) + strings.Repeat("]", 1000)
	var v any
	if err := Decode([]byte(text), "", &v); err != nil {
		t.Fatal(err)
	}
	if back, err := Encode(v); err != nil || string(back) != text {
		t.Errorf("what can be read can't be written: %v", err)
	}
}

func TestDecodeIntoNoPointer(t *testing.T) {
	for v, want := range map[any]string{
		nil: "found <nil>", 5: "found int", (*int)(nil): "found *int",
	} {
		if err := Decode([]byte("1"), "", v); err == nil || err.Error() != "pure.Decode: expected a pointer to decode into, "+want {
			t.Errorf("Decode into %T: %v", v, err)
		}
	}
}

func TestDecodeKeepsFewProblems(t *testing.T) {
	data := "[" + strings.Repeat(`{"x":"a"},`, 149) + "{}]"
	var invalid *InvalidError
	if err := Decode([]byte(data), "", new([]orderItem)); !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	equal(t, "problems", len(invalid.Problems), 100)
	equal(t, "omitted", invalid.Omitted, 149*3+2-100)
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"totl", "total", 1}, {"kitten", "sitting", 3}, {"same", "same", 0}} {
		equal(t, c.a+" to "+c.b, editDistance(c.a, c.b), c.want)
	}
}

// rich has every kind of field that a generated type can have.
type rich struct {
	S  string                    `json:"s"`
	B  bool                      `json:"b"`
	I  int                       `json:"i"`
	I8 int8                      `json:"i8"`
	U  uint64                    `json:"u"`
	F  float64                   `json:"f"`
	G  float32                   `json:"g"`
	D  time.Duration             `json:"d"`
	E  color                     `json:"e" default:"red"`
	O  *string                   `json:"o,omitempty"`
	P  *time.Duration            `json:"p"`
	L  []*rich                   `json:"l"`
	M  map[string][]int32        `json:"m"`
	N  map[int16]map[color]*bool `json:"n"`
	Y  []byte                    `json:"y"`
	R  *rich                     `json:"r,omitempty"`
}

func (r *rich) normalise() {
	r.S, r.E = strings.ToValidUTF8(r.S, "?"), color(strings.ToValidUTF8(string(r.E), "?"))
	if r.O != nil {
		r.O = Some(strings.ToValidUTF8(*r.O, "?"))
	}
	r.L, r.Y = List(r.L), List(r.Y)
	m := map[string][]int32{}
	for k, v := range r.M {
		m[strings.ToValidUTF8(k, "?")] = List(v)
	}
	r.M, r.N = m, MapOf(r.N)
	for k, v := range r.N {
		inner := map[color]*bool{}
		for k, v := range v {
			inner[color(strings.ToValidUTF8(string(k), "?"))] = v
		}
		r.N[k] = inner
	}
	for _, x := range append(r.L, r.R) {
		if x != nil {
			x.normalise()
		}
	}
}

func TestRoundTrip(t *testing.T) {
	type value struct {
		Rich  rich
		Times map[string]time.Time
	}
	identity := func(r rich, seconds []int32) bool {
		r.normalise()
		x := value{r, map[string]time.Time{}}
		for i, s := range seconds {
			x.Times[Text(i)] = time.Unix(int64(s), int64(i)).UTC()
		}
		data, err := Encode(x)
		if err != nil {
			t.Log(err)
			return false
		}
		var back value
		if err := Decode(data, "x", &back); err != nil {
			t.Log(err)
			return false
		}
		return reflect.DeepEqual(x, back)
	}
	if err := quick.Check(identity, &quick.Config{MaxCount: 60}); err != nil {
		t.Error(err)
	}
}

// FuzzDecode checks that no text makes Decode panic, that it takes nothing that
// isn't JSON, and that what it takes survives Encode.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{sampleJSON, `{"a":[1,-2.5e3,"\ud83d\ude00",null,true]}`, `[[[`, `{"id":1,"id":2}`, `{"artifact-id":"a","b":[1],"b":2,"kind":{}}`, `"\u0000"`, "1e999", "1e17"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range []any{new(order), new(document), new(only), new(any), new([]rich), new(map[int]time.Duration), new(map[color]time.Time), new([]byte), new(int64)} {
			err := Decode(data, "v", p)
			if err != nil {
				if err.Error() == "" {
					t.Error("an error without a text")
				}
				continue
			}
			if !json.Valid(data) {
				t.Fatalf("%q isn't JSON", data)
			}
			checkSurvives(t, p)
		}
	})
}

func TestNumberTexts(t *testing.T) {
	for text, want := range map[string]string{`1.50`: "1.50", `"-2e3"`: "-2e3", `"x"`: `n: expected a number, found "x"`, `true`: "n: expected a number, found true", `""`: `n: expected a number, found ""`} {
		var n json.Number
		got := ""
		if err := Decode([]byte(text), "n", &n); err != nil {
			got = err.Error()
		} else {
			got = n.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if _, err := Encode(json.Number("1 ")); err == nil || err.Error() != `"1 " isn't a number, as a json.Number has to be` {
		t.Errorf("got %v", err)
	}
}

func TestAnyNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want any
	}{
		{"1e3", 1000.0}, {"9007199254740992", float64(1 << 53)}, {"9007199254740992.5", float64(1 << 53)},
		{"9007199254740993", int64(1<<53 + 1)}, {"-9007199254740993", int64(-1<<53 - 1)},
		{"1e17", int64(1e17)}, {"-10.0e16", int64(-1e17)}, {"9007199254740993.5", int64(1<<53 + 2)},
		{"9223372036854775807", int64(math.MaxInt64)}, {"9223372036854775808", uint64(1 << 63)},
		{"-9223372036854775808", int64(math.MinInt64)}, {"-9223372036854775809", -float64(1 << 63)},
		{"1e19", uint64(1e19)}, {"-1e19", -1e19}, {"18446744073709551615", uint64(math.MaxUint64)},
		{"18446744073709551616", float64(1 << 64)}, {"1e20", 1e20}, {"100000000000000000000.5", 1e20}, {"1e300", 1e300},
	} {
		var x any
		if err := Decode([]byte(c.text), "x", &x); err != nil || x != c.want {
			t.Errorf("%s is the %T %v (%v), want the %T %v", c.text, x, x, err, c.want, c.want)
		}
		checkSurvives(t, &x)
	}
}

func checkSurvives(t *testing.T, p any) {
	data, err := Encode(p)
	if err != nil {
		t.Fatalf("Encode: %v", err)
	}
	back := reflect.New(reflect.TypeOf(p).Elem())
	if err := Decode(data, "v", back.Interface()); err != nil {
		t.Fatalf("Decode of %s: %v", data, err)
	}
	if !reflect.DeepEqual(p, back.Interface()) {
		t.Errorf("%#v came back as %#v by %s", reflect.ValueOf(p).Elem(), back.Elem(), data)
	}
}

func BenchmarkDecode(b *testing.B) {
	run := func(name string, data []byte, into func() any) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Decode(data, "", into()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := json.Unmarshal(data, into()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	o := sampleOrder()
	o.Extra, o.Parent, o.Grace = nil, nil, 0
	data, _ := Encode(o)
	data = bytes.Replace(data, []byte(`"0s"`), []byte(`"1s"`), 1)
	b.Run("struct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := Decode(data, "", new(order)); err != nil {
				b.Fatal(err)
			}
		}
	})
	asJSON, _ := json.Marshal(o) // encoding/json has durations as numbers
	b.Run("struct/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(asJSON, new(order)); err != nil {
				b.Fatal(err)
			}
		}
	})
	items, _ := Encode(manyItems())
	run("items", items, func() any { return new([]orderItem) })
	run("any", items, func() any { return new(any) })
}
