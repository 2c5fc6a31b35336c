package random

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/golden/archive"
)

// hostileTogether is how many hostile workflows are built at a time.
const hostileTogether = 40

// TestHostile runs workflows whose expressions make as much as they can of what they are
// given: strings and lists that grow from each to the next, patterns that take long. Each
// of them, compiled and interpreted, comes to the same result or the same failure, within
// the memory that a few values at the limit take; and one that is cancelled ends soon.
func TestHostile(t *testing.T) {
	end := time.Now().Add(max(*budget, 3*time.Second))
	for n := *seed; ; n++ {
		if runHostile(t, n, time.Until(end)); t.Failed() || time.Now().After(end) {
			return
		}
	}
}

// runHostile builds some hostile workflows, and runs as many as there is time for.
func runHostile(t *testing.T, seed uint64, budget time.Duration) {
	source := hostileSource(seed)
	p, err := read(fmt.Sprintf("hostile %d", seed), source)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	dir := t.TempDir()
	root := module(t, dir)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	archive.Write(t, filepath.Join(dir, "go.sum"), string(sums))
	archive.Write(t, filepath.Join(dir, "p.wf"), source)
	files, err := codegen.Generate(p.plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		archive.Write(t, filepath.Join(dir, "p", f.Name), string(f.Content))
	}
	var list strings.Builder
	for i := range hostileTogether {
		fmt.Fprintf(&list, "p.W%d, ", i)
	}
	archive.Write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(hostileMain, max(budget, time.Second), strings.TrimSuffix(list.String(), ", ")))
	out, err := runModule(dir, nil)
	if err != nil {
		t.Fatalf("hostile %d: %v\n%s", seed, err, source)
	}
	var found struct {
		Ran, Failed, Cancelled int
		Faults                 []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("hostile %d: %d runs, of which %d fail and %d are cancelled", seed, found.Ran, found.Failed, found.Cancelled)
	if found.Ran == 0 || found.Ran > 50 && found.Failed == 0 {
		t.Error("nothing was tried, or nothing reached a limit")
	}
	for _, f := range found.Faults {
		t.Errorf("%s\n%s", f, source)
	}
}

// hostileSource is a package of hostile workflows.
func hostileSource(seed uint64) string {
	h := &hostile{Rand: rand.New(rand.NewPCG(seed, 12))}
	var b strings.Builder
	b.WriteString("package p\n\n")
	for i := range hostileTogether {
		fmt.Fprintf(&b, "workflow W%d(s string, xs []string, n int) string {\n", i)
		h.bound = nil
		for j := range 2 + h.IntN(5) {
			name := fmt.Sprint("v", j)
			kind := kinds[h.IntN(len(kinds))]
			fmt.Fprintf(&b, "\t%s := %s\n", name, h.expr(kind, 3))
			h.bound = append(h.bound, variable{name, kind})
		}
		b.WriteString("\treturn \"")
		for _, v := range h.bound {
			b.WriteString("${" + v.kind.digest(v.name) + "} ")
		}
		b.WriteString("\"\n}\n\n")
	}
	return b.String()
}

// A hostile writes expressions.
type hostile struct {
	*rand.Rand
	bound []variable
	names int
}

type variable struct {
	name string
	kind kind
}

// A kind is what an expression gives: a string, a list of them, a list of numbers, or a
// number.
type kind string

var kinds = []kind{"s", "s", "xs", "xs", "ns", "n"}

// forms are the expressions of each kind; a word of a kind's name in capitals stands for
// one of that kind, and @ for a name that nothing else has.
var forms = map[kind][]string{
	"s": {
		"S + S", `"${S}-${S}${N}"`, "replace(S, S, S)", `replace(S, "", S)`, `join(XS, S)`, "upper(S)", "lower(S)", "json(XS)", "json(S)", "json(NS)",
		"string(N)", "trim(S)", `(XS[N % 3])`, "S[1:]", `(if matches(S, S) { S } else { S })`, `(if matches(S, "(a|a)*(b?){1,50}$") { "y" } else { S })`,
		`(if contains(S, S) { S } else { S })`, "decode(string, json(S))", "base64(S)", "unbase64(base64(S))", "sha256(S)", "join(flatten([XS, XS]), S)", "(for @ in XS { @ })[0]", `format(decode(time, "\"2026-01-02T03:04:05Z\""), S)`,
	},
	"xs": {
		"XS + XS", "split(S, S)", `split(S, "")`, "append(XS, S)", "append(XS, S, S)", "reverse(XS)", "sort(XS)", "unique(XS)", "(for @ in XS { @ + S })",
		"(for @ in NS { S })", "(for @ in XS { replace(@, S, S) })", "sort(@ in XS by len(@))", "decode([]string, json(XS))", "(for @ in XS { join(XS, @) })",
		"(for @ in XS where matches(@, S) { @ })", "flatten([XS, XS])", "flatten(chunk(XS, N))", "flatten(values(group(@ in XS by @)))", "keys(group(@ in XS by @ + S))",
		"(for @ in XS where glob(@, S) { @ })", "(for @ in chunk(XS, N) { join(@, S) })",
	},
	"ns": {"range(N)", "flatten(for @ in NS { range(@) })", "flatten(chunk(NS, N))", "flatten(for @ in XS { NS })", "NS + NS", "append(NS, N)", "(for @ in XS { len(@) })", "(for @ in NS { @ * N })", "sort(NS)", "unique(NS)", "(for @ in NS where @ % 2 == 0 { @ })"},
	"n":  {"len(S)", "len(XS)", "len(NS)", "N * N", "N + N", "sum(NS)", "max(NS)", "(N / n)", "(N % 1000)", "abs(N)"},
}

