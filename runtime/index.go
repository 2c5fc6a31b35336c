package runtime

import (
	"iter"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An index tells which records of sub-workflows needn't be looked at.
type index struct {
	done  map[string]bool // what begins the steps of a sub-workflow that is done
	owing map[string]bool // those of them that owe undos
	owed  map[string]bool // the undos
	// past are attempts after which another one succeeded: what begins their steps.
	past map[string]bool
	// ended are those of which the end is recorded, whatever it is.
	ended map[string]bool
}

func indexRecords(records []journal.Record) index {
	x := index{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	entered := map[string]bool{}
	for _, r := range records {
		switch path := attemptPath(r.Step, r.Attempt); {
		case r.Kind == journal.Entered:
			entered[path] = true
			delete(x.done, path) // it is made anew
			delete(x.past, path)
			delete(x.ended, path)
		case (r.Kind == journal.Done || r.Kind == journal.Undone) && entered[path]:
			x.done[path] = true
			for n := range r.Attempt - 1 {
				x.past[attemptPath(r.Step, n+1)] = true
			}
			x.ended[path] = true
		case r.Kind == journal.Failed && entered[path]:
			x.ended[path] = true
		case r.Kind == journal.Owed:
			x.owed[r.Step] = true
		}
	}
	for undo := range x.owed {
		for around := range parts(undo) {
			if x.done[around] && !x.undoes(undo, around) {
				x.owing[around] = true
			}
		}
	}
	return x
}

// undoes tells whether a step is the undo that the call of a sub-workflow has, or within
// that.
func (x *index) undoes(step, call string) bool {
	undo := call + ".undo"
	rest, ok := strings.CutPrefix(step, undo)
	return ok && x.owed[undo] && (rest == "" || rest[0] == '.' || rest[0] == '@')
}

// skips tells whether a step is within a sub-workflow, or an attempt at one, of which the
// end is all that counts.
func (x *index) skips(step string) bool {
	for around := range parts(step) {
		if (x.past[around] || x.done[around] && !x.owing[around]) && !x.undoes(step, around) {
			return true
		}
	}
	return false
}

// attemptPath is what, with a dot, begins the steps of a sub-workflow: the id of the
// step that calls it, and from the second attempt on the generation.
func attemptPath(step string, attempt int) string {
	if attempt < 2 {
		return step
	}
	return step + "@" + strconv.Itoa(attempt)
}

// WithoutAttempts is a step's id without the numbers of the attempts at the sub-workflows
// around it: inv.reserve for inv@2.reserve.
func WithoutAttempts(step string) string {
	if !strings.Contains(step, "@") {
		return step
	}
	var b strings.Builder
	quoted, attempt := false, false // in the key of a round, in a number
	for i := range len(step) {
		switch c := step[i]; {
		case c == '"' && !(quoted && escaped(step[:i])):
			quoted = !quoted
		case c == '@' && !quoted && i > 0:
			attempt = true
		case c == '.':
			attempt = false
		}
		if !attempt {
			b.WriteByte(step[i])
		}
	}
	return b.String()
}

// escaped tells whether what follows in a quoted string is escaped.
func escaped(before string) bool {
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 != 0
}

// generationPrefix begins the ids of the steps of an execution that was retried.
func generationPrefix(generation int) string {
	if generation < 2 {
		return ""
	}
	return "@" + strconv.Itoa(generation) + "."
}

// ungenerated is a step's id without the generation of its execution.
func ungenerated(step string) string {
	if rest, ok := strings.CutPrefix(step, "@"); ok {
		if _, id, ok := strings.Cut(rest, "."); ok {
			return id
		}
	}
	return step
}

// parts are what encloses a step by its id, from the outside in: each is a step that
// may be of a sub-workflow, or one of its generations.
func parts(step string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(step) {
			if step[i] == '.' && !yield(step[:i]) {
				return
			}
		}
	}
}

// within tells whether a step is another one or, with its rounds and attempts, inside of it.
func within(step, around string) bool {
	rest, ok := strings.CutPrefix(step, around)
	return ok && (rest == "" || strings.IndexByte(".[@", rest[0]) >= 0)
}

// withoutAttempt is the id of a step that attemptPath was given.
func withoutAttempt(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		switch path[i] {
		case '@':
			return path[:i]
		case '.', '"', '[':
			return path
		}
	}
	return path
}
