// Package stepid builds and reads the ids of steps. An id says where a step stands in a
// running workflow, from the outside in: parcels[3].Ship is Ship in the fourth round of
// parcels, and votes["ann"].Ask is in the round of a map's key. A step of a sub-workflow
// stands below the step that calls it, from the second attempt at that on with the number
// of the attempt: hotel@2.Book. What undoes a step is hotel.undo. Where an execution was
// retried, all its ids begin with the number of its generation: @2.hotel. A name that
// isn't one of the source begins with @: what an engine keeps beside the steps.
//
// Ids are stored in journals, are made into idempotency keys, and stand in users' tests, so
// that nothing here may come to mean something else. Keys of rounds, and texts that are arms of a
// match, are Go-quoted and may hold anything, dots and brackets too. docs/language.md has which construct gives which
// id.
package stepid

import (
	"iter"
	"strconv"
	"strings"
)

// Rounds is what stands for an index or key in the general id of a loop's steps:
// parcels[].Ship.
const Rounds = "[]"

const undo = ".undo"

// In is the id of a step below another; the step's own where that is empty.
func In(outer, id string) string {
	if outer == "" {
		return id
	}
	return outer + "." + id
}

// Undo is the id of what undoes a step.
func Undo(step string) string { return step + undo }

// CutUndo gives the step that is undone by the one with this id, or the id and false where
// it isn't of an undo.
func CutUndo(id string) (step string, is bool) { return strings.CutSuffix(id, undo) }

// Undone is CutUndo for who needn't be told which it was.
func Undone(id string) string { return strings.TrimSuffix(id, undo) }

// Attempt is what, with a dot, begins the ids of a sub-workflow's steps: the id of the step
// that calls it, from the second attempt on with the attempt's number.
func Attempt(step string, n int) string {
	if n < 2 {
		return step
	}
	return step + "@" + strconv.Itoa(n)
}

// WithoutAttempt is the step of what Attempt gave.
func WithoutAttempt(id string) string {
	for i := len(id) - 1; i > 0; i-- {
		switch id[i] {
		case '@':
			return id[:i]
		case '.', '"', '[':
			return id
		}
	}
	return id
}

// WithoutAttempts is an id without the numbers of the attempts at the sub-workflows around
// the step: inv.reserve for inv@2.reserve.
func WithoutAttempts(id string) string {
	if !strings.Contains(id, "@") {
		return id
	}
	var b strings.Builder
	attempt := false
	for i, quoted := range bytes(id) {
		switch c := id[i]; {
		case c == '@' && !quoted && i > 0:
			attempt = true
		case c == '.':
			attempt = false
		}
		if !attempt {
			b.WriteByte(id[i])
		}
	}
	return b.String()
}

// Generation begins the ids of the steps of an execution that was retried; it is empty for
// the first generation.
func Generation(n int) string {
	if n < 2 {
		return ""
	}
	return "@" + strconv.Itoa(n) + "."
}

// WithoutGeneration is an id without what Generation has put before it.
func WithoutGeneration(id string) string {
	if rest, ok := strings.CutPrefix(id, "@"); ok {
		if _, id, ok := strings.Cut(rest, "."); ok {
			return id
		}
	}
	return id
}

// Around are the ids of what encloses a step, from the outside in: steps that may be of
// sub-workflows, attempts at them, and rounds.
func Around(id string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, quoted := range bytes(id) {
			if id[i] == '.' && !quoted && !yield(id[:i]) {
				return
			}
		}
	}
}

// Within tells whether a step is another one or, with its rounds and attempts, inside of it.
func Within(id, outer string) bool {
	rest, ok := strings.CutPrefix(id, outer)
	return ok && (rest == "" || strings.IndexByte(".[@", rest[0]) >= 0)
}

// Split gives the parts of an id: those that enclose the step from the outside in, and at
// last its own. A round belongs to its loop: parcels[0].Ship has two parts.
func Split(id string) []string {
	var parts []string
	start := 0
	for around := range Around(id) {
		parts = append(parts, around[start:])
		start = len(around) + 1
	}
	return append(parts, id[start:])
}

// IsInternal tells that an id is of something that isn't a step of the source: its last
// part begins with @, or there is none.
func IsInternal(id string) bool {
	parts := Split(id)
	return id == "" || strings.HasPrefix(parts[len(parts)-1], "@")
}

