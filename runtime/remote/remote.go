// Package remote is a journal that another process has: a program that wfgen run builds
// runs an engine over it, and the command keeps the file, so that the program doesn't
// have to be built with what a file needs. The two speak over a pair of pipes, in JSON,
// a line for each call of a transaction and one for what it gives. It knows no rules
// and stores nothing: Serve passes on to a journal what a Journal is asked.
package remote

import (
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An op says what a request asks for: a transaction's begin or end, or one of its methods.
type op string

const (
	opUpdate       op = "update"
	opView         op = "view"
	opCommit       op = "commit"
	opRollback     op = "rollback"
	opCreate       op = "create"
	opExecution    op = "execution"
	opSetState     op = "setState"
	opExecutions   op = "executions"
	opRunning      op = "running"
	opDue          op = "due"
	opNextWake     op = "nextWake"
	opAppend       op = "append"
	opLastN        op = "lastN"
	opRecords      op = "records"
	opAddMessage   op = "addMessage"
	opMessageByID  op = "messageByID"
	opFirstMessage op = "firstMessage"
	opClaim        op = "claim"
	opExpire       op = "expire"
	opAddAwait     op = "addAwait"
	opFirstAwait   op = "firstAwait"
	opAwaits       op = "awaits"
	opRemoveAwait  op = "removeAwait"
)

// A request is a line to the process that has the journal.
type request struct {
	Tx int64 `json:"tx"` // which transaction it is of
	Op op    `json:"op"`

	ID        string             `json:"id,omitempty"` // of an execution or a message
	Text      string             `json:"text,omitempty"`
	N         int64              `json:"n,omitempty"`
	Seq       int64              `json:"seq,omitempty"` // above which
	Limit     int                `json:"limit,omitempty"`
	Time      time.Time          `json:"time,omitzero"`
	Execution *journal.Execution `json:"execution,omitempty"`
	State     *journal.State     `json:"state,omitempty"`
	Query     *journal.Query     `json:"query,omitempty"`
	Records   []journal.Record   `json:"records,omitempty"`
	Message   *journal.Message   `json:"message,omitempty"`
	Await     *journal.Await     `json:"await,omitempty"`
}

// A reply is the answer to a request.
type reply struct {
	Tx    int64  `json:"tx"`
	Error string `json:"error,omitempty"`

	IDs        []string             `json:"ids,omitempty"`
	N          int64                `json:"n,omitempty"`
	Yes        bool                 `json:"yes,omitempty"`
	Time       time.Time            `json:"time,omitzero"`
	Execution  *journal.Execution   `json:"execution,omitempty"`
	Executions []*journal.Execution `json:"executions,omitempty"`
	Records    []journal.Record     `json:"records,omitempty"`
	Message    *journal.Message     `json:"message,omitempty"`
	Await      *journal.Await       `json:"await,omitempty"`
	Awaits     []journal.Await      `json:"awaits,omitempty"`
}

// ErrGone is what a Journal gives once the process that has the journal doesn't answer
// any more.
var ErrGone = errors.New("the process that has the journal is gone")
