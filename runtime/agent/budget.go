package agent

import (
	"context"
	"slices"
	"sync"

	"github.com/wfgen/wfgen/runtime"
)

// A request counts against the budget of its agent and against all around: those of the agents
// that have called this one. Before it is made it reserves what it may cost at most, in all of
// them; when it has ended that is replaced by what it has cost. So side by side no more is
// asked than the budgets allow. One that would fit if those beside it cost nothing waits until
// they have ended.

// A ledger is what an agent has used of its budget.
type ledger struct {
	*book
	around *ledger // nil for none
	budget Budget
	used   Cost
	held   Cost // what is reserved
}

// A book is what the ledgers have in common that are around each other.
type book struct {
	mu      sync.Mutex
	waiting []*waiter
}

// A waiter is a request that waits for those beside it.
type waiter struct {
	ready chan struct{} // closed when it is to look again
	busy  func()        // tells that it does something again
}

type ledgerKey struct{}

// newLedger gives the ledger of an agent that is called under ctx, and the context of what
// the agent calls.
func newLedger(ctx context.Context, b Budget) (*ledger, context.Context) {
	l := &ledger{budget: b}
	if around, ok := ctx.Value(ledgerKey{}).(*ledger); ok {
		l.around, l.book = around, around.book
	} else {
		l.book = &book{}
	}
	return l, context.WithValue(ctx, ledgerKey{}, l)
}

// rounding is by how many dollars a sum may be above a budget: they are added up as floats.
const rounding = 1e-9

func (b *Budget) allows(c Cost) bool {
	return (b.Tokens <= 0 || c.Tokens <= b.Tokens) && (b.Dollars <= 0 || c.Dollars <= b.Dollars+rounding)
}

// reserve reserves what a request may cost. It gives what was used of the budget that doesn't
// allow it; ok is false then.
func (l *ledger) reserve(ctx context.Context, need Cost) (used Cost, ok bool, err error) {
	for {
		l.mu.Lock()
		over, waits := l.look(need)
		if over != nil {
			defer l.mu.Unlock()
			return over.used, false, nil
		}
		if !waits {
			for b := l; b != nil; b = b.around {
				b.held = b.held.plus(need)
			}
			l.mu.Unlock()
			return Cost{}, true, nil
		}
		w := &waiter{make(chan struct{}), runtime.Idle(ctx)}
		l.waiting = append(l.waiting, w)
		l.mu.Unlock()
		select {
		case <-w.ready:
		case <-ctx.Done():
			l.quit(w)
			return Cost{}, false, context.Cause(ctx)
		}
	}
}

// look tells which of the budgets doesn't allow a cost, whatever those beside it come to, and
// whether one may only once these have ended.
func (l *ledger) look(need Cost) (over *ledger, waits bool) {
	for b := l; b != nil; b = b.around {
		if !b.budget.allows(b.used.plus(need)) {
			return b, false
		}
		waits = waits || !b.budget.allows(b.used.plus(b.held).plus(need))
	}
	return nil, waits
}

// quit takes a waiter out that waits no longer.
func (l *ledger) quit(w *waiter) {
	l.mu.Lock()
	i := slices.Index(l.waiting, w)
	if i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	l.mu.Unlock()
	if i >= 0 { // else it was called meanwhile
		w.busy()
	}
}

// settle puts what a request has cost in the place of what it had reserved.
func (l *ledger) settle(reserved, cost Cost) {
	l.mu.Lock()
	for b := l; b != nil; b = b.around {
		b.held, b.used = b.held.minus(reserved), b.used.plus(cost)
	}
	waiting := l.waiting
	l.waiting = nil
	l.mu.Unlock()
	for _, w := range waiting {
		w.busy()
		close(w.ready)
	}
}

// total is what was used.
func (l *ledger) total() Cost {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used
}
