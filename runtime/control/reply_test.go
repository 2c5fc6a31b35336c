package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// sent is an error as it comes out at the other end of a socket.
func sent(t *testing.T, err error) error {
	t.Helper()
	var there, here reply
	there.fail(err)
	data, wrong := json.Marshal(there)
	if wrong == nil {
		wrong = json.Unmarshal(data, &here)
	}
	if wrong != nil {
		t.Fatal(wrong)
	}
	return here.err()
}

// ofSteps are the named errors that only a step comes upon.
var ofSteps = map[string]bool{"ErrNoEngine": true, "ErrUnanswered": true}

// TestReplyNamesAll: each error that package runtime names is that at the other end too.
func TestReplyNamesAll(t *testing.T) {
	named := map[string]bool{}
	for _, err := range refusals {
		named[err.Error()] = true
		if got := sent(t, fmt.Errorf("around: %w", err)); !errors.Is(got, err) || got.Error() != "around: "+err.Error() {
			t.Errorf("%v comes out as %v", err, got)
		}
	}
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "Err") || ofSteps[spec.Names[0].Name] {
				return true
			}
			text := spec.Values[0].(*ast.CallExpr).Args[0].(*ast.BasicLit).Value
			if !named[strings.Trim(text, `"`)] {
				t.Errorf("%s isn't among the refusals", spec.Names[0].Name)
			}
			return true
		})
	}
}

// TestReplyTypes: errors that say more than their name say it at the other end too.
func TestReplyTypes(t *testing.T) {
	for _, err := range []error{
		&runtime.UnknownError{ID: "x"},
		&runtime.HeldError{ID: "x", Text: "why"},
		&pure.InvalidError{Problems: []pure.Problem{{Path: "a.b", Text: "wrong"}}, Omitted: 3},
		&runtime.PayloadError{Of: "the input of W", Most: 16 << 20},
	} {
		got := sent(t, fmt.Errorf("around: %w", err))
		into := reflect.New(reflect.TypeOf(err))
		if !errors.As(got, into.Interface()) {
			t.Errorf("%T comes out as %T", err, got)
			continue
		}
		if diff := cmp.Diff(err, into.Elem().Interface()); diff != "" {
			t.Errorf("%T (-sent +got):\n%s", err, diff)
		}
	}
	unfit := &runtime.PayloadError{Of: "the event E", Err: errors.New("a channel has no JSON")}
	var payload *runtime.PayloadError
	if got := sent(t, unfit); !errors.As(got, &payload) || payload.Error() != unfit.Error() {
		t.Errorf("got %v", payload)
	}
	if got := sent(t, &runtime.StoreError{Err: errors.New("full")}); !errors.As(got, new(*runtime.StoreError)) || got.Error() != "the journal can't store: full" {
		t.Errorf("got %v", got)
	}
	if got := sent(t, errors.New("another")); got.Error() != "another" || errors.Unwrap(got) != nil {
		t.Errorf("got %v", got)
	}
	if got := sent(t, nil); got != nil {
		t.Errorf("got %v", got)
	}
}
