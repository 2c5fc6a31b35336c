package mock

import (
	"context"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
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
	if name != stepid.WithoutAttempts(step.ID) || !strings.Contains(name, "[") {
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
	general, _ := stepid.Planned(id)
	for _, name := range []string{stepid.WithoutAttempts(id), general, tool} {
		if s := t.scripts[name]; s != nil {
			return name, s
		}
	}
	return tool, nil
}

// round is the index of the round that a step belongs to, of those that run side
// by side; -1 where none does, or the rounds are those of a map.
func (t *Tools) round(id string) int {
	general, indexes := stepid.Planned(id)
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
