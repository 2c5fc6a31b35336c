package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// The tests of this file hold that a durable execution sees the same values whether they
// have just come or are read from its journal.

// A freshUnion is a union, and freshGo a struct that was written in Go.
type (
	freshUnion interface{ isFresh() }
	freshLeft  struct {
		N int64 `json:"n"`
	}
	freshRight struct {
		Text *string `json:"text,omitempty" default:"some"`
		Any  any     `json:"any"`
	}
	freshStruct struct {
		List  []string           `json:"list"`
		Map   map[int]*float64   `json:"map"`
		At    time.Time          `json:"at"`
		Note  *string            `json:"note,omitempty"`
		Given *string            `json:"given,omitempty" default:"given"`
		Next  *freshStruct       `json:"next,omitempty"`
		Rest  map[string][]int64 `json:"rest"`
	}
	freshGo struct {
		Name   string
		Hidden string `json:"-"`
		Nums   []int
		At     time.Time
		own    int
	}
	freshOwn struct{ text string }
)

func (freshLeft) isFresh()  {}
func (freshRight) isFresh() {}

// MarshalJSON and UnmarshalJSON keep all but the case.
func (o freshOwn) MarshalJSON() ([]byte, error) { return json.Marshal(strings.ToLower(o.text)) }
func (o *freshOwn) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &o.text)
}

func init() {
	pure.DeclareUnion[freshUnion](pure.MemberOf[freshLeft]("Left"), pure.MemberOf[freshRight]("Right"))
	pure.DeclareGo[freshGo]()
	pure.DeclareGo[url.URL]()
}

// sameFresh runs a workflow whose first step gives v, and holds that it sees the same from
// each state of its journal. It gives what it sees.
func sameFresh[T any](t *testing.T, name string, v T) {
	t.Helper()
	w := workflow("Fresh")
	give := &runtime.Task[T]{Step: step("give")}
	look, end := &runtime.Task[int]{Step: step("look")}, &runtime.Task[int]{Step: step("end")}
	give.Effect, look.Effect, end.Effect = runtime.Idempotent, runtime.Idempotent, runtime.Idempotent
	first := ""
	cut(t, w, func(*world) *runtime.Definition {
		return define(w, func(f *runtime.Frame) (string, error) {
			text := ""
			x, err := runtime.Call0(f, give, func(context.Context) (T, error) { return v, nil })
			if err != nil {
				text = "failed: " + pure.Message(err)
			} else {
				text = reflect.TypeFor[T]().String() + " " + deepText(reflect.ValueOf(&x).Elem(), 0)
				if _, err := runtime.Call1(f, look, func(context.Context, T) (int, error) { return 1, nil }, x); err != nil {
					return "", err
				}
			}
			_, err = runtime.Call0(f, end, func(context.Context) (int, error) { return 1, nil })
			return text, err
		})
	}, func(t *testing.T, at int, _ *world, got string, err error) {
		if at < 0 {
			first = got
		}
		if err != nil || got != first {
			t.Errorf("%s: from state %d: got %s, %v, and fresh %s", name, at, got, err, first)
		}
	})
}

// deepText shows all of a value, also what pointers lead to, and nil apart from empty.
func deepText(v reflect.Value, depth int) string {
	if !v.IsValid() {
		return "nil"
	}
	if depth > 20 {
		return "…"
	}
	switch depth++; v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil " + v.Type().String()
		}
		return "&" + v.Elem().Type().String() + " " + deepText(v.Elem(), depth)
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return fmt.Sprintf("%#v", at)
		}
		text := "{"
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				text += deepText(v.Field(i), depth) + ", "
			} else {
				text += fmt.Sprint(v.Field(i)) + ", "
			}
		}
		return text + "}"
	case reflect.Slice:
		text := fmt.Sprintf("%v[", v.IsNil())
		for i := range v.Len() {
			text += deepText(v.Index(i), depth) + ", "
		}
		return text + "]"
	case reflect.Map:
		var keys []string
		for it := v.MapRange(); it.Next(); {
			keys = append(keys, fmt.Sprintf("%#v: %s", it.Key(), deepText(it.Value(), depth)))
		}
		return fmt.Sprint(v.IsNil(), sorted(keys))
	}
	return fmt.Sprintf("%#v", v)
}

