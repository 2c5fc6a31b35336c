// Package polling fetches exports of another system: polling.wf says how it is asked after them,
// and this file has the tools. They keep all in memory: put a client in their place.
package polling

import (
	"context"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Warehouse makes exports.
type Warehouse struct {
	mu    sync.Mutex
	looks map[string]int // by job
}

// NewWarehouse gives a warehouse whose jobs are done at the third look.
func NewWarehouse() *Warehouse { return &Warehouse{looks: map[string]int{}} }

// Begin gives the same job for an export each time.
func (w *Warehouse) Begin(_ context.Context, export, table string) (string, error) {
	return "job of " + export, nil
}

// Look says how far a job is.
func (w *Warehouse) Look(_ context.Context, job string) (Status, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks[job]++
	if w.looks[job] < 3 {
		return Status{State: StateRunning, Percent: 40 * w.looks[job]}, nil
	}
	url := "https://warehouse.example.com/1"
	return Status{State: StateDone, Percent: 100, URL: &url}, nil
}

// CallOff ends the job of an export, if there is one.
func (w *Warehouse) CallOff(context.Context, string) error { return nil }

// Fetch says how many rows there are.
func (w *Warehouse) Fetch(context.Context, string) (int, error) { return 1200, nil }
