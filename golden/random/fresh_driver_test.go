//lint:file-ignore U1000 The program that the tests make of this file calls what they don't.

package random

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan/serial"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// This file is part of the tests and, as package main, of the program that they make of
// programs with Go types.

// A freshTrial is a program of which all is linked.
type freshTrial struct {
	Seed   uint64
	Plan   []byte
	Tools  func(*freshTools) interp.Tools
	Engine func(*freshTools) *runtime.Registry
	// Submit starts Main with an input at random, Plain runs it with one that was stored.
	Submit func(context.Context, *runtime.Engine, *freshTools, uint64) (freshRun, error)
	Plain  func(context.Context, *freshTools, []byte) ([]byte, error)
}

// A freshRun is a durable execution, whatever it gives.
type freshRun interface {
	ResultJSON(context.Context) ([]byte, error)
}

// hold runs the program durably, and again from each state of its journal, compiled, and from
// some interpreted: it says where a tool sees other values, or something else comes of it.
func (p freshTrial) hold(n uint64) error {
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	whole, err := p.whole(j, n)
	if err != nil || whole == nil {
		return err
	}
	for i, state := range states {
		for how, registry := range map[string]func(*freshTools) (*runtime.Registry, error){"compiled": p.compiled, "interpreted": p.interpreted} {
			if how == "interpreted" && i%4 != int(n) { // reading the plan takes long
				continue
			}
			again, err := freshResume(state.Clone(), &freshTools{seed: p.Seed, seen: map[string]string{}}, registry)
			if err == nil && again != nil {
				err = again.like(whole)
			}
			if err != nil {
				return fmt.Errorf("from state %d, %s: %w", i, how, err)
			}
		}
	}
	input, err := freshInput(j)
	if err != nil {
		return err
	}
	if err := p.fresh(input, whole); err != nil {
		return fmt.Errorf("interpreted from the beginning: %w", err)
	}
	return p.plain(input)
}

func (p freshTrial) compiled(t *freshTools) (*runtime.Registry, error) { return p.Engine(t), nil }

func (p freshTrial) program(t *freshTools) (*interp.Program, error) {
	read, err := serial.Decode(p.Plan)
	if err != nil {
		return nil, err
	}
	return interp.New(read, p.Tools(t))
}

func (p freshTrial) interpreted(t *freshTools) (*runtime.Registry, error) {
	program, err := p.program(t)
	if err != nil {
		return nil, err
	}
	return program.Registry(), nil
}

// whole is the compiled program's run on a new journal; nil where its input can't be
// stored.
func (p freshTrial) whole(j journal.Journal, n uint64) (*freshEnd, error) {
	t := &freshTools{seed: p.Seed, seen: map[string]string{}}
	e, err := freshOpen(j, p.Engine(t))
	if err != nil {
		return nil, err
	}
	defer e.Close()
	run, err := p.Submit(context.Background(), e, t, n)
	if err != nil {
		return nil, nil
	}
	return freshEnded(run, t)
}

// fresh holds an interpreted run from the beginning against the compiled one.
func (p freshTrial) fresh(input []byte, whole *freshEnd) error {
	t := &freshTools{seed: p.Seed, seen: map[string]string{}}
	registry, err := p.interpreted(t)
	if err != nil {
		return err
	}
	e, err := freshOpen(memory.New(), registry)
	if err != nil {
		return err
	}
	defer e.Close()
	run, err := e.Submit(context.Background(), "Main", input, runtime.ID("x"))
	if err != nil {
		return err
	}
	end, err := freshEnded(run, t)
	if err != nil {
		return err
	}
	return end.like(whole)
}

// plain holds the runs without an engine against each other.
func (p freshTrial) plain(input []byte) error {
	ctx := runtime.WithStub(context.Background(), func(context.Context) ([]byte, error) { return nil, runtime.TimedOut{} })
	run := func(do func(*freshTools) ([]byte, error)) *freshEnd {
		t := &freshTools{seed: p.Seed, seen: map[string]string{}}
		data, err := do(t)
		return newFreshEnd(data, err, t)
	}
	compiled := run(func(t *freshTools) ([]byte, error) { return p.Plain(ctx, t, input) })
	interpreted := run(func(t *freshTools) ([]byte, error) {
		program, err := p.program(t)
		if err != nil {
			return nil, err
		}
		return program.Run(ctx, "Main", input)
	})
	if err := interpreted.like(compiled); err != nil {
		return fmt.Errorf("interpreted and compiled, without an engine: %w", err)
	}
	return nil
}

