package runtime

import (
	"reflect"
	"sync"

	"github.com/wfgen/wfgen/runtime/journal"
)

// owners has the engine of each journal that one of this process has. A journal keeps
// other processes away itself; two engines on one value would both run its executions.
var owners sync.Map

// own makes the engine the one that has its journal, until disown.
func (e *Engine) own() error {
	if !isKey(e.journal) {
		return nil // it can't be told from another one
	}
	if other, taken := owners.LoadOrStore(e.journal, e); taken && other != e {
		return refuse(ErrInUse, "another engine of this process has the journal: close that first, or use that")
	}
	return nil
}

func (e *Engine) disown() {
	if isKey(e.journal) {
		owners.CompareAndDelete(e.journal, e)
	}
}

func isKey(j journal.Journal) bool { return reflect.ValueOf(j).Comparable() }
