// Package model asks language models for one reply, over three wires: chat completions in
// OpenAI's form, which llama.cpp, Ollama, vLLM and most hosts speak as well, Anthropic's
// Messages, and Gemini. A Client is one model of one provider; Ask sends a conversation with
// the tools and the schema of the answer, and gives the reply parsed, as the provider wrote
// it, and with what it has cost in tokens.
//
// It asks once: retries, fallbacks, budgets and what is recorded are its caller's. What goes
// wrong is an *Error of a class that says whether asking again may help. It calls no tool,
// doesn't look at what a reply says, follows no redirect, and puts the key nowhere but in the
// request's header. Of the environment it reads what net/http does: where there is a proxy.
package model

import (
	"encoding/json"
)

// A Role says whose message it is.
type Role string

// The roles. A system prompt is no message, but a field of Request.
const (
	User      Role = "user"      // what is asked; Text and Media
	Assistant Role = "assistant" // what a model has replied; Text, Calls and Raw
	Tools     Role = "tools"     // what its calls gave; Results, one for each call of the message before
)

// A Message is a part of a conversation. Which fields count, its Role says.
type Message struct {
	Role    Role
	Text    string
	Media   []Media
	Calls   []Call
	Results []Result
	// Raw is a reply as its provider wrote it, with what that wants back and nobody else
	// knows, as signatures of thoughts; nil where there is none. It is sent to the provider
	// RawOf and nobody else, who gets the other fields.
	Raw   json.RawMessage
	RawOf string
}

// A Media is a picture or another file, for a model that takes such.
type Media struct {
	Type string // as in a Content-Type: image/png, application/pdf
	Data []byte
}

// A Call is a model's wish to have a tool called.
type Call struct {
	ID   string // the provider's, which its result names; unique in its message
	Name string
	// Arguments are as the model wrote them, which may be anything; empty for none.
	Arguments string
}

// A Result is what a call gave.
type Result struct {
	Call   string // the call's ID
	Name   string // the call's Name
	Text   string
	Failed bool // Text says why the call gave nothing else
}

// A Tool is a function that a model may have called.
type Tool struct {
	Name        string // letters, digits, _ and -, at most 64
	Description string
	Parameters  json.RawMessage // a JSON Schema of an object
}

// A Request is what a model is asked. It isn't changed by Ask.
type Request struct {
	System   string // empty for none
	Messages []Message
	Tools    []Tool
	// NoCalls has the model reply without calling a tool. The tools are sent nevertheless:
	// another list of them would lose what the provider has cached of the conversation, and
	// some refuse calls in a conversation without tools.
	NoCalls bool
	// Answer is the JSON Schema, of an object, of a reply that isn't a call; nil for a text
	// of any form.
	Answer json.RawMessage
	// MaxTokens bounds the reply's tokens; 0 leaves it to the provider, or is 4096 where the
	// wire wants a bound.
	MaxTokens int
}

// A Stop says why a reply ended.
type Stop string

// The reasons.
const (
	Ended   Stop = "ended"     // it is whole; it may have calls
	Cut     Stop = "cut short" // at MaxTokens, or where the model's window ends
	Refused Stop = "refused"   // the model, or its provider, doesn't reply to that
)

// Usage is what a reply has cost, in tokens, as the provider counts them.
type Usage struct {
	In     int // of the request, those read from a cache among them
	Cached int // of In, those read from a cache
	Out    int // of the reply, thoughts among them
}

// A Reply is a model's reply.
type Reply struct {
	Message Message // an Assistant's
	Stop    Stop
	Usage   *Usage // nil where the provider didn't say
	Model   string // the model that has replied, as its provider calls it; may be empty
}

// A Delta is a part of a reply that has just come.
type Delta struct {
	Text string // of the answer; empty where the part is of a call, or of a thought
}