var leaves = map[kind][]string{
	"s": {"s", "s", `"a"`, `"ab"`, `"é, "`, `""`}, "xs": {"xs", "[s, s]"}, "ns": {"range(n)", "[n]"}, "n": {"n", "(n + 3)", "len(xs)"},
}

// expr is an expression of a kind.
func (h *hostile) expr(k kind, depth int) string {
	for range 3 { // one that is bound is what grows
		if len(h.bound) > 0 {
			if v := h.bound[h.IntN(len(h.bound))]; v.kind == k && h.IntN(2) == 0 {
				return v.name
			}
		}
	}
	if depth == 0 {
		return leaves[k][h.IntN(len(leaves[k]))]
	}
	h.names++
	form := strings.ReplaceAll(forms[k][h.IntN(len(forms[k]))], "@", fmt.Sprint("x", h.names))
	var b strings.Builder
	for form != "" {
		i := strings.IndexAny(form, "SXN")
		if i < 0 {
			break
		}
		b.WriteString(form[:i])
		word := form[i : i+1]
		if strings.HasPrefix(form[i+1:], "S") {
			word += "S"
		}
		form = form[i+len(word):]
		b.WriteString(h.expr(kind(strings.ToLower(word)), depth-1))
	}
	return b.String() + form
}

// digest is what the result has of a value.
func (k kind) digest(name string) string {
	switch k {
	case "s":
		return fmt.Sprintf("len(%s)}:${if len(%s) > 0 { int(%s[len(%s) / 2]) } else { 0 }", name, name, name, name)
	case "xs":
		return fmt.Sprintf("len(%s)}:${if len(%s) > 0 { len(%s[len(%s) / 2]) } else { 0 }", name, name, name, name)
	case "ns":
		return fmt.Sprintf("len(%s)}:${sum(%s)", name, name)
	}
	return name
}

// hostileMain runs each workflow with each input, compiled and interpreted.
const hostileMain = `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"

	"random/p"
)

const (
	budget     = time.Duration(%d)
	patience   = time.Second      // until a run is cancelled
	grace      = 30 * time.Second // for it to end then, on a busy machine
	mostMemory = 3 << 30          // a run's values are at most seven, and what one expression is made of
)

type input struct {
	S  string   ` + "`json:\"s\"`" + `
	Xs []string ` + "`json:\"xs\"`" + `
	N  int      ` + "`json:\"n\"`" + `
}

var inputs = []input{ // the worst first: there may be no time for the others
	{strings.Repeat("é\x00", 200_000), []string{strings.Repeat("a", 1 << 20)}, 1_000_000},
	{strings.Repeat("ab", 3000), strings.Split(strings.Repeat("xyz ", 700), " "), 5000},
	{"", []string{}, 0},
	{"ab", []string{"a", "é", "b"}, 3},
}

var compiled = []func(context.Context, string, []string, int) (string, error){%s}

func main() {
	text, err := os.ReadFile("p.wf")
	if err != nil {
		panic(err)
	}
	file, _ := parser.Parse("p.wf", text)
	checked, _ := checker.Check([]*dsl.File{file}, "")
	program, err := interp.New(plan.Make(checked), nil)
	if err != nil {
		panic(err)
	}
	var found struct {
		Ran, Failed, Cancelled int
		Faults                 []string
	}
	end := time.Now().Add(budget)
	for at := range len(compiled) * len(inputs) {
		if time.Now().After(end) {
			break
		}
		i, in := at%%len(compiled), inputs[at/len(compiled)]
		name := fmt.Sprintf("W%%d with input %%d", i, at/len(compiled))
		data, _ := json.Marshal(in)
		one := watched(name+", compiled", func(ctx context.Context) (string, error) { return compiled[i](ctx, in.S, in.Xs, in.N) })
		two := watched(name+", interpreted", func(ctx context.Context) (s string, err error) {
			out, err := program.Run(ctx, fmt.Sprintf("W%%d", i), data)
			if err == nil {
				err = json.Unmarshal(out, &s)
			}
			return s, err
		})
		found.Ran++
		switch {
		case strings.Contains(one+two, context.Canceled.Error()):
			found.Cancelled++
		case one != two:
			found.Faults = append(found.Faults, fmt.Sprintf("%%s: compiled %%.300q, interpreted %%.300q", name, one, two))
		case strings.HasPrefix(one, "failed: "):
			found.Failed++
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}

// watched is what a run comes to. One that takes too much or too long ends the process.
func watched(name string, run func(context.Context) (string, error)) (outcome string) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, context.Canceled)
	defer cancel()
	done, began := make(chan struct{}), time.Now()
	go func() {
		defer close(done)
		v, err := run(ctx)
		outcome = "gives " + v
		if err != nil {
			outcome = "failed: " + err.Error()
			if ctx.Err() != nil && !strings.Contains(outcome, "bytes") {
				outcome = context.Canceled.Error()
			}
		}
	}()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	memory := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		select {
		case <-done:
			return outcome
		case <-look.C:
		}
		metrics.Read(memory)
		if n := memory[0].Value.Uint64(); n > mostMemory || time.Since(began) > patience+grace {
			fmt.Fprintf(os.Stderr, "%%s takes %%d MB and %%s\n", name, n>>20, time.Since(began).Round(time.Millisecond))
			os.Exit(3)
		}
	}
}
`
