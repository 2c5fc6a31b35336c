package codegen

import (
	"strconv"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/types"
)

// This file folds long literals. gofmt breaks no lines, so what they are made of knows how
// wide it is.

// A part is a field of a literal, and about how many columns it takes.
type part struct {
	code  jen.Code
	width int
}

// maxColumns is how long the line of a literal may be.
const maxColumns = 100

func quoted(name, value string) part {
	return part{field(name, jen.Lit(value)), len(name) + len(": ") + len(strconv.Quote(value))}
}

// set is a field that is true.
func set(name string) part { return part{field(name, jen.True()), len(name) + len(": true")} }

// ofRuntime is a field whose value package runtime has a name for.
func ofRuntime(name, value string) part {
	return part{field(name, jen.Qual(runtimePath, value)), len(name) + len(": runtime.") + len(value)}
}

func lasting(name string, d time.Duration) part {
	return part{field(name, durationLit(d)), len(name) + len(": ") + durationWidth(d)}
}

func codes(parts []part) []jen.Code {
	out := make([]jen.Code, len(parts))
	for i, p := range parts {
		out[i] = p.code
	}
	return out
}

// width is that of parts on one line.
func width(parts []part) int {
	sum := 0
	for _, p := range parts {
		sum += p.width + len(", ")
	}
	return sum
}

// literal writes the parts of a literal in braces: on the line of what stands before them
// where they fit there, else on lines of their own, each as full as it can be.
func literal(before string, parts []part) *jen.Statement {
	if len(before)+width(parts) <= maxColumns {
		return fields(codes(parts)...)
	}
	code, column := jen.Op("{"), maxColumns
	for _, p := range parts {
		if column += p.width + len(", "); column > maxColumns {
			code.Line()
			column = p.width + len(", ")
		}
		code.Add(p.code).Op(",")
	}
	return code.Line().Op("}")
}

func stepLiteral(parts []part) jen.Code {
	return jen.Qual(runtimePath, "Step").Add(literal("runtime.Step", parts))
}

// taskLiteral describes a step that gives a t. check may be nil.
func taskLiteral(t types.Type, step []part, check jen.Code) jen.Code {
	name := "runtime.Task[" + t.String() + "]{Step: runtime.Step"
	task := []jen.Code{field("Step", jen.Qual(runtimePath, "Step").Add(literal(name, step)))}
	if check != nil {
		task = append(task, field("Check", check))
	}
	return jen.Qual(runtimePath, "Task").Index(goType(t)).Add(fields(task...))
}
