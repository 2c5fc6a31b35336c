package agenttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/wfgen/wfgen/runtime/model"
)

var toolName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

var callID = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// check says what is wrong with a request that no provider takes.
func check(r *Request) error {
	if len(r.Messages) == 0 {
		return errors.New("there is no message")
	}
	names := map[string]bool{}
	for _, t := range r.Tools {
		if !toolName.MatchString(t.Name) || names[t.Name] {
			return fmt.Errorf("tool name %q isn't one, or is there twice", t.Name)
		}
		names[t.Name] = true
		if err := object(t.Parameters); err != nil {
			return fmt.Errorf("parameters of %s: %w", t.Name, err)
		}
	}
	if r.Answer != nil {
		if err := strict(r.Answer); err != nil {
			return fmt.Errorf("schema of the answer: %w", err)
		}
	}
	return answered(r.Messages, len(r.Tools) > 0)
}

// answered holds a conversation to what all providers ask for: the calls of a reply have
// results in the message after it, each one, and there are no others.
func answered(all []model.Message, tools bool) error {
	var open []string
	seen := map[string]bool{}
	for i := range all {
		m := &all[i]
		for _, result := range m.Results {
			k := slices.Index(open, result.Call)
			if k < 0 {
				return fmt.Errorf("message %d has a result of %q, which isn't called before it", i, result.Call)
			}
			open = slices.Delete(open, k, k+1)
		}
		if len(open) > 0 {
			return fmt.Errorf("message %d comes before the results of the calls %q", i, open)
		}
		if m.Role == model.Assistant && len(m.Calls) > 0 && !tools {
			return fmt.Errorf("message %d has calls, and there are no tools", i)
		}
		for _, call := range m.Calls {
			if !callID.MatchString(call.ID) || seen[call.ID] {
				return fmt.Errorf("message %d has a call whose id, %q, isn't one, or was another's before", i, call.ID)
			}
			seen[call.ID] = true
			open = append(open, call.ID)
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("the calls %q have no results", open)
	}
	return nil
}

// object tells whether a schema is one of an object.
func object(schema json.RawMessage) error {
	var s struct{ Type string }
	if err := json.Unmarshal(schema, &s); err != nil {
		return err
	}
	if s.Type != "object" {
		return fmt.Errorf("type %q, want object", s.Type)
	}
	return nil
}

// strict tells whether a schema is within what providers hold replies to.
func strict(schema json.RawMessage) error {
	if err := object(schema); err != nil {
		return err
	}
	return strictAt("$", schema)
}

func strictAt(at string, schema json.RawMessage) error {
	var s struct {
		Type       any
		Properties map[string]json.RawMessage
		Required   []string
		Additional *bool `json:"additionalProperties"`
		Items      json.RawMessage
		AnyOf      []json.RawMessage
		Defs       map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	if s.Properties != nil || s.Type == "object" {
		if s.Additional == nil || *s.Additional {
			return fmt.Errorf("%s: additionalProperties has to be false", at)
		}
		if len(s.Required) != len(s.Properties) {
			return fmt.Errorf("%s: required has to name each property", at)
		}
	}
	inner := map[string]json.RawMessage{}
	for name, p := range s.Properties {
		if !slices.Contains(s.Required, name) {
			return fmt.Errorf("%s: required has to name %s", at, name)
		}
		inner[at+"."+name] = p
	}
	for name, d := range s.Defs {
		inner[at+".$defs."+name] = d
	}
	for i, one := range s.AnyOf {
		inner[fmt.Sprintf("%s.anyOf[%d]", at, i)] = one
	}
	if s.Items != nil {
		inner[at+"[]"] = s.Items
	}
	for at, schema := range inner {
		if err := strictAt(at, schema); err != nil {
			return err
		}
	}
	return nil
}
