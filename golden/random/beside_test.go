package random

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestUndoneAsWritten runs programs of which each step owes an undo, many of them side by
// side and in sub-workflows, until the end, where they fail: in memory, durably, and from
// each point at which the journal can be cut. Undos take back what was done from the last
// line to the first, and from the last round to the first, whichever step was done first.
func TestUndoneAsWritten(t *testing.T) {
	n := *seed
	for until := time.Now().Add(*budget); n < *seed+uint64(max(40, *programs)) || time.Now().Before(until); n++ {
		w := &owingWriter{r: rand.New(rand.NewPCG(n, 3))}
		source, want := w.program()
		p, err := read(fmt.Sprintf("owing program %d", n), source)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		p.slow = 1 + w.r.IntN(1000)
		if err := undoneAsWritten(p, want); err != nil {
			t.Fatalf("%s: %v\n%s", p.name, err, source[len(head):])
		}
	}
	t.Logf("%d programs from number %d on", n-*seed, *seed)
}

func undoneAsWritten(p *program, want []string) error {
	tools := &tools{slow: p.slow}
	run, err := p.interpreter(tools, inputs[0])
	if err != nil {
		return err
	}
	if got := taken(tools.run(false, run).Log); !slices.Equal(got, want) {
		return fmt.Errorf("undone: %v\nwritten: %v", got, want)
	}
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	whole, err := resumed(p, j, inputs[0].json())
	if err != nil {
		return err
	}
	if got := taken(whole.Log); !slices.Equal(got, want) {
		return fmt.Errorf("undone, durably: %v\nwritten: %v", got, want)
	}
	for n, state := range states {
		records, err := recordsOf(state)
		if err != nil {
			return err
		}
		if pending(records) {
			continue
		}
		again, err := resumed(p, state, nil)
		if err != nil || again == nil {
			return err
		}
		before := 0
		for _, r := range records {
			if r.Kind == journal.Undone {
				before++
			}
		}
		if got := taken(again.Log); !slices.Equal(got, want[before:]) {
			return fmt.Errorf("undone, from state %d: %v\nwritten: %v\n%s", n, got, want[before:], shown(records))
		}
	}
	return nil
}

// TestOwedIsUndone runs programs as TestUndoneAsWritten does in which calls fail beside
// others that are under way, from each point at which the journal can be cut: what is owed
// there is undone in the end, once.
func TestOwedIsUndone(t *testing.T) {
	n, cuts := *seed, 0
	for until := time.Now().Add(*budget); n < *seed+uint64(max(15, *programs)) || time.Now().Before(until); n++ {
		w := &owingWriter{r: rand.New(rand.NewPCG(n, 4)), fails: true}
		source, _ := w.program()
		p, err := read(fmt.Sprintf("failing program %d", n), source)
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		p.slow = 1 + w.r.IntN(1000)
		j := memory.New()
		var states []*memory.Journal
		j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
		if _, err := resumed(p, j, inputs[0].json()); err != nil {
			t.Fatal(err)
		}
		for i, state := range states {
			if err := owedIsUndone(p, state); err != nil {
				t.Fatalf("%s, from state %d: %v\n%s", p.name, i, err, source[len(head):])
			}
		}
		cuts += len(states)
	}
	t.Logf("%d programs from number %d on, cut %d times", n-*seed, *seed, cuts)
}

// owedIsUndone goes on with what a journal has, and looks at what it has then of each undo
// that was owed before.
func owedIsUndone(p *program, state *memory.Journal) error {
	before, err := recordsOf(state)
	if err != nil || len(before) > 0 && before[len(before)-1].Kind == journal.Ended {
		return err
	}
	if again, err := resumed(p, state, nil); err != nil || again == nil {
		return err
	}
	after, err := recordsOf(state)
	if err != nil {
		return err
	}
	undone, dropped := map[string]int{}, map[string]bool{}
	for _, r := range after {
		if r.Kind == journal.Undone {
			undone[r.Step]++
		}
	}
	for _, r := range before {
		dropped[r.Step] = dropped[r.Step] || r.Kind == journal.Returned
	}
	for _, r := range before {
		if r.Kind == journal.Owed && !dropped[r.Step] && undone[r.Step] != 1 {
			return fmt.Errorf("%s is owed and undone %d times\n%s\nbefore:\n%s", r.Step, undone[r.Step], shown(after), shown(before))
		}
	}
	return nil
}

// taken are the calls that take back.
func taken(log []string) []string {
	return slices.DeleteFunc(slices.Clone(log), func(s string) bool { return s[0] != 'Y' })
}