func TestFreshValues(t *testing.T) {
	text, inf, nan, odd := "x", math.Inf(1), math.NaN(), "a\xff"
	loop := &freshStruct{}
	loop.Next = loop
	for _, v := range []any{
		nil, int64(9007199254740993), int64(math.MinInt64), uint64(math.MaxUint64), int64(1 << 53), -int64(1<<53) - 1, int8(3), 5,
		[]byte("hi"), []byte(nil), [3]int{1, 2}, freshLeft{3}, &freshLeft{3}, (*freshLeft)(nil), freshOwn{"Loud"}, freshGo{Name: "n", own: 3},
		1e300, 1e21, 1e20, 123456789012345678.0, 5e-324, math.Copysign(0, -1), float32(0.1), math.MaxFloat64, nan, inf, odd, "\u2028\x00",
		time.Now(), time.Hour, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), errors.New("boom"), make(chan int), func() {}, loop,
		map[string]any{"z": int64(9007199254740993), "a": []any{nil, map[any]any{}}}, map[string]any{odd: 1}, map[int]bool{3: true}, map[float64]int{1: 1},
		json.Number("12345678901234567890123"), json.RawMessage(`{"b": 1, "a": 1.50}`), json.RawMessage(`{"a": 1, "a": 2}`), json.RawMessage(`{`),
		big.NewInt(0).Exp(big.NewInt(10), big.NewInt(40), nil), url.URL{Scheme: "https", Host: "h", User: url.UserPassword("ann", "pw")},
		struct{ own int }{3}, struct{}{}, []any{[]int(nil), map[string]int(nil)}, strings.Repeat("x", 17<<20),
	} {
		sameFresh(t, fmt.Sprintf("any %T", v), v)
	}
	sameFresh(t, "float", math.Copysign(0, -1))
	sameFresh(t, "float", nan)
	sameFresh(t, "float32", float32(math.SmallestNonzeroFloat32))
	sameFresh(t, "string", odd)
	sameFresh(t, "time", time.Now())
	sameFresh(t, "time", time.Date(2000, 1, 1, 0, 0, 0, 1, time.FixedZone("x", 12345)))
	sameFresh(t, "bytes", []byte(nil))
	sameFresh(t, "list", []*float64{nil, &inf})
	sameFresh(t, "list", []*float64{nil})
	sameFresh(t, "list", [][]string{nil, {}})
	sameFresh(t, "map", map[bool]*any{true: nil, false: new(any)})
	sameFresh(t, "optional", new(any))
	sameFresh(t, "optional of an optional", new(*string))
	sameFresh(t, "struct", freshStruct{})
	sameFresh(t, "struct", freshStruct{Note: &text, Next: &freshStruct{At: time.Now()}, Map: map[int]*float64{-1: nil}})
	sameFresh(t, "cyclic", *loop)
	sameFresh[freshUnion](t, "union", freshLeft{math.MinInt64})
	sameFresh[freshUnion](t, "union", freshRight{Any: freshRight{}})
	sameFresh[freshUnion](t, "union", nil)
	sameFresh(t, "go", freshGo{Name: odd, Hidden: "h", Nums: []int{}, At: time.Now(), own: 2})
	sameFresh(t, "own", freshOwn{"Loud"})
	sameFresh(t, "url", url.URL{Scheme: "https", Host: "h"})
	sameFresh(t, "url", url.URL{Scheme: "https", Host: "h", User: url.UserPassword("ann", "pw")})
	sameFresh(t, "keys", map[freshKey]int{{"A"}: 1, {"a"}: 2})
	sameFresh(t, "panics", freshPanic{})
}

