package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/dsl"
)

// many are diagnostics of two files in a random order, each another.
func many(r *rand.Rand, errors, warnings int) []Diagnostic {
	files := []*dsl.Source{dsl.NewSource("a.wf", strings.Repeat("x\n", 1000)), dsl.NewSource("b.wf", strings.Repeat("x\n", 1000))}
	var all []Diagnostic
	for i := range errors + warnings {
		d := Diagnostic{Code: WrongType, Source: files[r.IntN(2)], Span: dsl.Span{Start: 2 * i, End: 2*i + 1}, Message: fmt.Sprint(i)}
		if i >= errors {
			d.Severity = Warning
		}
		all = append(all, d)
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// TestNothingHides: however many diagnostics there are and in whatever order, errors are
// there and shown first, and what isn't shown is counted.
func TestNothingHides(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, errors := range []int{0, 1, 99, 100, 101, 150} {
		for _, warnings := range []int{0, 1, 99, 100, 101, 150} {
			given := many(r, errors, warnings)
			for name, ds := range map[string][]Diagnostic{"as given": given, "sorted": Sorted(given)} {
				if len(ds) != errors+warnings || HasErrors(ds) != (errors > 0) {
					t.Fatalf("%s: of %d errors, %d warnings %d are there, with errors: %v", name, errors, warnings, len(ds), HasErrors(ds))
				}
				var text, lines bytes.Buffer
				if err := Render(&text, ds, false); err != nil {
					t.Fatal(err)
				}
				if err := RenderJSON(&lines, ds); err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("%d errors, %d warnings, %s", errors, warnings, name)
				shownErrors, shownWarnings := min(errors, Max), min(warnings, Max-min(errors, Max))
				checkText(t, what, text.String(), shownErrors, shownWarnings)
				checkJSON(t, what, lines.String(), shownErrors, shownWarnings, errors+warnings)
				if want := left(errors-shownErrors, warnings-shownWarnings); !strings.HasSuffix(Summary(ds), want) {
					t.Errorf("%s: the summary is %q, want …%s", what, Summary(ds), want)
				}
			}
		}
	}
}

// left is how a summary ends of which so many are left out.
func left(errors, warnings int) string {
	of := func(n int, what string) string {
		return strings.TrimSuffix(fmt.Sprintf("%d %ss", n, what), map[bool]string{true: "s"}[n == 1])
	}
	switch {
	case errors > 0 && warnings > 0:
		return "; not shown: " + of(errors, "error") + ", " + of(warnings, "warning")
	case errors > 0:
		return "; not shown: " + of(errors, "error")
	case warnings > 0:
		return "; not shown: " + of(warnings, "warning")
	}
	return ""
}

func checkText(t *testing.T, what, text string, errors, warnings int) {
	t.Helper()
	if strings.Count(text, " error[") != errors || strings.Count(text, " warning[") != warnings {
		t.Errorf("%s: Render shows %d errors, %d warnings", what, strings.Count(text, " error["), strings.Count(text, " warning["))
	}
	if first := strings.Index(text, " warning["); first >= 0 && strings.LastIndex(text, " error[") > first {
		t.Errorf("%s: Render shows an error below a warning", what)
	}
}

func checkJSON(t *testing.T, what, text string, errors, warnings, all int) {
	t.Helper()
	var got []string
	for line := range strings.Lines(text) {
		var r struct{ Code, Severity, Message string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got = append(got, r.Severity)
	}
	want := append(strings.Split(strings.Repeat("error ", errors), " ")[:errors], strings.Split(strings.Repeat("warning ", warnings), " ")[:warnings]...)
	if all > errors+warnings {
		want = append(want, got[len(got)-1]) // the line that counts the others
		if !strings.Contains(text, "not shown: ") {
			t.Errorf("%s: RenderJSON doesn't say that there are more", what)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: RenderJSON writes %v", what, got)
	}
}
