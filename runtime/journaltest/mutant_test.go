package journaltest

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A mutant is a journal that breaks one rule.
type mutant struct {
	*memory.Journal
	tx     func(journal.Tx) journal.Tx
	update func(*memory.Journal, context.Context, func(journal.Tx) error) error
	view   func(*memory.Journal, context.Context, func(journal.Tx) error) error
}

func (m *mutant) Update(ctx context.Context, do func(journal.Tx) error) error {
	wrapped := do
	if m.tx != nil {
		wrapped = func(tx journal.Tx) error { return do(m.tx(tx)) }
	}
	if m.update != nil {
		return m.update(m.Journal, ctx, wrapped)
	}
	return m.Journal.Update(ctx, wrapped)
}

func (m *mutant) View(ctx context.Context, do func(journal.Tx) error) error {
	wrapped := do
	if m.tx != nil {
		wrapped = func(tx journal.Tx) error { return do(m.tx(tx)) }
	}
	if m.view != nil {
		return m.view(m.Journal, ctx, wrapped)
	}
	return m.Journal.View(ctx, wrapped)
}

// A broken Tx has methods that take the place of others.
type broken struct {
	journal.Tx
	create       func(*journal.Execution) error
	setState     func(string, journal.State) error
	execution    func(string) (*journal.Execution, error)
	executions   func(journal.Query) ([]*journal.Execution, error)
	running      func(string, int) ([]string, error)
	due          func(time.Time, int) ([]string, error)
	nextWake     func() (time.Time, error)
	appendTo     func(string, []journal.Record) error
	lastN        func(string) (int, error)
	records      func(string, int, int) ([]journal.Record, error)
	addMessage   func(*journal.Message) error
	messageByID  func(string) (*journal.Message, error)
	firstMessage func(string, int64, time.Time) (*journal.Message, error)
	claim        func(int64, string) error
	expire       func(time.Time) error
	addAwait     func(*journal.Await) error
	firstAwait   func(string, int64, time.Time) (*journal.Await, error)
	awaits       func(string) ([]journal.Await, error)
	removeAwait  func(string, string) (bool, error)
}

func (b *broken) Create(e *journal.Execution) error                 { return b.create(e) }
func (b *broken) SetState(id string, s journal.State) error         { return b.setState(id, s) }
func (b *broken) Execution(id string) (*journal.Execution, error)   { return b.execution(id) }
func (b *broken) Running(after string, limit int) ([]string, error) { return b.running(after, limit) }
func (b *broken) Due(now time.Time, limit int) ([]string, error)    { return b.due(now, limit) }
func (b *broken) NextWake() (time.Time, error)                      { return b.nextWake() }
func (b *broken) Append(id string, r []journal.Record) error        { return b.appendTo(id, r) }
func (b *broken) LastN(id string) (int, error)                      { return b.lastN(id) }
func (b *broken) AddMessage(m *journal.Message) error               { return b.addMessage(m) }
func (b *broken) MessageByID(id string) (*journal.Message, error)   { return b.messageByID(id) }
func (b *broken) Claim(seq int64, by string) error                  { return b.claim(seq, by) }
func (b *broken) Expire(now time.Time) error                        { return b.expire(now) }
func (b *broken) AddAwait(a *journal.Await) error                   { return b.addAwait(a) }
func (b *broken) FirstAwait(address string, after int64, now time.Time) (*journal.Await, error) {
	return b.firstAwait(address, after, now)
}
func (b *broken) Awaits(id string) ([]journal.Await, error) { return b.awaits(id) }
func (b *broken) RemoveAwait(id, step string) (bool, error) { return b.removeAwait(id, step) }
func (b *broken) Executions(q journal.Query) ([]*journal.Execution, error) {
	return b.executions(q)
}
func (b *broken) Records(id string, after, limit int) ([]journal.Record, error) {
	return b.records(id, after, limit)
}
func (b *broken) FirstMessage(address string, after int64, now time.Time) (*journal.Message, error) {
	return b.firstMessage(address, after, now)
}