// Round is what, with a dot, begins the ids of the steps in a round of a loop; key is its
// index, or its key as ids have it.
func Round(loop, key string) string { return loop + "[" + key + "]" }

// CutRound takes what Round gave apart, for a round that has an index.
func CutRound(id string) (loop string, i int, ok bool) {
	rest, ok := strings.CutSuffix(id, "]")
	at := strings.LastIndexByte(rest, '[')
	if !ok || at < 0 {
		return "", 0, false
	}
	i, err := strconv.Atoi(rest[at+1:])
	return rest[:at], i, err == nil
}

// Asked takes the id of an agent's request to a model apart, AGENT.turn[i].ask[k].MODEL: the
// step that calls the agent, empty where the execution is of it, and the turn.
func Asked(id string) (agent string, turn int, ok bool) {
	parts := Split(id)
	n := len(parts) - 3
	if n < 0 {
		return "", 0, false
	}
	turn, _, ok = ofTurn(parts[n], parts[n+1], "ask")
	return strings.Join(parts[:n], "."), turn, ok
}

// Called takes the id of a step apart that is of a call which a model has asked for,
// AGENT.turn[i].call[k].STEP, of the innermost agent.
func Called(id string) (agent string, turn, call int, step string, ok bool) {
	parts := Split(id)
	for i := len(parts) - 2; i > 0; i-- {
		if turn, call, ok := ofTurn(parts[i-1], parts[i], "call"); ok {
			return strings.Join(parts[:i-1], "."), turn, call, strings.Join(parts[i+1:], "."), true
		}
	}
	return "", 0, 0, "", false
}

// ofTurn reads turn[i] and what[k], which stands in it.
func ofTurn(turn, in, what string) (i, k int, ok bool) {
	loop, i, isTurn := CutRound(turn)
	inner, k, isIn := CutRound(in)
	return i, k, isTurn && isIn && loop == "turn" && inner == what
}

// Planned is the id that a step has in the plan, with the indexes and keys of the rounds that
// it is in: for a[3].b["x"]@2.C it is a[].b[].C with 3 and "x".
func Planned(id string) (planned string, keys []string) { return General(WithoutAttempts(id)) }

// General takes the indexes and keys of rounds out of an id.
func General(id string) (general string, keys []string) {
	var b strings.Builder
	end := 0 // of what is written
	for i, quoted := range bytes(id) {
		if id[i] != '[' || quoted || i < end {
			continue
		}
		key, err := strconv.QuotedPrefix(id[i+1:])
		if err != nil {
			key, _, _ = strings.Cut(id[i+1:], "]")
		}
		keys = append(keys, key)
		b.WriteString(id[end:i] + Rounds)
		end = len(id) - len(strings.TrimPrefix(id[i+1+len(key):], "]"))
	}
	b.WriteString(id[end:])
	return b.String(), keys
}

// Means tells whether a name means a step, or one that it is inside of. In a name an index or
// key means that round, [] any: xs[0].ys[].Get is Get in all rounds of ys in the first of xs.
func Means(name, id string) bool {
	of, told := General(name)
	general, keys := Planned(id)
	_, fits := precision(told, keys)
	return fits && Within(general, of)
}

// Precision is how many of the rounds that a step is in a name tells that means this very
// step, as Means has it; -1 where it doesn't.
func Precision(name, id string) int {
	of, told := General(name)
	general, keys := Planned(id)
	n, fits := precision(told, keys)
	if !fits || of != general {
		return -1
	}
	return n
}

// precision counts the rounds that are told; fits tells that they are these.
func precision(told, keys []string) (n int, fits bool) {
	for i, key := range told {
		switch {
		case key == "":
		case i >= len(keys) || key != keys[i]:
			return 0, false
		default:
			n++
		}
	}
	return n, true
}

// Tells tells whether a name says which round of a loop it means, of those around the step
// counted from 1.
func Tells(name string, loop int) bool {
	_, told := General(name)
	return loop > 0 && loop <= len(told) && told[loop-1] != ""
}

// bytes gives the places of an id's bytes, and whether each stands in quotes.
func bytes(id string) iter.Seq2[int, bool] {
	return func(yield func(int, bool) bool) {
		quoted, escaped := false, false
		for i := range len(id) {
			quote := id[i] == '"' && !escaped
			if !yield(i, quoted && !quote) {
				return
			}
			if quote {
				quoted = !quoted
			}
			escaped = quoted && id[i] == '\\' && !escaped
		}
	}
}
