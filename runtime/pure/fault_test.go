package pure

import (
	"errors"
	"testing"
)

const here = "a.wf:3:7"

// wantFault checks that f fails with the text, at here.
func wantFault(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		fault, ok := recover().(*Fault)
		if !ok {
			t.Errorf("no fault, want %q", text)
		} else if *fault != (Fault{At: here, Text: text}) {
			t.Errorf("fault %q, want %q", fault.Error(), here+": "+text)
		}
	}()
	f()
}

func TestFault(t *testing.T) {
	var err error = &Fault{At: here, Text: "oops"}
	if err.Error() != "a.wf:3:7: oops" {
		t.Errorf("Error() = %q", err)
	}
	if text := (&Fault{Text: "oops"}).Error(); text != "oops" {
		t.Errorf("without a place: %q", text)
	}
	if _, ok := errors.AsType[*Fault](err); !ok {
		t.Error("errors.As doesn't find it")
	}
}