// freshKey has one text for two keys, and freshPanic none.
type (
	freshKey   struct{ text string }
	freshPanic struct{}
)

func (k freshKey) MarshalText() ([]byte, error)      { return []byte(strings.ToLower(k.text)), nil }
func (k *freshKey) UnmarshalText(text []byte) error  { k.text = string(text); return nil }
func (freshPanic) MarshalJSON() ([]byte, error)      { panic("no JSON") }
func (*freshPanic) UnmarshalJSON([]byte) (err error) { panic("no JSON") }

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}

// A freshError is a declared error, freshPanics one whose text can't be had.
type (
	freshError struct {
		F float64 `json:"f"`
		X any     `json:"x"`
	}
	freshPanics struct{}
)

func (e freshError) Error() string { return fmt.Sprint("fresh ", e.F) }
func (freshPanics) Error() string  { panic("no text") }

// TestFreshErrors: what a step failed with is the same when it is read from the journal:
// its text, the declared error that it is, whether an else stands in and another attempt
// is made.
func TestFreshErrors(t *testing.T) {
	var none *freshError
	for _, failure := range []error{
		errors.New("x\xffy"), errors.New(""), errors.New(strings.Repeat("é", 1<<20)), none, freshPanics{},
		freshError{F: 2}, &freshError{F: 2}, fmt.Errorf("w: %w", freshError{X: "x"}), errors.Join(errors.New("q"), freshError{}),
		freshError{F: math.NaN()}, freshError{X: int64(9007199254740993)}, freshError{X: []byte("x")}, freshError{X: make(chan int)},
		freshError{X: strings.Repeat("x", 9<<20)},
		context.Canceled, context.DeadlineExceeded, runtime.TimedOut{}, runtime.Interrupted{}, runtime.Rejected{By: "x"}, &runtime.TimeoutError{After: 1},
		&runtime.CancelledError{Reason: "r"}, &runtime.Error{Workflow: "W", Step: "s", At: "a:1:1", Attempt: 2, Err: freshError{}},
		&runtime.UndoError{Err: errors.New("a"), Undo: errors.New("b")}, &runtime.StoreError{Err: errors.New("full")}, runtime.ErrClosed,
		&runtime.PayloadError{Of: "it", Most: 3}, &pure.InvalidError{Problems: []pure.Problem{{Path: "a", Text: "b\xff"}}},
	} {
		w := workflow("Fresh")
		give, end := intTask("give"), intTask("end")
		give.Effect, end.Effect, give.Retry = runtime.Idempotent, runtime.Idempotent, &runtime.Retry{Times: 1}
		give.Fails = []runtime.Declaration{runtime.Declares[freshError], runtime.Declares[runtime.Rejected]}
		first := ""
		cut(t, w, func(*world) *runtime.Definition {
			return define(w, func(f *runtime.Frame) (string, error) {
				_, err := runtime.Call0(f, give, func(context.Context) (int, error) { return 0, failure })
				var failed *runtime.Error
				if !errors.As(err, &failed) {
					return "", err
				}
				declared := runtime.Declared(err)
				if declared != nil {
					declared = errors.New(deepText(reflect.ValueOf(declared), 0))
				}
				text := fmt.Sprintf("%q %q %d caught %v: %v", err, pure.Message(err), failed.Attempt, f.Caught(err), declared)
				if _, err := runtime.Call0(f, end, func(context.Context) (int, error) { return 1, nil }); err != nil {
					return "", err
				}
				return strings.ReplaceAll(text, "\xff", ""), nil
			})
		}, func(t *testing.T, at int, _ *world, got string, err error) {
			if at < 0 {
				first = got
			}
			if err != nil || got != first {
				t.Errorf("%T: from state %d: got %.300s, %.300v, and fresh %.300s", failure, at, got, err, first)
			}
		})
		t.Logf("%T: %.300s", failure, first)
	}
}
