package runtime

import (
	"errors"
	goruntime "runtime"
	"testing"
)

// What is too big to be stored is not put together before that is known.
func TestPayloadIsBoundedAsItIsWritten(t *testing.T) {
	var shared any = "x"
	for range 60 {
		shared = []any{shared, shared}
	}
	table := map[string]any{"a": shared}
	for name, v := range map[string]any{
		"lists of lists": shared, "a map": table, "flags": make([]bool, 32<<20), "bytes": make([]byte, 64<<20),
		"structs": make([]struct{}, 1<<40), "a struct": struct{ A []any }{[]any{shared}},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after goruntime.MemStats
			goruntime.ReadMemStats(&before)
			_, err := encodePayload(v, "it")
			goruntime.ReadMemStats(&after)
			if e, ok := errors.AsType[*PayloadError](err); !ok || e.Most != maxPayload || e.Err != nil {
				t.Errorf("got %v", err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 16*maxPayload {
				t.Errorf("writing it took %d MB", took>>20)
			}
		})
	}
	if data, err := encodePayload(make([]byte, maxPayload/4*3-3), "it"); err != nil || len(data) != maxPayload-2 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
