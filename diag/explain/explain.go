// Package explain says at length what each diagnostic code means: why the compiler
// refuses it, an example that has it, and one that doesn't. The explanations are
// archives in the folder codes, one for each code, embedded in the program. The
// package reads nothing else and compiles nothing: what the compiler says to an
// example is part of its archive, and a test holds it to what the compiler says.
//
// A new code needs an archive of its name. Its comment is the summary in one line,
// an empty line and the text. Its files are bad.wf and good.wf, or several below
// bad/ and good/. A name that ends with .quoted holds a Go string, for what can't
// be written as text. The section diagnostic is written by go test -update,
// and docs/diagnostics.md by a second run of it.
package explain

import (
	"embed"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/diag"
)

// An Explanation is all there is to say about a code.
type Explanation struct {
	Code diag.Code
	// Summary is one line, lower case, without a full stop.
	Summary string
	// Text is one or more paragraphs, an empty line between them.
	Text string
	// Bad are the files of a package that gets the code and no other one.
	Bad []File
	// Diagnostic is what the compiler says to Bad, as it is shown to a person.
	Diagnostic string
	// Good are the files of a package with which nothing is wrong.
	Good []File
}

// A File is one of an example, named as in its directory.
type File struct {
	Name string
	Text string
}

// diagnosticSection is the file of an archive that holds Explanation.Diagnostic.
const diagnosticSection = "diagnostic"

//go:embed codes/*.txtar
var archives embed.FS

// All gives the explanations, sorted by code.
func All() []Explanation {
	entries, err := archives.ReadDir("codes")
	if err != nil {
		panic("internal error: " + err.Error())
	}
	var all []Explanation
	for _, e := range entries {
		text, err := archives.ReadFile(path.Join("codes", e.Name()))
		if err != nil {
			panic("internal error: " + err.Error())
		}
		code := diag.Code(strings.TrimSuffix(e.Name(), ".txtar"))
		all = append(all, explanationOf(code, txtar.Parse(text)))
	}
	return all
}

func explanationOf(code diag.Code, a *txtar.Archive) Explanation {
	summary, text, _ := strings.Cut(string(a.Comment), "\n")
	e := Explanation{Code: code, Summary: summary, Text: strings.TrimSpace(text)}
	for _, f := range a.Files {
		file := File{Name: f.Name, Text: string(f.Data)}
		switch {
		case f.Name == diagnosticSection:
			e.Diagnostic = file.Text
		case strings.HasPrefix(f.Name, "bad"):
			file.Name = strings.TrimPrefix(f.Name, "bad/")
			e.Bad = append(e.Bad, file)
		default:
			file.Name = strings.TrimPrefix(f.Name, "good/")
			e.Good = append(e.Good, file)
		}
	}
	return e
}

// Find gives the explanation of a code as a person may write it: WF020, wf020,
// WF20 or 20.
func Find(written string) (Explanation, bool) {
	n, ok := number(written)
	if !ok {
		return Explanation{}, false
	}
	for _, e := range All() {
		if m, _ := number(string(e.Code)); m == n {
			return e, true
		}
	}
	return Explanation{}, false
}

// Near gives the codes right below and above one that there isn't; none where what
// is written can't be a code.
func Near(written string) []diag.Code {
	n, ok := number(written)
	if !ok {
		return nil
	}
	all := All()
	above := slices.IndexFunc(all, func(e Explanation) bool {
		m, _ := number(string(e.Code))
		return m > n
	})
	if above < 0 {
		above = len(all)
	}
	var near []diag.Code
	for _, e := range all[max(0, above-1):min(len(all), above+1)] {
		near = append(near, e.Code)
	}
	return near
}

// number is that of a code.
func number(code string) (int, bool) {
	if len(code) > 2 && strings.EqualFold(code[:2], "WF") {
		code = code[2:]
	}
	n, err := strconv.ParseUint(code, 10, 16)
	return int(n), err == nil
}

// Warns tells whether the code is only ever a warning's: its example is compiled.
func (e *Explanation) Warns() bool {
	return strings.Contains(e.Diagnostic, diag.Warning.String()+"["+string(e.Code)+"]")
}
