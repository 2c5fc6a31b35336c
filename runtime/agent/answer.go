package agent

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/repair"
)

// read takes a reply as the result, or says what is wrong with it, on one line or several.
func (c *Conversation[T]) read(reply string, maps *node) (v T, faults string) {
	v, faults = c.decoded(reply, maps)
	if faults != "" || c.Validate == nil {
		return v, faults
	}
	broken, err := recovering(func(v T) ([]string, error) { return c.Validate(v), nil }, v)
	if err != nil {
		return v, err.Error()
	}
	for i, says := range broken {
		if says == "" {
			broken[i] = "it breaks a rule that has no words"
		}
	}
	return v, strings.Join(broken, "\n")
}

func (c *Conversation[T]) decoded(reply string, maps *node) (v T, faults string) {
	if strings.TrimSpace(reply) == "" {
		return v, "the reply is empty"
	}
	if c.Answer == "" {
		return c.plain(reply)
	}
	values := jsonIn(reply)
	if len(values) == 0 {
		return v, "the reply has no JSON in it that can be read"
	}
	fit := []byte(nil)
	for _, data := range values {
		one, err := c.fromJSON(data, maps)
		switch {
		case err != nil:
			faults = err.Error()
		case fit != nil && !bytes.Equal(fit, data):
			return v, "the reply has several values, and it isn't clear which one is meant"
		default:
			v, fit = one, data
		}
	}
	if fit != nil {
		return v, ""
	}
	return v, faults
}

// plain takes any text as the result.
func (c *Conversation[T]) plain(reply string) (v T, faults string) {
	if c.Decode != nil {
		v, err := recovering(c.Decode, jsonText(reply))
		if err != nil {
			return v, err.Error()
		}
		return v, ""
	}
	v, _ = any(reply).(T)
	return v, ""
}

func jsonText(s string) []byte {
	data, _ := json.Marshal(s) // a text: it can't fail
	return data
}

// jsonIn are the values in a reply, any of which may be the result.
func jsonIn(reply string) (all [][]byte) {
	if json.Valid([]byte(reply)) && !strings.HasPrefix(strings.TrimSpace(reply), `"`) {
		return [][]byte{[]byte(reply)}
	}
	for _, v := range repair.Values(reply) {
		all = append(all, v.JSON)
	}
	if all == nil && json.Valid([]byte(reply)) {
		all = [][]byte{[]byte(reply)}
	}
	return all
}

// fromJSON takes one value as the result.
func (c *Conversation[T]) fromJSON(data []byte, maps *node) (v T, err error) {
	if c.Wrapped {
		data = wrapped(data)
	}
	if data, err = maps.withMaps(data); err != nil {
		return v, err
	}
	if c.Wrapped {
		data = fields(data)[0].value
	}
	if c.Decode != nil {
		return recovering(c.Decode, data)
	}
	err = pure.Decode(data, "", &v)
	return v, err
}

// wrapped is a value as the one field of an object; as it is where it is one.
func wrapped(data []byte) []byte {
	if in := fields(data); len(in) == 1 && in[0].name == "value" {
		return data
	}
	return slices.Concat([]byte(`{"value":`), data, []byte("}"))
}
