package assist

import (
	"reflect"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
)

// TestRunsNamesStatuses: what the tool says of its argument names each status that there is.
func TestRunsNamesStatuses(t *testing.T) {
	field, _ := reflect.TypeFor[runsIn]().FieldByName("Status")
	text := field.Tag.Get("jsonschema")
	for _, s := range journal.Statuses() {
		if !strings.Contains(text, string(s)) {
			t.Errorf("%q isn't in %q", s, text)
		}
	}
}