// freshInput is the input of the execution in a journal.
func freshInput(j journal.Journal) (input []byte, err error) {
	err = j.View(context.Background(), func(tx journal.Tx) error {
		x, err := tx.Execution("x")
		if err == nil {
			input = x.Input
		}
		return err
	})
	return input, err
}

func freshOpen(j journal.Journal, r *runtime.Registry) (*runtime.Engine, error) {
	ctx := runtime.WithHeldLog(context.Background(), func(*runtime.HeldError) {})
	return runtime.Open(runtime.WithClock(ctx, runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))), j, r)
}

// freshResume has an engine go on with a journal; nil where that has no execution yet.
func freshResume(j journal.Journal, t *freshTools, registry func(*freshTools) (*runtime.Registry, error)) (*freshEnd, error) {
	r, err := registry(t)
	if err != nil {
		return nil, err
	}
	e, err := freshOpen(j, r)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	run, err := e.Run(context.Background(), "x")
	if errors.As(err, new(*runtime.UnknownError)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return freshEnded(run, t)
}

// A freshEnd is what came of a run, and what its tools have seen.
type freshEnd struct {
	text string
	seen map[string]string
}

func newFreshEnd(data []byte, err error, t *freshTools) *freshEnd {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := &freshEnd{string(data), t.seen}
	if err != nil {
		e.text = "failed: " + err.Error()
	}
	return e
}

func freshEnded(run freshRun, t *freshTools) (*freshEnd, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		return nil, errors.New("it doesn't end")
	}
	return newFreshEnd(data, err, t), nil
}

// like holds a run against a whole one.
func (e *freshEnd) like(whole *freshEnd) error {
	for step, saw := range e.seen {
		if was, ok := whole.seen[step]; !ok || saw != was {
			return fmt.Errorf("step %s sees\n\t%.2000s\nand before\n\t%.2000s", step, saw, was)
		}
	}
	if e.text != whole.text {
		return fmt.Errorf("it comes to\n\t%.2000s\nand before to\n\t%.2000s", e.text, whole.text)
	}
	return nil
}

// freshTools give values at random, each time the same for a number, and note what they
// see.
type freshTools struct {
	seed uint64
	mu   sync.Mutex
	seen map[string]string // by step
}

// freshSees notes what a step sees.
func (t *freshTools) sees(ctx context.Context, args ...any) {
	step, _ := runtime.StepOf(ctx)
	text := ""
	for _, x := range args {
		text += freshText(reflect.ValueOf(x), 0) + "; "
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen[step.ID] = text
}

// freshMade is the value of a type that has a number.
func freshMade[T any](t *freshTools, n uint64) (v T) {
	freshMaker{rand.New(rand.NewPCG(t.seed, n))}.value(reflect.ValueOf(&v).Elem(), 4)
	return v
}

// freshText shows all of a value, also what pointers lead to, and nil apart from empty.
// Names of types that are a string or a list, say, aren't told: the interpreter has none.
func freshText(v reflect.Value, depth int) string {
	if !v.IsValid() {
		return "nil"
	}
	switch depth++; v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil " + v.Type().String()
		}
		return "&" + freshText(v.Elem(), depth)
	case reflect.Struct:
		if v.CanInterface() {
			if at, ok := v.Interface().(time.Time); ok {
				return fmt.Sprintf("%#v", at)
			}
			if a, ok := v.Interface().(netip.Addr); ok {
				return a.String()
			}
		}
		var fields []string
		for i := range v.NumField() {
			fields = append(fields, v.Type().Field(i).Name+": "+freshText(v.Field(i), depth))
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice, reflect.Array:
		text := fmt.Sprintf("%s(%v)[", v.Kind(), v.Kind() == reflect.Slice && v.IsNil())
		for i := range v.Len() {
			text += freshText(v.Index(i), depth) + ", "
		}
		return text + "]"
	case reflect.Map:
		var keys []string
		for it := v.MapRange(); it.Next(); {
			keys = append(keys, freshText(it.Key(), depth)+": "+freshText(it.Value(), depth))
		}
		slices.Sort(keys)
		return fmt.Sprintf("%s(%v)%q", v.Kind(), v.IsNil(), keys)
	case reflect.Float64, reflect.Float32:
		return fmt.Sprintf("%s(%v)", v.Kind(), v.Float())
	}
	return fmt.Sprintf("%s(%#v)", v.Kind(), v)
}

