package mock

import (
	"context"
	"strconv"

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
	i := t.round(name, step.ID)
	if i < 0 {
		t.mu.Lock()
		i = s.next
		s.next++
		t.mu.Unlock()
	}
	i = min(i, len(s.answers)-1)
	return &s.answers[i], name + "[" + strconv.Itoa(i) + "]", true
}

// find gives the script of a call: a step's id comes before the tool's name, and of
// several ids the one that tells most of the step's rounds.
func (t *Tools) find(id, tool string) (best string, s *script) {
	best, most := tool, -1
	for name := range t.scripts {
		n := stepid.Precision(name, id)
		if n > most || n == most && n >= 0 && name < best {
			best, most = name, n
		}
	}
	return best, t.scripts[best]
}

// round is the index of the round that a step belongs to, of those that run side
// by side; -1 where none does, the rounds are those of a map, or the mock's name
// says which one it is for.
func (t *Tools) round(name, id string) int {
	general, indexes := stepid.Planned(id)
	loop := t.steps[general].Loop
	if stepid.Tells(name, loop) {
		return -1
	}
	return Round(indexes, loop)
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
