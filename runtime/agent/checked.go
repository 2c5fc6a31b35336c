package agent

import "github.com/wfgen/wfgen/runtime/pure"

// Checked reads a result, and has look look at its constraints: a Decode of a Conversation.
func Checked[T any](look func(c *pure.Check, v T) T) func(json []byte) (T, error) {
	return func(json []byte) (T, error) {
		var v, none T
		if err := pure.Decode(json, "", &v); err != nil {
			return none, err
		}
		var c pure.Check
		v = look(&c, v)
		if err := c.Err(); err != nil {
			return none, err
		}
		return v, nil
	}
}
