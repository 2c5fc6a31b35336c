package mock

import (
	"context"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime"
)

// answer gives what a call of the tool gives, and its path in the mocks; ok is
// false where they say nothing of it.
func (t *Tools) answer(ctx context.Context, tool string) (a *answer, path string, ok bool) {
	step, _ := runtime.StepOf(ctx)
	name, s := t.find(step.ID, tool)
	if s == nil {
		return &answer{}, tool, false
	}
	if !s.list {
		return &s.answers[0], name, true
	}
	i := -1
	if name != runtime.WithoutAttempts(step.ID) || !strings.Contains(name, "[") {
		i = t.round(step.ID)
	}
	if i < 0 {
		t.mu.Lock()
		i = s.next
		s.next++
		t.mu.Unlock()
	}
	i = min(i, len(s.answers)-1)
	return &s.answers[i], name + "[" + strconv.Itoa(i) + "]", true
}

// find gives the script of a call: a step's id comes before the tool's name, an
// id with its indexes before one without.
func (t *Tools) find(id, tool string) (string, *script) {
	general, _ := SplitID(id)
	for _, name := range []string{runtime.WithoutAttempts(id), general, tool} {
		if s := t.scripts[name]; s != nil {
			return name, s
		}
	}
	return tool, nil
}

// round is the index of the round that a step belongs to, of those that run side
// by side; -1 where none does, or the rounds are those of a map.
func (t *Tools) round(id string) int {
	general, indexes := SplitID(id)
	return Round(indexes, t.steps[general].Loop)
}

// Round is the index of the round that a step belongs to: that of the loop with
// this number, from 1, among those around it. indexes are those of its id. It is -1
// where there is no such loop, or its rounds are those of a map.
func Round(indexes []string, loop int) int {
	if loop == 0 || loop > len(indexes) {
		return -1
	}
	i, err := strconv.Atoi(indexes[loop-1])
	if err != nil {
		return -1
	}
	return i
}

// SplitID takes the indexes and keys of rounds out of a step's id, and drops the numbers of
// attempts at sub-workflows: a[3].b["x"]@2.C is a[].b[].C with 3 and "x".
func SplitID(id string) (general string, indexes []string) {
	var b strings.Builder
	id = runtime.WithoutAttempts(id)
	for {
		before, rest, found := strings.Cut(id, "[")
		b.WriteString(before)
		if !found {
			return b.String(), indexes
		}
		key, err := strconv.QuotedPrefix(rest)
		if err != nil {
			key, _, _ = strings.Cut(rest, "]")
		}
		indexes = append(indexes, key)
		b.WriteString("[]")
		id = strings.TrimPrefix(rest[len(key):], "]")
	}
}
