package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// Format is the version of the documents that are written.
const Format = 1

// A Document is an execution with all that is recorded of it.
type Document struct {
	// Format says how to read it: 1.
	Format    int       `json:"format"`
	Execution Execution `json:"execution"`
	Records   []Record  `json:"records"`
	Awaits    []Await   `json:"awaits,omitempty"`
}

// An Execution is a journal.Execution as documents and -json have it.
type Execution struct {
	ID          string          `json:"id"`
	Workflow    string          `json:"workflow"`
	Version     int             `json:"version"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Status      journal.Status  `json:"status"`
	Input       json.RawMessage `json:"input,omitempty"`
	Parent      string          `json:"parent,omitempty"`
	Created     time.Time       `json:"created"`
	Generation  int             `json:"generation"`
	Wake        time.Time       `json:"wake,omitzero"`
	Ended       time.Time       `json:"ended,omitzero"`
	Result      json.RawMessage `json:"result,omitempty"`
	Error       string          `json:"error,omitempty"`
	Cancel      string          `json:"cancel,omitempty"`
}

// A Record is a journal.Record as documents have it.
type Record struct {
	N       int             `json:"n"`
	Kind    journal.Kind    `json:"kind"`
	Step    string          `json:"step,omitempty"`
	Tool    string          `json:"tool,omitempty"`
	Attempt int             `json:"attempt,omitempty"`
	Hash    uint64          `json:"hash,omitempty,string"` // a JSON number may lose digits
	Began   time.Time       `json:"began,omitzero"`
	Time    time.Time       `json:"time"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// An Await is a journal.Await as documents and -json have it.
type Await struct {
	Step string `json:"step"`
	// For is what is awaited, for people.
	For   string    `json:"for"`
	Text  string    `json:"text,omitempty"`
	By    string    `json:"by,omitempty"`
	Since time.Time `json:"since"`
}

// ExecutionOf is an execution as documents have it.
func ExecutionOf(x *journal.Execution) Execution {
	return Execution{
		ID: x.ID, Workflow: x.Workflow, Version: x.Version, Fingerprint: x.Fingerprint, Status: x.Status, Input: x.Input,
		Parent: x.Parent, Created: x.Created, Generation: x.Generation, Wake: x.Wake, Ended: x.Ended, Result: x.Result,
		Error: x.Error, Cancel: x.Cancel,
	}
}

// AwaitsOf are awaits as documents have them.
func AwaitsOf(list []journal.Await) (out []Await) {
	for _, a := range list {
		out = append(out, Await{Step: a.Step, For: awaited(a), Text: a.Text, By: a.By, Since: a.Since})
	}
	return out
}

// awaited says what an await waits for.
func awaited(a journal.Await) string {
	kind, what, _ := strings.Cut(a.Address, ":")
	switch kind {
	case "event", "event to all":
		name, keys, found := strings.Cut(what, "[")
		if !found {
			return kind + " " + name
		}
		return kind + " " + name + "(" + strings.TrimSuffix(keys, "]") + ")"
	case "run":
		return "the end of " + what
	}
	if a.By == "" {
		return "an approval"
	}
	return "an approval by " + a.By
}

// NewDocument makes the document of an execution.
func NewDocument(x *journal.Execution, records []journal.Record, awaits []journal.Await) *Document {
	d := &Document{Format: Format, Execution: ExecutionOf(x), Awaits: AwaitsOf(awaits), Records: []Record{}}
	for _, r := range records {
		d.Records = append(d.Records, Record{
			N: r.N, Kind: r.Kind, Step: r.Step, Tool: r.Tool, Attempt: r.Attempt, Hash: r.Hash, Began: r.Began, Time: r.Time, Data: r.Data,
		})
	}
	return d
}

// Read reads a document. What is wrong with it is an error for the one who wrote it.
func Read(text []byte) (*Document, error) {
	d := new(Document)
	in := json.NewDecoder(bytes.NewReader(text))
	if err := in.Decode(d); err != nil {
		return nil, fmt.Errorf("it isn't what wfgen runs export writes: %w", err)
	}
	switch {
	case in.More():
		return nil, fmt.Errorf("it isn't what wfgen runs export writes: something follows the execution")
	case d.Format == 0 || d.Execution.Workflow == "":
		return nil, fmt.Errorf("it isn't what wfgen runs export writes: it has no format or no execution")
	case d.Format > Format:
		return nil, fmt.Errorf("it has the format %d, and this wfgen reads up to %d: use a newer one", d.Format, Format)
	}
	for i, r := range d.Records {
		if r.N <= 0 || i > 0 && r.N <= d.Records[i-1].N {
			return nil, fmt.Errorf("its records are out of order: %d is the number of the one at index %d", r.N, i)
		}
	}
	return d, nil
}

// Journal gives the execution and its records as a journal has them.
func (d *Document) Journal() (*journal.Execution, []journal.Record) {
	e := d.Execution
	x := &journal.Execution{
		ID: e.ID, Workflow: e.Workflow, Version: e.Version, Fingerprint: e.Fingerprint, Input: e.Input, Parent: e.Parent, Created: e.Created,
		State: journal.State{
			Status: e.Status, Generation: e.Generation, Wake: e.Wake, Ended: e.Ended, Result: e.Result, Error: e.Error, Cancel: e.Cancel,
		},
	}
	var records []journal.Record
	for _, r := range d.Records {
		records = append(records, journal.Record{
			N: r.N, Kind: r.Kind, Step: r.Step, Tool: r.Tool, Attempt: r.Attempt, Hash: r.Hash, Began: r.Began, Time: r.Time, Data: r.Data,
		})
	}
	return x, records
}

// errorText is the text of an error that is recorded.
func errorText(data []byte) string {
	var e journal.Error
	if json.Unmarshal(data, &e) != nil {
		return ""
	}
	return e.Text
}