// breaking makes a mutant of which a function breaks each Tx.
func breaking(change func(*broken)) *mutant {
	return &mutant{tx: func(tx journal.Tx) journal.Tx {
		b := &broken{
			tx, tx.Create, tx.SetState, tx.Execution, tx.Executions, tx.Running, tx.Due, tx.NextWake, tx.Append, tx.LastN, tx.Records,
			tx.AddMessage, tx.MessageByID, tx.FirstMessage, tx.Claim, tx.Expire, tx.AddAwait, tx.FirstAwait, tx.Awaits, tx.RemoveAwait,
		}
		change(b)
		return b
	}}
}

// mutants are broken in the way that their names say; found is the case that has to
// find that.
var mutants = []struct {
	name  string
	found string
	make  func() *mutant
}{
	{"an execution loses its parent", "execution", func() *mutant {
		return breaking(func(b *broken) {
			b.create = func(e *journal.Execution) error { c := *e; c.Parent = ""; return b.Tx.Create(&c) }
		})
	}},
	{"ids without their blanks", "odd texts", func() *mutant {
		return breaking(func(b *broken) {
			b.create = func(e *journal.Execution) error { c := *e; c.ID = strings.TrimRight(c.ID, " "); return b.Tx.Create(&c) }
		})
	}},
	{"texts end at a zero", "odd texts", func() *mutant {
		return breaking(func(b *broken) {
			b.addAwait = func(a *journal.Await) error { a.Text, _, _ = strings.Cut(a.Text, "\x00"); return b.Tx.AddAwait(a) }
		})
	}},
	{"milliseconds", "times", func() *mutant {
		return breaking(func(b *broken) {
			b.appendTo = func(id string, r []journal.Record) error {
				r = slices.Clone(r)
				for i := range r {
					r[i].Time = r[i].Time.Truncate(time.Millisecond)
				}
				return b.Tx.Append(id, r)
			}
			b.setState = func(id string, s journal.State) error {
				s.Wake = s.Wake.Truncate(time.Millisecond)
				return b.Tx.SetState(id, s)
			}
		})
	}},
	{"a zero time becomes 1970", "times", func() *mutant {
		return breaking(func(b *broken) {
			b.records = func(id string, after, limit int) ([]journal.Record, error) {
				r, err := b.Tx.Records(id, after, limit)
				for i := range r {
					if r[i].Began.IsZero() {
						r[i].Began = time.Unix(0, 0).UTC()
					}
				}
				return r, err
			}
		})
	}},
	{"local times", "times", func() *mutant {
		return breaking(func(b *broken) {
			b.records = func(id string, after, limit int) ([]journal.Record, error) {
				r, err := b.Tx.Records(id, after, limit)
				for i := range r {
					r[i].Time = r[i].Time.In(time.FixedZone("", 3600))
				}
				return r, err
			}
		})
	}},
	{"what is read is kept", "nothing is shared", func() *mutant {
		cache := map[string]*journal.Execution{}
		return breaking(func(b *broken) {
			b.execution = func(id string) (*journal.Execution, error) {
				if cache[id] == nil {
					cache[id], _ = b.Tx.Execution(id)
				}
				return cache[id], nil
			}
		})
	}},
	{"a state is merged", "state", func() *mutant {
		return breaking(func(b *broken) {
			b.setState = func(id string, s journal.State) error {
				if e, _ := b.Tx.Execution(id); e != nil && s.Result == nil {
					s.Result = e.Result
				}
				return b.Tx.SetState(id, s)
			}
		})
	}},
	{"SetState of nobody is well", "state", func() *mutant {
		return breaking(func(b *broken) {
			b.setState = func(id string, s journal.State) error { _ = b.Tx.SetState(id, s); return nil }
		})
	}},
	{"executions by time", "executions", func() *mutant {
		return breaking(func(b *broken) {
			b.executions = func(q journal.Query) ([]*journal.Execution, error) {
				list, err := b.Tx.Executions(q)
				slices.SortStableFunc(list, func(a, b *journal.Execution) int { return b.Created.Compare(a.Created) })
				return list, err
			}
		})
	}},
	{"Query.Parent narrows nothing down", "executions by query", func() *mutant {
		return breaking(func(b *broken) {
			b.executions = func(q journal.Query) ([]*journal.Execution, error) { q.Parent = ""; return b.Tx.Executions(q) }
		})
	}},
	{"no bound where none is asked for", "executions", func() *mutant {
		return breaking(func(b *broken) {
			b.executions = func(q journal.Query) ([]*journal.Execution, error) {
				if q.Limit == 0 {
					q.Limit = 1000
				}
				return b.Tx.Executions(q)
			}
		})
	}},
	{"a page begins with the last of the one before", "running", func() *mutant {
		return breaking(func(b *broken) {
			b.running = func(after string, limit int) ([]string, error) {
				list, err := b.Tx.Running(after, limit)
				if after != "" {
					list = append([]string{after}, list...)
				}
				return list[:min(len(list), limit)], err
			}
		})
	}},
	{"ids by folded case", "running", func() *mutant {
		return breaking(func(b *broken) {
			b.running = func(after string, limit int) ([]string, error) {
				list, err := b.Tx.Running(after, limit)
				slices.SortFunc(list, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
				return list, err
			}
		})
	}},
	{"due is before now", "due", func() *mutant {
		return breaking(func(b *broken) {
			b.due = func(now time.Time, limit int) ([]string, error) { return b.Tx.Due(now.Add(-time.Microsecond), limit) }
		})
	}},
	{"the latest is due first", "due", func() *mutant {
		return breaking(func(b *broken) {
			b.due = func(now time.Time, limit int) ([]string, error) {
				list, err := b.Tx.Due(now, limit)
				slices.Reverse(list)
				return list, err
			}
		})
	}},
	{"of those due at one time one is passed over", "due, many", func() *mutant {
		return breaking(func(b *broken) {
			b.due = func(now time.Time, limit int) ([]string, error) {
				list, err := b.Tx.Due(now, limit)
				return list[min(len(list), len(list)/64):], err
			}
		})
	}},
	{"no more than 32 records", "records of many", func() *mutant {
		return breaking(func(b *broken) {
			b.records = func(id string, after, limit int) ([]journal.Record, error) {
				list, err := b.Tx.Records(id, after, limit)
				return list[:min(len(list), 32)], err
			}
		})
	}},
	{"after is included", "records", func() *mutant {
		return breaking(func(b *broken) {
			b.records = func(id string, after, limit int) ([]journal.Record, error) { return b.Tx.Records(id, after-1, limit) }
		})
	}},
	{"hashes of 63 bits", "records", func() *mutant {
		return breaking(func(b *broken) {
			b.records = func(id string, after, limit int) ([]journal.Record, error) {
				list, err := b.Tx.Records(id, after, limit)
				for i := range list {
					list[i].Hash &= 1<<63 - 1
				}
				return list, err
			}
		})
	}},
	{"LastN counts", "records", func() *mutant {
		return breaking(func(b *broken) {
			b.lastN = func(id string) (int, error) { list, err := b.Tx.Records(id, 0, 0); return len(list), err }
		})
	}},
	{"a claimed message isn't found by its id", "messages claimed", func() *mutant {
		return breaking(func(b *broken) {
			b.messageByID = func(id string) (*journal.Message, error) {
				m, err := b.Tx.MessageByID(id)
				if m != nil && m.Claimed != "" {
					m = nil
				}
				return m, err
			}
		})
	}},
	{"a claim can't be given back", "messages claimed", func() *mutant {
		return breaking(func(b *broken) {
			b.claim = func(seq int64, by string) error {
				if by == "" {
					return nil
				}
				return b.Tx.Claim(seq, by)
			}
		})
	}},
	{"the first message after another is the first", "messages after others", func() *mutant {
		return breaking(func(b *broken) {
			b.firstMessage = func(address string, _ int64, now time.Time) (*journal.Message, error) {
				return b.Tx.FirstMessage(address, 0, now)
			}
		})
	}},
	{"the first await after another may be that one", "awaits after others", func() *mutant {
		return breaking(func(b *broken) {
			b.firstAwait = func(address string, after int64, now time.Time) (*journal.Await, error) {
				return b.Tx.FirstAwait(address, max(after-1, 0), now)
			}
		})
	}},
	{"what an await has captured is lost", "awaits", func() *mutant {
		return breaking(func(b *broken) {
			b.addAwait = func(a *journal.Await) error {
				a.Captured = nil
				return b.Tx.AddAwait(a)
			}
		})
	}},
	{"a message has expired only after its time", "messages expire", func() *mutant {
		return breaking(func(b *broken) {
			b.firstMessage = func(address string, after int64, now time.Time) (*journal.Message, error) {
				return b.Tx.FirstMessage(address, after, now.Add(-time.Microsecond))
			}
		})
	}},
	{"Expire leaves what expires now", "messages expire", func() *mutant {
		return breaking(func(b *broken) {
			b.expire = func(now time.Time) error { return b.Tx.Expire(now.Add(-time.Microsecond)) }
		})
	}},
	{"an await that replaces another is a new one", "awaits replaced", func() *mutant {
		return breaking(func(b *broken) {
			b.addAwait = func(a *journal.Await) error {
				if _, err := b.Tx.RemoveAwait(a.Execution, a.Step); err != nil {
					return err
				}
				return b.Tx.AddAwait(a)
			}
		})
	}},
	{"awaits are never past", "awaits past", func() *mutant {
		return breaking(func(b *broken) {
			b.firstAwait = func(address string, after int64, _ time.Time) (*journal.Await, error) {
				return b.Tx.FirstAwait(address, after, time.Time{})
			}
		})
	}},
	{"awaits are past at their Until", "awaits past", func() *mutant {
		return breaking(func(b *broken) {
			b.firstAwait = func(address string, after int64, now time.Time) (*journal.Await, error) {
				return b.Tx.FirstAwait(address, after, now.Add(time.Microsecond))
			}
		})
	}},
	{"the awaits of all are by execution", "awaits", func() *mutant {
		return breaking(func(b *broken) {
			b.awaits = func(id string) ([]journal.Await, error) {
				list, err := b.Tx.Awaits(id)
				slices.SortStableFunc(list, func(a, b journal.Await) int { return strings.Compare(a.Execution, b.Execution) })
				return list, err
			}
		})
	}},
	{"RemoveAwait finds something each time", "awaits removed", func() *mutant {
		return breaking(func(b *broken) {
			b.removeAwait = func(id, step string) (bool, error) { _, err := b.Tx.RemoveAwait(id, step); return true, err }
		})
	}},
	{"payloads end at 1 MB", "big payloads", func() *mutant {
		return breaking(func(b *broken) {
			b.addMessage = func(m *journal.Message) error { m.Data = m.Data[:min(len(m.Data), 1<<20)]; return b.Tx.AddMessage(m) }
		})
	}},
	{"an Update that fails is stored", "rollback on error", func() *mutant {
		return &mutant{update: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) (err error) {
			_ = j.Update(ctx, func(tx journal.Tx) error { err = do(tx); return nil })
			return err
		}}
	}},
	{"an Update that panics is stored", "rollback on panic", func() *mutant {
		return &mutant{update: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			var caught any
			err := j.Update(ctx, func(tx journal.Tx) error {
				defer func() { caught = recover() }()
				return do(tx)
			})
			if caught != nil {
				panic(caught)
			}
			return err
		}}
	}},
	{"an Update gives an error of its own", "rollback on error", func() *mutant {
		return &mutant{update: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			if err := j.Update(ctx, do); err != nil {
				return fmt.Errorf("failed: %v", err)
			}
			return nil
		}}
	}},
	{"reads see what was stored before", "reads see writes", func() *mutant {
		return &mutant{update: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			before := j.Clone()
			return j.Update(ctx, func(tx journal.Tx) error {
				return before.View(ctx, func(old journal.Tx) error {
					m := breaking(func(b *broken) { b.running, b.executions, b.records = old.Running, old.Executions, old.Records })
					return do(m.tx(tx))
				})
			})
		}}
	}},
	{"an Update is stored though it says that it isn't", "context", func() *mutant {
		return &mutant{update: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			if err := j.Update(context.Background(), do); err != nil {
				return err
			}
			return ctx.Err()
		}}
	}},
	{"a View writes", "view only reads", func() *mutant {
		return &mutant{view: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			return j.Update(ctx, do)
		}}
	}},
	{"a View sees what is stored beside it", "view sees one moment", func() *mutant {
		return &mutant{view: func(j *memory.Journal, ctx context.Context, do func(journal.Tx) error) error {
			return j.View(ctx, func(tx journal.Tx) error {
				m := breaking(func(b *broken) {
					b.lastN = func(id string) (n int, err error) {
						err = j.View(ctx, func(tx journal.Tx) error { n, err = tx.LastN(id); return err })
						return n, err
					}
				})
				return do(m.tx(tx))
			})
		}}
	}},
}

