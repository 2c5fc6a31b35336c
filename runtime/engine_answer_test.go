package runtime_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestAnsweredAtOnce answers approvals the moment they can be answered, under a virtual
// clock, which goes on while the execution is about to leave the memory.
func TestAnsweredAtOnce(t *testing.T) {
	w := workflow("Ask")
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		for i := range 3 {
			if err := approve(f, fmt.Sprint("ok", i)); err != nil {
				return 0, err
			}
		}
		return 1, nil
	}))
	for i := range 300 {
		id := fmt.Sprint("x", i)
		r := submit[int](t, e, w, runtime.ID(id))
		for step := range 3 {
			for {
				err := e.Answer(t.Context(), id, fmt.Sprint("ok", step), runtime.Answer{By: "ann"})
				if err == nil {
					break
				}
				if !errors.Is(err, runtime.ErrNotAsked) {
					t.Fatal(err)
				}
			}
		}
		if n, err := result(t, r); n != 1 || err != nil {
			t.Fatalf("%s: got %v, %v\n%s", id, n, err, recordsText(t, e, id))
		}
	}
}
