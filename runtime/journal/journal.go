// Package journal says what durable executions are kept in: a Journal, and what it
// holds. An engine of package runtime has the rules and calls a journal; a journal
// stores and finds, and decides nothing. Package journaltest holds a journal to what is
// said here, memory keeps one in memory, and sqlite in a file.
package journal

import (
	"context"
	"encoding/json"
	"time"
)

// A Journal keeps durable executions.
//
// One engine at a time owns a journal: opening one that has an owner is refused by
// the package that makes it.
type Journal interface {
	// Update calls do with a transaction. When do gives nil, Update returns once all
	// of it is stored, as durably as the journal promises; when it gives an error, or
	// storing fails, nothing of it is, and Update returns that error. An engine calls it
	// from one goroutine at a time.
	Update(ctx context.Context, do func(Tx) error) error
	// View calls do with a transaction that only reads, and sees what was stored when
	// it began. It may be called from several goroutines, beside Update.
	View(ctx context.Context, do func(Tx) error) error
	// Close gives the journal up, once no Update and no View runs.
	Close() error
}

// A Tx is a transaction of a journal. It is valid, for one goroutine, until the
// function that it was given to returns. What it reads includes what it has written.
// Times are stored to the microsecond at least, in UTC; a zero time comes back as one.
// Texts may be any UTF-8, empty ones too. What it is given isn't kept or changed, and
// the caller may change what it is given back.
type Tx interface {
	// Create stores an execution. Its ID is new: the engine has asked.
	Create(*Execution) error
	// Execution gives an execution; nil where there is none of that id.
	Execution(id string) (*Execution, error)
	// SetState replaces the state of an execution that is stored. Where it isn't, that
	// is an error, as it is for Append.
	SetState(id string, s State) error
	// Executions gives the executions that the query asks for.
	Executions(q Query) ([]*Execution, error)
	// Running gives up to limit ids, ascending and above after, of executions that have
	// the status StatusRunning, or StatusWaiting and a Seen of 0.
	Running(after string, limit int) ([]string, error)
	// Due gives up to limit ids of executions that have the status StatusWaiting and a
	// Wake time that isn't after now, the earliest first.
	Due(now time.Time, limit int) ([]string, error)
	// NextWake is the earliest Wake time of those that have the status StatusWaiting;
	// zero where there is none.
	NextWake() (time.Time, error)

	// Append adds records to those of an execution, in ascending order of N. Their N
	// are greater than those that are stored.
	Append(execution string, records []Record) error
	// LastN is the N of an execution's last record; 0 where it has none.
	LastN(execution string) (int, error)
	// Records gives up to limit records (0: all) of an execution whose N is above
	// after, in ascending order of N.
	Records(execution string, after, limit int) ([]Record, error)

	// AddMessage stores a message and sets its Seq, above that of all earlier ones.
	AddMessage(*Message) error
	// MessageByID gives the message that was sent with an id, claimed or not; nil where
	// there is none.
	MessageByID(id string) (*Message, error)
	// FirstMessage gives the message of the lowest Seq above after to an address that nobody
	// has claimed and that expires after now; nil where there is none.
	FirstMessage(address string, after int64, now time.Time) (*Message, error)
	// Claim sets who has claimed a message; an empty text gives it back. Nothing happens
	// where the message is there no more.
	Claim(seq int64, by string) error
	// Expire removes messages that expired at or before now, claimed or not.
	Expire(now time.Time) error

	// AddAwait stores an await and sets its Seq, above that of all earlier ones. It
	// replaces the one of the same execution and step, whose Seq it keeps.
	AddAwait(*Await) error
	// FirstAwait gives the await of the lowest Seq above after at an address that isn't past
	// by now; nil where there is none.
	FirstAwait(address string, after int64, now time.Time) (*Await, error)
	// Awaits gives the awaits of an execution by Seq; all those of the journal where
	// the execution is empty.
	Awaits(execution string) ([]Await, error)
	// RemoveAwait removes the await of an execution's step, those of all its steps where
	// step is empty, and tells whether there was one.
	RemoveAwait(execution, step string) (bool, error)
}

// An Execution is an execution as a journal has it.
type Execution struct {
	ID string
	// Workflow, Version and Fingerprint say what was started.
	Workflow    string
	Version     int
	Fingerprint string
	// Input is the JSON object of the parameters by name.
	Input []byte
	// Parent is the id of the execution that started this one; may be empty.
	Parent  string
	Created time.Time
	State
}

// A State is what changes of a stored execution.
type State struct {
	Status Status
	// Generation counts from 1 how often the execution was started or retried.
	Generation int
	// Wake is when a waiting execution goes on, whatever happens; zero for never.
	Wake time.Time
	// Seen is the N of the last record that a waiting execution had when it left the memory:
	// what comes makes it running. 0 is what releases before the field have stored, and one of
	// those goes on once when the journal is opened.
	Seen int
	// Trials is how many processes have begun to go through what is recorded of it since it
	// came to anything new.
	Trials int
	// Ended is when it ended; zero until then.
	Ended time.Time
	// Result is the JSON of the result; nil where there is none.
	Result []byte
	// Error is why the execution failed, was cancelled, or is held; else empty.
	Error string
	// Cancel is why the execution is to be cancelled; empty where it isn't.
	Cancel string
}

// A Record is something that happened to an execution, which replaying it has to know.
type Record struct {
	// N counts the records of an execution from 1.
	N    int
	Kind Kind
	// Step is the step's id in the execution.
	Step string
	// Tool is the tool or workflow that the step calls; may be empty.
	Tool string
	// Attempt counts from 1; 0 where the record is of no attempt.
	Attempt int
	// Hash is of the step's inputs; 0 where they don't matter.
	Hash uint64
	// Began is when what the record tells the end of began; else it is Time.
	Began time.Time
	Time  time.Time
	// Data is JSON that the kind says more about; nil where there is none.
	Data []byte
}

