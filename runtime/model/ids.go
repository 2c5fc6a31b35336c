package model

import (
	"fmt"
	"regexp"
)

// plainID is what all providers take as the id of a call.
var plainID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

// distinct is a conversation whose calls have ids that the provider takes: of a form that all
// do, and each once. Those of its own replies, which it gets as they were, stay. The messages
// that are given aren't changed.
func distinct(all []Message, provider string) []Message {
	out := append([]Message(nil), all...)
	seen := map[string]bool{}
	n := 0
	var renamed map[string]string // ids of the reply before
	for i := range out {
		m := &out[i]
		if len(m.Results) > 0 && len(renamed) > 0 {
			m.Results = append([]Result(nil), m.Results...)
			for k := range m.Results {
				if id, ok := renamed[m.Results[k].Call]; ok {
					m.Results[k].Call = id
				}
			}
		}
		if len(m.Calls) == 0 {
			continue
		}
		own := m.Raw != nil && m.RawOf == provider
		m.Calls, renamed = append([]Call(nil), m.Calls...), map[string]string{}
		for k := range m.Calls {
			call := &m.Calls[k]
			if n++; !own && (!plainID.MatchString(call.ID) || seen[call.ID]) {
				id := fmt.Sprint("call_", n)
				for seen[id] {
					id += "_"
				}
				renamed[call.ID], call.ID = id, id
			}
			seen[call.ID] = true
		}
	}
	return out
}
