package agent

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/repair"
)

// A Tool is what a model may have called. Offer makes one.
type Tool struct {
	Name, Doc  string
	Parameters string // the JSON Schema of its arguments, an object; see Conversation.Answer
	Max        int    // calls in one conversation; 0 for any number
	Reads      bool   // it changes nothing: calls may go on side by side, and any failure is told to the model

	// prepare reads and checks arguments. What is wrong with them is told to the model. call
	// makes the call, within the frame of that call alone, and gives the JSON of its result;
	// nil where it gives nothing.
	prepare func(args []byte) (call func(f *runtime.Frame) ([]byte, error), err error)
}

// Offer makes a tool of a type of arguments, of what looks at these (nil for nothing), and of
// what calls it. What call gives is encoded as the language's JSON; a nil is no result.
func Offer[A any](t Tool, check func(*pure.Check, A), call func(f *runtime.Frame, args A) (any, error)) Tool {
	decode := func(data []byte) (args A, err error) {
		if err = pure.Decode(data, "", &args); err != nil || check == nil {
			return args, err
		}
		c := pure.NewCheck("")
		check(c, args)
		return args, c.Err()
	}
	return offer(t, decode, call)
}

// OfferDynamic is Offer for arguments that decode reads and checks, for interpreters.
func OfferDynamic(t Tool, decode func(args []byte) (any, error), call func(f *runtime.Frame, args any) (any, error)) Tool {
	return offer(t, decode, call)
}

func offer[A any](t Tool, decode func([]byte) (A, error), call func(*runtime.Frame, A) (any, error)) Tool {
	maps := mapsOf(t.Parameters)
	t.prepare = func(written []byte) (func(*runtime.Frame) ([]byte, error), error) {
		data, err := arguments(written, maps)
		if err != nil {
			return nil, err
		}
		args, err := recovering(decode, data)
		if err != nil {
			return nil, err
		}
		return func(f *runtime.Frame) ([]byte, error) {
			result, err := call(f, args)
			if err != nil || result == nil {
				return nil, err
			}
			return pure.Encode(result)
		}, nil
	}
	return t
}

// recovering is judge where a constraint or a rule can't be worked out: to the model that is a
// fault of what it has written.
func recovering[A, T any](judge func(A) (T, error), written A) (v T, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *pure.Fault:
			err = r
		default:
			panic(r)
		}
	}()
	return judge(written)
}

// arguments are what a model has written as the arguments of a call, as the language's JSON.
func arguments(written []byte, maps *node) ([]byte, error) {
	if strings.TrimSpace(string(written)) == "" {
		written = []byte("{}")
	}
	if !json.Valid(written) {
		found := repair.Values(string(written))
		if len(found) != 1 {
			return nil, errors.New("the arguments aren't JSON")
		}
		written = found[0].JSON
	}
	return maps.withMaps(written)
}
