package runtime

import (
	"context"
	"crypto/sha3"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime/stepid"
)

// A scope is a context that tells the runtime what it belongs to. It is a context
// itself, rather than a value in one, so that a step costs one allocation.
type scope struct {
	context.Context
	// shared is of the execution that the context is within. Outside of steps only
	// its settings count, for executions that begin under the context.
	shared  *shared
	step    *Step  // nil outside of a step
	path    string // the step's id in its execution
	attempt int
	parent  *invocation // to whom the undos of the workflow pass that the step calls
}

type scopeKey struct{}

// Value gives the scope itself for its key.
func (s *scope) Value(key any) any {
	if _, own := key.(scopeKey); own {
		return s
	}
	return s.Context.Value(key)
}

func scopeOf(ctx context.Context) *scope {
	s, _ := ctx.Value(scopeKey{}).(*scope)
	return s
}

// inStep gives the scope of the step that ctx is of; nil where it is of none.
func inStep(ctx context.Context) *scope {
	if s := scopeOf(ctx); s != nil && s.step != nil {
		return s
	}
	return nil
}

// StepInfo tells a tool which step it is called for.
type StepInfo struct {
	// ID is the step's id in its execution: parcels[3].Ship.
	ID string
	// Tool is the tool's name as declared.
	Tool string
	// Attempt counts from 1.
	Attempt int
}

// StepOf tells which step the tool that was given ctx is called for. It isn't told,
// so that ok is false, for the first attempt of a readonly tool in an execution
// that nobody observes: such calls cost no memory.
func StepOf(ctx context.Context) (info StepInfo, ok bool) {
	s := inStep(ctx)
	if s == nil {
		return StepInfo{}, false
	}
	return StepInfo{ID: s.path, Tool: s.step.Tool, Attempt: s.attempt}, true
}

// AttemptOf is the number, from 1, of the attempt that the tool which was given ctx
// is called for. It is 1 outside of steps.
func AttemptOf(ctx context.Context) int {
	if s := inStep(ctx); s != nil {
		return s.attempt
	}
	return 1
}

// maxKey bounds a step's key, in bytes: what services take as an idempotency key.
const maxKey = 255

// StepKey is the idempotency key of the step that the tool which was given ctx is
// called for: the same for each of its attempts, and another for every other step,
// round of a loop, undo and execution. A step that has been undone and is run anew,
// because its workflow or the execution is tried again, has a new one. It is made of
// the execution's id, which nobody can guess, and the step's. It has at most 255 bytes
// of printable ASCII, so that it fits an HTTP header. A readonly tool has none: it gets
// the empty string, and so does who asks outside of steps.
func StepKey(ctx context.Context) string {
	s := inStep(ctx)
	if s == nil || s.step.Effect == Readonly || s.shared == nil {
		return ""
	}
	step := stepid.WithoutAttempts(stepid.WithoutGeneration(s.path))
	key := s.shared.identify() + "/" + step
	if n := s.shared.timesUndone(step); n > 0 {
		key += "@" + strconv.Itoa(n+1)
	}
	if len(key) <= maxKey && strings.IndexFunc(key, unprintable) < 0 {
		return key
	}
	sum := sha3.Sum256([]byte(key)) // sha256 would bring all of FIPS 140 into each program
	return hex.EncodeToString(sum[:])
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }
