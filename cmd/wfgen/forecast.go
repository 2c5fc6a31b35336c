package main

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/journal"
)

// A forecast says of the unfinished executions of a journal whether they go on under a
// package. Those that depend on its Go are tried in a program that is linked with that,
// many at a time; it is built when the first of them is met.
type forecast struct {
	pkg     *compiler.Package
	program *plan.Program
	streams *streams
	bare    *replay.Forecast // without the Go
	linked  *execute.Forecast
	broken  string        // why that can't be built or begin; empty where it can, or isn't known yet
	limit   time.Duration // of its Go, for all that it is asked at a time
	left    time.Duration // for what it is asked in vain

	lines   []forecastLine
	pending []replay.Pending // those that depend on Go
	places  []int            // in lines, of each of them
	size    int              // of what is recorded of them
}

// mostPending is how much of what is recorded is given to the linked program at a time.
const mostPending = 64 << 20

func newForecast(p *compiler.Package, limit time.Duration, s *streams) *forecast {
	program := plan.Unbound(p.Program())
	return &forecast{pkg: p, program: program, streams: s, limit: limit, left: 2 * limit, bare: replay.NewForecast(program, nil)}
}

func (f *forecast) close() {
	if f.linked != nil {
		f.linked.Close()
	}
}

// of looks at all unfinished executions of a journal.
func (f *forecast) of(j *journals.Journal) ([]forecastLine, error) {
	ctx := context.Background()
	err := j.Each(ctx, journal.Query{Status: journal.Unfinished()}, func(x *journal.Execution) error {
		var records []journal.Record
		err := j.View(ctx, func(tx journal.Tx) (err error) {
			if x, err = tx.Execution(x.ID); err == nil { // as it is by now
				records, err = tx.Records(x.ID, 0, 0)
			}
			return err
		})
		if err != nil || !x.Ended.IsZero() {
			return err
		}
		return f.add(ctx, j.Path, replay.Pending{Execution: x, Records: records})
	})
	if err != nil {
		return nil, err
	}
	return f.lines, f.link()
}

func (f *forecast) add(ctx context.Context, path string, e replay.Pending) error {
	x := e.Execution
	v, err := f.bare.Of(ctx, e)
	if err != nil {
		return fmt.Errorf("execution %s: %w", x.ID, err)
	}
	f.lines = append(f.lines, forecastLine{path, x.ID, x.Workflow, x.Status, v.Prospect, v.Reason})
	if v.Prospect != replay.Depends {
		return nil
	}
	f.pending, f.places = append(f.pending, e), append(f.places, len(f.lines)-1)
	for _, r := range e.Records {
		f.size += len(r.Data)
	}
	if f.size > mostPending {
		return f.link()
	}
	return nil
}

// link has those that are pending tried with the Go.
func (f *forecast) link() error {
	list, places := f.pending, f.places
	f.pending, f.places, f.size = nil, nil, 0
	if len(list) == 0 {
		return nil
	}
	verdicts, err := f.tried(list)
	if err != nil {
		return err
	}
	for i, v := range verdicts {
		f.lines[places[i]].Verdict, f.lines[places[i]].Reason = v.Prospect, v.Reason
	}
	return nil
}

// tried gives the verdicts of the linked program. Where there is none, it is that they
// depend on it.
func (f *forecast) tried(list []replay.Pending) ([]replay.Verdict, error) {
	if f.linked == nil && f.broken == "" {
		var err error
		if f.linked, err = execute.NewForecast(f.pkg, f.program, f.limit, f.streams.err); errors.Is(err, execute.ErrInterrupted) {
			return nil, err
		} else if err != nil {
			f.broken = fault(err)
		}
	}
	if f.linked == nil {
		return f.untried(list, f.broken), nil
	}
	return f.asked(list, f.limit)
}

// asked asks the linked program. Where its Go comes to no end with one of several executions,
// or ends the process, the others get their verdicts all the same: half of them is asked for
// at a time. However many it comes to no end with, that takes no longer than twice the limit:
// the halves share what all together may take, so that one of them can be found.
func (f *forecast) asked(list []replay.Pending, limit time.Duration) ([]replay.Verdict, error) {
	if f.left <= 0 {
		return f.untried(list, "the Go of the package took too long with others"), nil
	}
	began := time.Now()
	verdicts, err := f.linked.Of(list, min(limit, f.left))
	if err == nil || errors.Is(err, execute.ErrInterrupted) {
		return verdicts, err
	}
	f.left -= time.Since(began)
	if len(list) == 1 {
		return f.untried(list, fault(err)), nil
	}
	limit = min(limit, f.limit/time.Duration(bits.Len(uint(len(list)-1))))
	first, err := f.asked(list[:len(list)/2], limit)
	if err != nil {
		return nil, err
	}
	second, err := f.asked(list[len(list)/2:], limit)
	return append(first, second...), err
}

func (f *forecast) untried(list []replay.Pending, why string) (verdicts []replay.Verdict) {
	for _, e := range list {
		verdicts = append(verdicts, f.bare.Untried(e, why))
	}
	return verdicts
}

// fault is the first line of an error that says what is wrong: Go's begin with the package.
func fault(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for len(lines) > 1 && strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	return lines[0]
}