// failures reports nothing, and remembers that it was asked to.
type failures struct{ text bytes.Buffer }

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	fmt.Fprintf(&f.text, format+"\n", args...)
}
func (f *failures) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

// run gives what a case says of a mutant.
func (m *mutant) run(c testCase) string {
	m.Journal = memory.New()
	return failuresOf(func(r reporter) { c.do(&check{r, m}) })
}

// failuresOf gives what a case says when it is run.
func failuresOf(do func(reporter)) string {
	f := new(failures)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if r := recover(); r != nil {
				f.Errorf("panic: %v", r)
			}
		}()
		do(f)
	}()
	<-done
	return f.text.String()
}

// Every mutant is found by the case that is about the rule that it breaks, and without
// a mutation the wrapping itself breaks none.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			i := slices.IndexFunc(cases, func(c testCase) bool { return c.name == m.found })
			if i < 0 {
				t.Fatalf("there is no case %q", m.found)
			}
			said := m.make().run(cases[i])
			if said == "" {
				t.Errorf("the case %q has nothing to say", m.found)
			}
			t.Logf("%.300q", said)
		})
	}
	for _, c := range cases {
		if said := breaking(func(*broken) {}).run(c); said != "" {
			t.Errorf("%s, of a sound journal: %s", c.name, said)
		}
	}
}

