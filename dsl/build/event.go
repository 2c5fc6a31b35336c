package build

import "github.com/wfgen/wfgen/dsl"

// Event declares an event; of keys only the names and types count. Keep can be among the
// clauses.
func (f *File) Event(name string, keys, payload []*Field, clauses ...Clause) {
	f.add(&dsl.EventDecl{Name: id(name), Keys: fieldsOf(keys), Fields: fieldsOf(payload), Clauses: clausesOf(clauses)})
}

// EventToAll is Event for one that all executions are given that await it.
func (f *File) EventToAll(name string, keys, payload []*Field, clauses ...Clause) {
	f.add(&dsl.EventDecl{Name: id(name), Keys: fieldsOf(keys), Fields: fieldsOf(payload), All: true, Clauses: clausesOf(clauses)})
}

// Keep is how long an event that nobody awaits is kept.
func Keep(d any) Clause { return Clause{&dsl.KeepClause{D: expr(d)}} }

// Await waits for an event by its keys.
func Await(event string, keys ...any) Calling { return verb(dsl.Await, event, keys) }

// AwaitRun waits for the end of another execution, by its id.
func AwaitRun(id any) Calling { return verb(dsl.Await, "run", []any{id}) }

// Start begins another execution of a workflow, and gives its id.
func Start(workflow string, args ...any) Calling { return verb(dsl.Start, workflow, args) }

// Approve asks a person, or whoever has a role, and waits for the answer.
func Approve(text, by any) Calling { return verb(dsl.Approve, string(dsl.Approve), []any{text, by}) }

// Emit sends an event with its keys; Payload adds the fields.
func Emit(event string, keys ...any) Calling { return verb(dsl.Emit, event, keys) }

// Payload adds fields to an event that is emitted.
func (c Calling) Payload(fields ...FieldValue) Calling {
	for _, f := range fields {
		c.call.Fields = append(c.call.Fields, dsl.FieldValue(f))
	}
	return c
}

func verb(v dsl.Verb, name string, args []any) Calling {
	c := Call(name, args...)
	c.call.Verb = v
	return c
}
