package campaign

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// This file is what the process does that is killed.

// At most so many executions are unfinished at a time.
const width = 12

// A process runs executions on a journal, and plays the world outside that sends events
// and answers questions.
type process struct {
	engine *runtime.Engine
	slots  chan struct{} // has an element for each execution that is unfinished
}

// files are those of a campaign.
type files struct{ dir string }

func (f files) journal() string { return filepath.Join(f.dir, "journal.db") }
func (f files) world() string   { return filepath.Join(f.dir, "world") }
func (f files) started() string { return filepath.Join(f.dir, "started") }

// startedUntil is how many executions are known to be started.
func (f files) startedUntil() (int, error) {
	data, err := os.ReadFile(f.started())
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	return strings.Count(string(data), "\n"), err
}

// work is a whole process: it starts executions until it is killed, or told to end where it
// drains; or, where it is the last, it has all of them end.
func work(ctx context.Context, f files, number int, last, drains bool) error {
	terminated, stop := ctx, func() {}
	if drains { // before there is anything to lose
		terminated, stop = signal.NotifyContext(ctx, syscall.SIGTERM)
	}
	defer stop()
	j, err := sqlite.Open(f.journal())
	if err != nil {
		return err
	}
	defer j.Close()
	takes := time.Duration(0)
	if drains {
		takes = 3 * time.Millisecond
	}
	p, err := begin(ctx, f, j, number, width, takes)
	if err != nil {
		return err
	}
	defer p.engine.Close()
	if !drains {
		return p.work(ctx, f, last)
	}
	drained := make(chan error)
	go func() {
		<-terminated.Done()
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		drained <- p.engine.Drain(ctx)
	}()
	if err := p.work(ctx, f, last); !errors.Is(err, runtime.ErrClosed) {
		return err
	}
	return <-drained
}

func (p *process) work(ctx context.Context, f files, last bool) error {
	next, err := f.startedUntil()
	if err != nil {
		return err
	}
	if last {
		return errors.Join(p.goOn(ctx, math.MaxInt), p.wait())
	}
	if err := p.goOn(ctx, next); err != nil {
		return err
	}
	started, err := os.OpenFile(f.started(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	for ; ; next++ {
		if err := p.start(ctx, next); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(started, name(next)); err != nil {
			return err
		}
	}
}

// begin opens an engine, and the world outside, in which calls take so long at most.
func begin(ctx context.Context, f files, j journal.Journal, number, width int, takes time.Duration) (*process, error) {
	w, err := openWorld(f.world(), number)
	if err != nil {
		return nil, err
	}
	w.takes = takes
	e, err := runtime.Open(ctx, j, Workflows(tools{w}))
	if err != nil {
		return nil, err
	}
	p := &process{engine: e, slots: make(chan struct{}, width)}
	go p.answer(ctx)
	return p, nil
}

// name is the id of an execution.
func name(seed int) string { return "w" + strconv.Itoa(seed) }

// start starts an execution when there is room for it. Half of the events come before
// the execution.
func (p *process) start(ctx context.Context, seed int) error {
	p.slots <- struct{}{}
	if seed%2 == 0 {
		if err := p.send(ctx, seed); err != nil {
			return err
		}
	}
	run, err := SubmitWork(ctx, p.engine, seed, runtime.ID(name(seed)))
	if err != nil {
		return err
	}
	go p.follow(ctx, run)
	return p.send(ctx, seed)
}

// send sends the event that an execution awaits. It is accepted once.
func (p *process) send(ctx context.Context, seed int) error {
	return SendGo(ctx, p.engine, Go{ID: name(seed), N: seed}, runtime.MessageID("go "+name(seed)))
}

// follow gives the place of an execution free when it has ended.
func (p *process) follow(ctx context.Context, run *runtime.Run[int]) {
	for {
		_, err := run.Result(ctx) // it is looked at in the end
		if held := (*runtime.HeldError)(nil); !errors.As(err, &held) || !killed(held.Error()) {
			break
		}
		time.Sleep(2 * time.Millisecond) // until it is resumed
	}
	<-p.slots
}

// goOn follows the executions that are unfinished, and sends their events once more:
// that they were sent may not be stored.
func (p *process) goOn(ctx context.Context, next int) error {
	list, err := p.engine.List(ctx, journal.Query{
		Workflow: "Work", Status: []journal.Status{journal.StatusRunning, journal.StatusWaiting, journal.StatusHeld}, Limit: math.MaxInt32,
	})
	if err != nil {
		return err
	}
	for _, x := range list {
		seed, err := strconv.Atoi(x.ID[1:])
		if err != nil {
			return err
		}
		if err := p.send(ctx, seed); err != nil {
			return err
		}
		if seed >= next { // it is started once more
			continue
		}
		run, err := SubmitWork(ctx, p.engine, seed, runtime.ID(x.ID))
		if err != nil {
			return err
		}
		p.slots <- struct{}{}
		go p.follow(ctx, run)
	}
	return nil
}

// wait waits until all executions have ended.
func (p *process) wait() error {
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	return nil
}

// killed tells whether an execution is held because processes have ended while it was read.
// That they were killed from outside an engine can't know.
func killed(why string) bool { return strings.Contains(why, "processes have ended") }

// answer says yes to whatever is asked, and has those go on that are held for the kills.
func (p *process) answer(ctx context.Context) {
	for ctx.Err() == nil {
		held, _ := p.engine.List(ctx, journal.Query{Status: []journal.Status{journal.StatusHeld}})
		for _, x := range held {
			if killed(x.Error) {
				_ = p.engine.Resume(ctx, x.ID) // somebody may have
			}
		}
		list, _ := p.engine.Awaits(ctx, "")
		for _, a := range list {
			if a.Text != "" {
				_ = p.engine.Answer(ctx, a.Execution, a.Step, runtime.Answer{By: "boss"}) // it may have ended
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
}