// An owingWriter writes programs of which each step succeeds and owes an undo. What a step
// is called with tells which step it is, and in which rounds.
type owingWriter struct {
	r     *rand.Rand
	fails bool // some steps fail, and no undo stands for those of a sub-workflow
	steps int
	loops int
	subs  []string
}

// A part is some lines, and the undos of what they do, in the order as written, given what
// the rounds around them add to an argument.
type part struct {
	text  string
	undos func(around int) []string
}

// program gives a source and, where no step fails, the undos in the order in which they are
// to run.
func (w *owingWriter) program() (source string, undos []string) {
	body := w.several(3, "n * 0")
	if w.r.IntN(3) == 0 { // nothing of Main's own is side by side
		body = joined([]part{w.step("n * 0"), w.sub(3, "n * 0"), w.sub(2, "n * 0")})
	}
	source = head + "\nworkflow Main(n int, xs []int, flag bool) int {\n" + body.text + "fail \"end\"\n}\n" + strings.Join(w.subs, "")
	if !w.fails {
		undos = body.undos(0)
		slices.Reverse(undos)
	}
	return source, undos
}

// several are parts one below the other.
func (w *owingWriter) several(depth int, around string) part {
	var parts []part
	for range 2 + w.r.IntN(2) {
		parts = append(parts, w.part(depth, around))
	}
	return joined(parts)
}

func joined(parts []part) part {
	all := part{undos: func(around int) (list []string) {
		for _, p := range parts {
			list = append(list, p.undos(around)...)
		}
		return list
	}}
	for _, p := range parts {
		all.text += p.text
	}
	return all
}

func (w *owingWriter) part(depth int, around string) part {
	if depth == 0 {
		return w.step(around)
	}
	switch w.r.IntN(8) {
	case 0, 1:
		return w.wrapped("parallel {\n", w.several(depth-1, around), "}\n")
	case 2, 3:
		return w.rounds(depth, around, []string{"", " parallel", " parallel", " parallel 2"}[w.r.IntN(4)])
	case 4:
		return w.wrapped("if "+around+" >= 0 {\n", w.several(depth-1, around), "}\n")
	case 5:
		return w.wrapped("try {\n", w.several(depth-1, around), "} else {}\n")
	case 6:
		return w.sub(depth, around)
	}
	return w.step(around)
}

func (w *owingWriter) wrapped(open string, p part, end string) part {
	return part{open + p.text + end, p.undos}
}

// step is a call that owes an undo.
func (w *owingWriter) step(around string) part {
	if w.steps++; w.steps%4 == 0 { // V fails for it; the rounds around it add multiples of four
		w.steps++
	}
	if w.fails && w.r.IntN(6) == 0 {
		return part{fmt.Sprintf("V(%s + %d)\n", around, 4*w.steps), nil}
	}
	n, early := w.steps, []string{"", "early "}[w.r.IntN(4)/3]
	arg := fmt.Sprintf("%s + %d", around, n)
	tool := []string{"W", "X", "V", "V"}[w.r.IntN(4)]
	return part{
		fmt.Sprintf("%s(%s) undo %sY(%s)\n", tool, arg, early, arg),
		func(around int) []string { return []string{fmt.Sprintf("Y %d", around+n)} },
	}
}

// rounds is a loop. What its rounds add to an argument is more than what is in it does.
func (w *owingWriter) rounds(depth int, around, how string) part {
	w.loops++
	name, unit := fmt.Sprintf("x%d", w.loops), 1000
	for range depth {
		unit *= 10
	}
	body := w.several(depth-1, around+" + "+name)
	n := 2 + w.r.IntN(2)
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint((i+1)*unit))
	}
	return part{
		fmt.Sprintf("for %s in [%s]%s {\n%s}\n", name, strings.Join(list, ", "), how, body.text),
		func(around int) (all []string) {
			for i := range n {
				all = append(all, body.undos(around+(i+1)*unit)...)
			}
			return all
		},
	}
}

// sub is a call of a sub-workflow, which may have an undo that stands for all in it.
func (w *owingWriter) sub(depth int, around string) part {
	body := w.several(depth-1, "a")
	name := fmt.Sprintf("Owing%d", len(w.subs)+1)
	w.subs = append(w.subs, fmt.Sprintf("\nworkflow %s(a int) {\n%s}\n", name, body.text))
	if w.fails || w.r.IntN(3) > 0 {
		return part{fmt.Sprintf("%s(%s)\n", name, around), body.undos}
	}
	own := w.step(around)
	_, undo, _ := strings.Cut(own.text, " undo ")
	return part{fmt.Sprintf("%s(%s) undo %s", name, around, strings.TrimPrefix(undo, "early ")), own.undos}
}