// A freshMaker makes values at random.
type freshMaker struct{ *rand.Rand }

var (
	freshTexts  = []string{"", "a", "Loud", "ä\u2028\x00\"<", "\xff", "null", "type", "\ufffd\U0010ffff", `{"a": 1}`, "12"}
	freshFloats = []float64{0, math.Copysign(0, -1), 1, 0.1, 1e21, 1e-7, 5e-324, math.MaxFloat64, math.NaN(), math.Inf(1), 1 << 53, 1<<53 + 2}
	freshInts   = []int64{0, 1, -1, math.MinInt64, math.MaxInt64, 1 << 53, 1<<53 + 1, -1<<53 - 1}
	freshTimes  = []time.Time{{}, time.Date(2000, 1, 1, 0, 0, 0, 1, time.FixedZone("x", 7200)), time.Date(2000, 1, 1, 0, 0, 0, 1, time.FixedZone("x", 12345)), time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)}
	freshURLs   = []url.URL{{}, {Scheme: "https", Host: "h", Path: "/a b"}, {Scheme: "https", Host: "h", User: url.UserPassword("ann", "pw")}, {Opaque: "o", ForceQuery: true}}
	// freshAnys are types of what an any holds, beside those of the language.
	freshAnys = []any{
		false, "", 0, int64(0), uint64(0), int8(0), 0.5, float32(0), []any(nil), []any(nil), map[string]any(nil), map[string]any(nil), []byte(nil), [2]int{},
		time.Time{}, time.Hour, url.URL{}, map[int]any(nil), struct {
			A int `json:"a"`
			B any
		}{}, (*string)(nil), []string(nil),
	}
)

func pickFresh[T any](m freshMaker, from []T) T { return from[m.IntN(len(from))] }

// common picks what is usual most of the time: one odd value in a big one spoils it.
func (m freshMaker) common(n int) int {
	if m.IntN(8) > 0 {
		return m.IntN(min(n, 3))
	}
	return m.IntN(n)
}

// value sets v, which is zero, to a value at random.
func (m freshMaker) value(v reflect.Value, depth int) {
	if !v.CanSet() {
		return
	}
	some := depth > 0 && m.IntN(3) > 0
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = freshTimes[m.common(len(freshTimes))]
		return
	case *url.URL:
		*x = freshURLs[m.common(len(freshURLs))]
		return
	case *netip.Addr:
		*x = netip.AddrFrom4([4]byte{10, 0, 0, byte(m.IntN(3))})
		return
	case interface{ UnmarshalText([]byte) error }:
		_ = x.UnmarshalText([]byte(freshTexts[m.common(len(freshTexts))]))
		return
	case interface{ UnmarshalJSON([]byte) error }:
		_ = x.UnmarshalJSON([]byte(pickFresh(m, []string{`"Loud"`, `"a"`, `{"b": 1, "a": 1.50}`, `null`})))
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if some {
			made := reflect.New(reflect.TypeOf(pickFresh(m, freshAnys))).Elem()
			m.value(made, depth-1)
			v.Set(made)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.value(v.Field(i), depth-1)
		}
	case reflect.Array:
		for i := range v.Len() {
			m.value(v.Index(i), depth-1)
		}
	case reflect.Pointer:
		if some {
			v.Set(reflect.New(v.Type().Elem()))
			m.value(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if some || m.IntN(2) == 0 {
			v.Set(reflect.MakeSlice(v.Type(), m.IntN(3), 5))
		}
		for i := range v.Len() {
			m.value(v.Index(i), depth-1)
		}
	case reflect.Map:
		m.entries(v, some, depth-1)
	case reflect.String:
		v.SetString(freshTexts[m.common(len(freshTexts))])
	case reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(freshFloats[m.common(len(freshFloats))])
	default:
		if v.CanInt() {
			v.SetInt(pickFresh(m, freshInts) >> (64 - v.Type().Bits()))
		} else if v.CanUint() {
			v.SetUint(uint64(pickFresh(m, freshInts)))
		}
	}
}

func (m freshMaker) entries(v reflect.Value, some bool, depth int) {
	if !some && m.IntN(2) == 0 {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range m.IntN(3) {
		key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		m.value(key, 1)
		m.value(elem, depth)
		v.SetMapIndex(key, elem)
	}
}
