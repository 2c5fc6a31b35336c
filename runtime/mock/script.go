package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// script reads what stands under a name, and checks it against the tool's type.
func (t *Tools) script(name string, data json.RawMessage) (*script, error) {
	tool, err := t.tool(name)
	if err != nil {
		return nil, err
	}
	if data[0] != '[' {
		a, err := tool.answer(data, name)
		return &script{answers: []answer{a}}, err
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(data, &elements); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(elements) == 0 {
		return nil, fmt.Errorf("%s: a list gives results call by call, and this one has none; an empty list as result is written [[]]", name)
	}
	s := &script{list: true}
	var problems []error
	for i, e := range elements {
		a, err := tool.answer(e, fmt.Sprintf("%s[%d]", name, i))
		s.answers = append(s.answers, a)
		problems = append(problems, err)
	}
	err = errors.Join(problems...)
	if err != nil && tool.check != nil && tool.check(data, "") == nil {
		err = fmt.Errorf("%s: a list gives results call by call; a list as result is written [[…]]", name)
	}
	return s, err
}

// tool finds the tool that a name in the mocks stands for, by its own name or by
// the id of a step that calls it.
func (t *Tools) tool(name string) (Tool, error) {
	want := name
	if id, _ := stepid.Planned(name); t.steps[id].Tool != "" {
		want = t.steps[id].Tool
	}
	var names []string
	for _, tool := range t.tools {
		if tool.name == want {
			return tool, nil
		}
		names = append(names, tool.name)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return Tool{}, fmt.Errorf("%s: the workflow calls no tools", name)
	}
	return Tool{}, fmt.Errorf("%s: neither a tool of the workflow nor a step that calls one; the tools are %s", name, strings.Join(names, ", "))
}

// answer reads what one call gives.
func (t *Tool) answer(data json.RawMessage, path string) (answer, error) {
	if a, ok, err := t.manner(data, path); ok {
		if err == nil && a.err == nil && a.panicked == nil {
			err = t.fits(a.result, path+".result")
		}
		return a, err
	}
	return answer{result: data}, t.fits(data, path)
}

// fits checks a result against the tool's type.
func (t *Tool) fits(data json.RawMessage, path string) error {
	switch {
	case t.check != nil && data == nil:
		return fmt.Errorf("%s: missing", path)
	case t.check != nil:
		return t.check(data, path)
	case data != nil && !bytes.Equal(data, []byte("null")):
		return fmt.Errorf("%s: %s gives no result; null succeeds", path, t.name)
	}
	return nil
}

// manner reads an object that says how a call goes; ok is false for any other
// value.
func (t *Tool) manner(data json.RawMessage, path string) (a answer, ok bool, err error) {
	var m map[string]json.RawMessage
	if data[0] != '{' || json.Unmarshal(data, &m) != nil {
		return a, false, nil
	}
	_, fails := m["error"]
	_, panics := m["panic"]
	_, sleeps := m["sleep"]
	if !fails && !panics && !sleeps {
		return a, false, nil
	}
	for key := range m {
		if !slices.Contains([]string{"error", "panic", "sleep", "result"}, key) {
			return a, false, nil
		}
	}
	a.result = m["result"]
	if (fails && panics) || (a.result != nil && (fails || panics)) {
		return a, true, fmt.Errorf("%s: only one of result, error and panic can be", path)
	}
	return a, true, errors.Join(
		t.readError(m["error"], path+".error", &a.err),
		readText(m["panic"], path+".panic", &a.panicked),
		a.readSleep(m["sleep"], path+".sleep"))
}

func readText(data json.RawMessage, path string, into **string) error {
	if data == nil {
		return nil
	}
	*into = new(string)
	return pure.Decode(data, path, *into)
}

// readError reads what a call fails with: a text, or an object with the type of a
// declared error and its fields.
func (t *Tool) readError(data json.RawMessage, path string, into *error) error {
	if data == nil || data[0] != '{' {
		var text *string
		if err := readText(data, path, &text); err != nil || text == nil {
			return err
		}
		*into = errors.New(*text)
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, err := t.failure(fields["type"], path)
	if err != nil {
		return err
	}
	delete(fields, "type")
	rest, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	*into, err = f.read(rest, path)
	return err
}

// failure finds the declared error that a type names.
func (t *Tool) failure(name json.RawMessage, path string) (*Failure, error) {
	var text string
	if name == nil || json.Unmarshal(name, &text) != nil {
		return nil, fmt.Errorf("%s: expected a text, or an object with the error's type", path)
	}
	var names []string
	for i := range t.fails {
		if t.fails[i].name == text {
			return &t.fails[i], nil
		}
		names = append(names, t.fails[i].name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: %s declares no errors that it fails with", path, t.name)
	}
	return nil, fmt.Errorf("%s: %s doesn't fail with %s; it does with %s", path, t.name, text, strings.Join(names, ", "))
}

func (a *answer) readSleep(data json.RawMessage, path string) error {
	if data == nil {
		return nil
	}
	return pure.Decode(data, path, &a.sleep)
}
