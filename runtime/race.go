package runtime

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/runtime/pure"
)

// A RaceError says that every arm of a race failed.
type RaceError struct {
	Errs []error // in the order of the arms
}

// Error has each arm's error on a line of its own.
func (e *RaceError) Error() string {
	var b strings.Builder
	b.WriteString("every arm failed:")
	for _, err := range e.Errs {
		b.WriteString("\n" + err.Error())
	}
	return b.String()
}

// BareText is the arms' messages.
func (e *RaceError) BareText() string {
	all := make([]string, len(e.Errs))
	for i, err := range e.Errs {
		all[i] = pure.Message(err)
	}
	return "every arm failed: " + strings.Join(all, "; ")
}

// Unwrap gives the arms' errors.
func (e *RaceError) Unwrap() []error { return e.Errs }

// Race starts all arms at once. The first to succeed gives the value; the others
// are cancelled, waited for, and what they owe in undos is run, which also holds for
// an arm that succeeds too late. What the winner owes passes to what is around. If
// all fail, the race fails with a *RaceError, and what they owe passes there as well.
// An undo that fails makes the race fail.
func Race[T any](f *Frame, s *Step, arms ...func(*Frame) (T, error)) (v T, err error) {
	if f.durable() == nil && f.ctx.Err() != nil {
		return v, f.failed(s, 0, f.cause())
	}
	r := &race[T]{frame: f, step: s, winner: nobody, first: nobody, arms: make([]arm[T], len(arms))}
	r.recorded, r.sure = f.recordedWinner(s)
	ctx, cancel := context.WithCancel(f.ctx)
	r.cancel = cancel
	for i := range arms {
		r.arms[i].frame = f.part()
		r.arms[i].frame.ctx, r.arms[i].frame.group = ctx, nil
	}
	returned := false
	defer func() {
		r.frame.quiescence().join(&r.team)
		r.wait.Wait()
		cancel()
		if !returned {
			for i := range r.arms {
				r.arms[i].frame.bequeath()
			}
			panic(&goexit{r.arms[0].err})
		}
		v, err = r.settle()
	}()
	r.wait.Add(len(arms))
	for i := 1; i < len(arms); i++ {
		f.quiescence().spawn(&r.team)
		go r.started(i, arms[i])
	}
	r.runArm(0, arms[0])
	returned = true
	return v, nil
}

// Race is the function Race for arms without a value.
func (f *Frame) Race(s *Step, arms ...func(*Frame) error) error {
	list := make([]func(*Frame) (None, error), len(arms))
	for i, do := range arms {
		list[i] = func(f *Frame) (None, error) { return None{}, do(f) }
	}
	_, err := Race(f, s, list...)
	return err
}

// A race is one that is being run.
type race[T any] struct {
	frame  *Frame
	step   *Step
	cancel context.CancelFunc
	wait   sync.WaitGroup
	team   team // the arms but the first
	arms   []arm[T]

	// recorded is the arm that a durable execution has recorded as the winner; nobody where
	// there is none. Where that isn't sure, an earlier generation has, and another arm may
	// win once all that is recorded has been read.
	recorded int
	sure     bool

	mu     sync.Mutex
	winner int
	// first is the first arm of those that have succeeded; nobody where none has.
	first int
}

// recordedWinner is the arm that a durable execution has recorded as the winner, and
// whether that is sure; nobody where none is.
func (f *Frame) recordedWinner(race *Step) (arm int, sure bool) {
	if d := f.durable(); d != nil {
		return d.winner(f, race)
	}
	return nobody, true
}

// nobody has won yet.
const nobody = -1

type arm[T any] struct {
	frame *Frame
	value T
	err   error
}

// started is run on a goroutine of its own.
func (r *race[T]) started(i int, do func(*Frame) (T, error)) {
	defer r.frame.quiescence().exit(&r.team)
	r.runArm(i, do)
}

// runArm runs an arm to its end.
func (r *race[T]) runArm(i int, do func(*Frame) (T, error)) {
	a := &r.arms[i]
	ended := false
	defer func() {
		if !ended {
			a.err = r.frame.located(panicked(recover()))
		}
		if a.err == nil {
			r.succeeded(i)
		}
		r.wait.Done()
	}()
	a.value, a.err = do(a.frame)
	ended = true
}

func (r *race[T]) succeeded(i int) {
	other := r.recorded != nobody && r.recorded != i
	if other && (r.sure || !r.frame.durable().may(r.arms[i].frame.ctx)) {
		return
	}
	r.mu.Lock()
	if r.first == nobody || i < r.first {
		r.first = i
	}
	r.mu.Unlock()
	if r.recorded != i {
		r.arms[i].frame.awaitQuiescence(r.step) // others may succeed at the same moment
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.winner == nobody {
		r.winner = r.first
		if d := r.frame.durable(); d != nil && r.winner != r.recorded {
			d.won(r.frame, r.step, r.winner)
		}
		r.cancel()
		r.frame.quiescence().cancelled()
	}
}

// settle gives what the race gives, once all arms have ended. The arms that lost are
// undone from the last to the first.
func (r *race[T]) settle() (v T, err error) {
	if r.frame.suspended() {
		return v, errSuspended
	}
	if r.recorded != nobody && r.sure && r.winner == nobody {
		return v, r.frame.durable().unwon(r.frame, r.step, r.recorded)
	}
	if r.winner == nobody {
		return v, r.lost()
	}
	var undos []error
	for i := len(r.arms) - 1; i >= 0; i-- {
		switch a := &r.arms[i]; {
		case i == r.winner:
			v = a.value
		default:
			undos = append(undos, undoFailure(a.err), a.frame.rollback(nil))
		}
	}
	r.arms[r.winner].frame.bequeath()
	if undo := errors.Join(undos...); undo != nil {
		return *new(T), r.frame.failed(r.step, 0, &UndoError{Undo: undo})
	}
	return v, nil
}

// lost is the error of a race that no arm has won.
func (r *race[T]) lost() error {
	all := &RaceError{}
	for i := range r.arms {
		r.arms[i].frame.bequeath()
		all.Errs = append(all.Errs, r.arms[i].err)
	}
	if r.frame.durable() == nil && r.frame.ctx.Err() != nil {
		return r.frame.failed(r.step, 0, because(r.frame.cause(), all))
	}
	return r.frame.failed(r.step, 0, all)
}