// A Kind says what a Record tells.
type Kind string

// The kinds of records.
const (
	Attempted Kind = "started"  // an attempt that must not happen twice is about to begin
	Entered   Kind = "entered"  // an attempt of a sub-workflow is about to begin
	Done      Kind = "done"     // a step is done; Data is its result
	Progress  Kind = "progress" // an attempt has come so far; Data is what its tool says
	Failed    Kind = "failed"   // an attempt failed; Data is an Error
	Choice    Kind = "choice"   // timing has decided something at the step; Data is what
	Waiting   Kind = "waiting"  // a wait has begun; Data is a Wait
	Owed      Kind = "owed"     // the step, an undo, is owed; Data are its arguments
	Undoing   Kind = "undoing"  // an undo is about to begin
	Undone    Kind = "undone"   // an undo is done
	Returned  Kind = "returned" // what the step had awaited was given back, the attempt wasn't made, or the undo isn't owed any more
	Round     Kind = "round"    // a loop has come to the round Attempt, from 0; Data is its state
	Log       Kind = "log"      // Data is the message
	Retried   Kind = "retried"  // the execution, which had failed, goes on
	Ended     Kind = "ended"    // the execution has ended; Data is its result or an Error
)

// An Error is an error as a record has it.
type Error struct {
	// Text is the whole text; Message is the bare one where that is another.
	Text    string `json:"text"`
	Message string `json:"message,omitempty"`
	// Type is the name of the declared error that it is; Value is that as JSON. Both
	// are empty for other errors.
	Type  string          `json:"type,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	// Undo says which undos failed after it; empty where none did.
	Undo string `json:"undo,omitempty"`
	// Panic is the stack of a panic.
	Panic string `json:"panic,omitempty"`
	// Workflow and At say where the failure is: in which workflow, and at which place of
	// the source. Step and Attempt say of which step; they are empty where it is the
	// workflow's own. All are empty in what earlier releases have recorded.
	Workflow string `json:"workflow,omitempty"`
	At       string `json:"at,omitempty"`
	Step     string `json:"step,omitempty"`
	Attempt  int    `json:"attempt,omitempty"`
	// Problems are what is wrong with a value, and Omitted how many there are besides;
	// none where the failure is another one.
	Problems []Problem `json:"problems,omitempty"`
	Omitted  int       `json:"omitted,omitempty"`
	// Failed and Undone are of an Ended record alone: the steps with whose failures the
	// execution ended, and those that were undone then. Retrying it does these anew.
	Failed []string `json:"failed,omitempty"`
	Undone []string `json:"undone,omitempty"`
}

// A Problem is one thing that is wrong with a value: where, and what.
type Problem struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// A Wait is what a wait waits for, as a record has it.
type Wait struct {
	// Until is when the wait is over; zero where only a message ends it.
	Until time.Time `json:"until,omitzero"`
	// Address is where the message is awaited; empty where none is.
	Address string `json:"address,omitempty"`
}

// A Status says how an execution stands.
type Status string

// The statuses of an execution. The last three are final.
const (
	StatusRunning   Status = "running"
	StatusWaiting   Status = "waiting" // for a time or a message; nothing of it is in memory
	StatusQueued    Status = "queued"  // for a place that a limit of its workflow leaves it; it hasn't begun
	StatusPaused    Status = "paused"
	StatusHeld      Status = "held" // what is recorded doesn't fit what is to be run
	StatusSucceeded Status = "succeeded"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
)

// Unfinished gives the statuses of executions that haven't ended.
func Unfinished() []Status {
	return []Status{StatusRunning, StatusWaiting, StatusQueued, StatusPaused, StatusHeld}
}

// Statuses gives all statuses, those of executions that have ended last.
func Statuses() []Status {
	return append(Unfinished(), StatusSucceeded, StatusFailed, StatusCancelled)
}

// A Message is something that was sent to whoever awaits it.
type Message struct {
	Seq int64
	// ID is what the sender calls it, so that it is accepted once; may be empty.
	ID string
	// Address is the event with its keys.
	Address string
	// Data is the JSON of the keys and the payload.
	Data []byte
	Sent time.Time
	// Expires is when nobody is given it any more; zero for never.
	Expires time.Time
	// Claimed says who has it; empty while nobody has.
	Claimed string
}

// An Await is a step that waits for a message.
type Await struct {
	Seq       int64
	Execution string
	// Step is the step's id in the execution.
	Step    string
	Address string
	// Text and By are what an approval asks, and of whom; empty for other awaits.
	Text, By string
	Since    time.Time
	// Until is when its timeout passes; zero where it has none.
	Until time.Time
	// Captured is the JSON of what the step's condition knows of its workflow, which says
	// of a message whether it is awaited; nil where the step has none.
	Captured []byte
}

// IsPast tells whether the time of an await was up before now, to the microsecond, which is
// what a journal keeps.
func (a *Await) IsPast(now time.Time) bool {
	return !a.Until.IsZero() && a.Until.Before(now.Truncate(time.Microsecond))
}

// A Query asks for executions. Its zero value asks for all. The one that was created
// last comes first, by the order of Create.
type Query struct {
	// Workflow, Parent and Status narrow it down, each where it isn't empty.
	Workflow string
	Parent   string
	Status   []Status
	// After is the id of the last execution of the page before; empty for the first page.
	// It is an error where there is no such execution.
	After string
	// Limit bounds the page; 0 is 100.
	Limit int
}
