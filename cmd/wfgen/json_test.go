package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/driver"
)

// TestJSONKeysAreDocumented: docs/json.md has each key of what -json prints, and of what the
// two documents have.
func TestJSONKeysAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-zA-Z]+)`").FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = true
	}
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(of.Elem())
		case reflect.Struct:
			if seen[of] || of.PkgPath() == "time" {
				return
			}
			seen[of] = true
			for i := range of.NumField() {
				f := of.Field(i)
				key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if key != "" && !documented[key] {
					t.Errorf("docs/json.md doesn't say what %s of %s is", key, of)
				}
				visit(f.Type)
			}
		}
	}
	for _, v := range []any{
		listedRun{}, shownRun{}, change{}, testedJSON{}, forecastLine{}, compatLine{},
		history.Document{}, driver.Event{}, compiler.Declaration{},
	} {
		visit(reflect.TypeOf(v))
	}
	if len(seen) < 10 {
		t.Errorf("%d types were looked at", len(seen))
	}
}
