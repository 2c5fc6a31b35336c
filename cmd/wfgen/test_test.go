package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestExamplesTests: the tests in the .wf files of the examples pass, with crashes too.
func TestExamplesTests(t *testing.T) {
	var out, problems bytes.Buffer
	code := run(nil, &out, &problems, []string{"wfgen", "test", "-crash", "../../examples/..."})
	if code != exitDone || strings.Count(out.String(), "ok  \t") < 3 {
		t.Errorf("exit code %d\n%s%s", code, &out, &problems)
	}
}
