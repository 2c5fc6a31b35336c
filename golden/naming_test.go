package golden

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/plan"
)

// named has a name of each kind, as zzKind, and uses it wherever generated code could
// mistake it for another one.
const named = `package zzPackage

type zzStruct { zzField int where zzField > zzFunc(0), zzValues []zzUnion, zzAt time?, zzTiers map[string]zzEnum, zzOther string = "x" }
type zzUnion = zzStruct | zzMember
type zzMember { zzCard string where zzCard > "${zzFunc(1)}" }
enum zzEnum { zzFirst, zzSecond }
error zzError { zzReason string, zzCard zzEnum }
event zzEvent(zzKey string) { zzPayload int where zzPayload > zzFunc(0), zzValues []int }
const zzConst = 7
policy zzPolicy retry 1 backoff 1ms..2ms

tool zzTool(zzToolParam int, zzValue zzUnion) int idempotent fails zzError
tool zzReader(zzReadParam zzStruct) zzUnion readonly retry 1
tool zzUndo(text string)

func zzFunc(zzParam int) int {
	zzLet := zzParam + zzConst
	zzList := for zzIndex, zzRound in [zzLet, 2] where zzRound > 1 { zzIndex + zzRound }
	sum(sort(zzSorted in zzList by zzSorted * -1)) + (if zzLet > 3 { zzConst } else { zzLet })
}

func zzJoined(zzTexts []string, zzParam int) string { "${join(zzTexts, "")}: ${zzFunc(zzParam)}" }
func zzMatched(zzValue zzUnion) int { match zzValue { zzStruct zzOne => zzOne.zzField + zzFunc(1), zzMember => zzFunc(2) } }
func zzSame(zzLeftOne zzStruct?, zzRightOne zzStruct?, zzTier zzEnum) bool { zzLeftOne?.zzAt == zzRightOne?.zzAt && (match zzTier { zzFirst => true, zzSecond => false }) }
func zzMade(zzSubject zzStruct) zzStruct { zzStruct{...zzSubject, zzField: zzFunc(zzSubject.zzField), zzAt: none} }

workflow zzSub(zzInput zzUnion) int {
	return zzMatched(zzInput) + zzFunc(1)
}

workflow zzWorkflow(zzArgument int, zzSubject zzStruct, zzFlags map[string]bool) string {
	validate zzFunc(zzArgument) > 0 else "no ${zzArgument}"
	zzCall := zzTool(zzFunc(zzArgument), zzSubject) with zzPolicy timeout 1h undo zzUndo("${zzCall}") else match err {
		zzError zzCaught => sum([zzFunc(1)]) + (if zzCaught.zzReason == "" { 1 } else { 2 })
		TimedOut => zzFunc(2)
		_ => fail err
	}
	commit
	zzLabel: zzUndo(zzJoined(keys(zzFlags), zzCall)) else {}
	parallel {
		zzBeside := zzReader(zzMade(zzSubject))
		zzOptional := zzTool(zzFunc(3), zzSubject) else none
	}
	log "${zzBeside} ${zzOptional ?? zzFunc(zzCall)}"
	if zzOptional != none { return "${zzOptional + zzConst}" }
	zzMapped := for zzName, zzFlag in zzFlags parallel 2 { zzSub(zzSubject) + (if zzName < "b" { zzConst } else { 4 }) + (if zzFlag { zzFunc(1) } else { zzFunc(2) }) }
	zzLoop := loop zzState := zzFunc(1) max 3 {
		if zzTool(zzState, zzBeside) > zzConst { break zzState }
		continue zzFunc(zzState)
	} else { zzFunc(4) }
	zzRace := race {
		zzArm: { zzTool(1, zzSubject) }
		zzOtherArm: { wait 1h
			zzFunc(2) }
	}
	try {
		validate zzFunc(zzRace) > 3
		emit zzEvent("key") { zzPayload: zzFunc(3), zzValues: zzMapped }
	} else {
		fail zzError{zzReason: err.message, zzCard: zzEnum.zzFirst}
	}
	zzEventGiven := await zzEvent("key") timeout 1d
	zzStarted := start zzSub(zzSubject)
	zzBack := decode(zzStruct, json(zzMade(zzSubject)))
	zzLeft := await run(zzStarted) timeout 1h else zzFunc(5)
	match zzBack.zzTiers["a"] { none => log "none", zzFirst => log "first", zzSecond => log "second" }
	return "${zzLeft} ${zzLoop} ${zzSame(zzSubject, zzBack, zzEnum.zzSecond)} ${zzEventGiven.zzPayload + zzFunc(1)} ${zzBack.zzOther}"
}
`