// forgetful opens journals of which each holds what an earlier one leaves of itself.
func forgetful(leave func(j *memory.Journal, before *memory.Journal) journal.Journal) func() journal.Journal {
	j, before := memory.New(), memory.New()
	first := true
	return func() journal.Journal {
		if !first {
			m := leave(j.Clone(), before)
			j = j.Clone()
			return m
		}
		first = false
		last := j.Clone()
		j.OnCommit(func(c *memory.Journal) { before, last = last, c })
		return j
	}
}

// What doesn't outlive a journal that should is found.
func TestForgetful(t *testing.T) {
	for _, m := range []struct {
		name  string
		found string
		leave func(j, before *memory.Journal) journal.Journal
	}{
		{"nothing is kept", "all is kept", func(j, _ *memory.Journal) journal.Journal { return memory.New() }},
		{"the last Update is lost", "all is kept", func(_, before *memory.Journal) journal.Journal { return before }},
		{"what failed is kept", "what failed", func(j, _ *memory.Journal) journal.Journal {
			_ = j.Update(context.Background(), change)
			return j
		}},
		{"Seq begins again", "seq", func(j, _ *memory.Journal) journal.Journal {
			m := breaking(func(b *broken) {
				b.addMessage = func(m *journal.Message) error { err := b.Tx.AddMessage(m); m.Seq = 1; return err }
			})
			m.Journal = j
			return m
		}},
		{"the order is lost", "often", func(j, _ *memory.Journal) journal.Journal {
			m := breaking(func(b *broken) {
				b.executions = func(q journal.Query) ([]*journal.Execution, error) {
					list, err := b.Tx.Executions(q)
					slices.SortFunc(list, func(a, b *journal.Execution) int { return strings.Compare(a.ID, b.ID) })
					return list, err
				}
			})
			m.Journal = j
			return m
		}},
	} {
		t.Run(m.name, func(t *testing.T) {
			for _, c := range reopenings {
				if c.name != m.found {
					continue
				}
				said := failuresOf(func(r reporter) { c.do(r, forgetful(m.leave)) })
				if said == "" {
					t.Errorf("the case %q has nothing to say", m.found)
				}
				t.Logf("%.200q", said)
			}
		})
	}
}