// TestNames gives each kind of name every name that could mean something to Go, to what
// generated code imports, or to generated code itself: either the checker says why it can't
// be one, or it becomes Go that type-checks. In each program all names are such names.
func TestNames(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	innocent := with(nil)
	files := generated(t, innocent)
	typeCheck(t, fset, imports, innocent, files)
	names := meaningful(files)
	for i := range names {
		chosen := map[string]string{}
		for j, s := range slots {
			chosen[s] = names[(i+j)%len(names)]
		}
		if _, ds := checked(with(chosen)); diag.HasErrors(ds) {
			maps.DeleteFunc(chosen, func(s, name string) bool { return top[s] && refused(t, s, name) })
		}
		source := with(chosen)
		typeCheck(t, fset, imports, source, generated(t, source))
	}
}

// TestReservedNames: where a reserved word stands in place of a name, that is what is said.
func TestReservedNames(t *testing.T) {
	for _, word := range []string{"import", "event", "log", "in", "if"} {
		for _, s := range slots {
			_, ds := checked(with(map[string]string{s: word}))
			about := slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return strings.Contains(d.Message, "`"+word+"`") })
			if free[s] == about || free[s] == diag.HasErrors(ds) {
				t.Errorf("%s as the name %s: %v", word, s[2:], ds)
			}
		}
	}
}

var (
	slot  = regexp.MustCompile(`zz\w+`)
	slots = slices.Compact(slices.Sorted(slices.Values(slot.FindAllString(named, -1))))
	// top are those that Go sees outside of functions, and may have no name for.
	top = set("zzPackage zzStruct zzUnion zzMember zzEnum zzFirst zzError zzEvent zzConst zzPolicy zzTool zzReader zzUndo zzFunc zzJoined zzMatched zzSame zzMade zzSub zzWorkflow zzField zzOther zzReason zzCard zzValues zzTiers zzAt zzSecond zzKey zzPayload")
	// free are those that a reserved word can be the name of: fields that no constraint names.
	free = set("zzOther zzReason zzAt zzTiers zzValues")
)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

// with is the source with the names that are chosen for some of its slots.
func with(chosen map[string]string) string {
	return slot.ReplaceAllStringFunc(named, func(s string) string {
		if name := chosen[s]; name != "" {
			return name
		}
		return "own" + s[2:]
	})
}

func checked(source string) (*checker.Program, []diag.Diagnostic) {
	return check([]txtar.File{{Name: "p.wf", Data: []byte(source)}})
}

// refused tells whether a name can't be one of that kind, and holds what is said then to
// being about the name. One that the source uses in its own meaning can't be hidden there.
func refused(t *testing.T, s, name string) bool {
	t.Helper()
	_, ds := checked(with(map[string]string{s: name}))
	if !diag.HasErrors(ds) {
		return false
	}
	hides := regexp.MustCompile(`\b` + name + `\b`).MatchString(named)
	begins := ds[0].Code == diag.Syntax && ds[0].Message == "expected a statement, found `"+name+"`" // as in go{…}
	if code := ds[0].Code; code != diag.GoNameClash && code != diag.WrongPackage && !hides && !begins {
		t.Errorf("%s as the name %s: %s: %s", name, s[2:], code, ds[0].Message)
	}
	return true
}

func generated(t *testing.T, source string) []plan.File {
	t.Helper()
	prog, ds := checked(source)
	if diag.HasErrors(ds) {
		var b strings.Builder
		diag.Render(&b, ds, false)
		t.Fatal(b.String())
	}
	files, err := codegen.Generate(plan.Make(prog))
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return files
}

// meaningful are the names that Go's keywords and predeclared names are, and all that stand
// by themselves in generated files, but for those that the language reserves, and one of two that an exported name in Go would
// come from.
func meaningful(files []plan.File) []string {
	names := map[string]bool{"context": true, "math": true, "slices": true, "strconv": true, "strings": true, "time": true, "init": true, "main": true, "__": true}
	for k := token.BREAK; k <= token.VAR; k++ {
		names[k.String()] = true
	}
	for _, name := range types.Universe.Names() {
		names[name] = true
	}
	for _, f := range files {
		file, err := parser.ParseFile(token.NewFileSet(), f.Name, f.Content, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for name := range standing(file) {
			names[name] = true
		}
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool {
		_, ds := checked(with(map[string]string{"zzLet": name}))
		return name == "_" || names[lowerFirst(name)] && name != lowerFirst(name) || strings.Contains(strings.ToLower(name), "own") || diag.HasErrors(ds)
	})
	return slices.Sorted(maps.Keys(names))
}

func lowerFirst(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// standing are the names of a file that no dot stands before.
func standing(file *ast.File) map[string]bool {
	names, selected := map[string]bool{}, map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
		case *ast.Ident:
			if !selected[n] {
				names[n.Name] = true
			}
		}
		return true
	})
	return names
}
