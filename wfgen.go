// Package wfgen is the source that wfgen run and wfgen test need at hand. The command
// builds programs on machines that have no copy of this module, so it carries the runtime
// and the interpreter with it, and the sums of what it is itself built from. Nothing else
// is here: the compiler is in the folders beside this file, and generated code imports the
// runtime alone.
package wfgen

import (
	"embed"

	"golang.org/x/mod/modfile"
)

// Source holds this module's go.mod and the folder runtime, tests included.
//
//go:embed go.mod runtime
var Source embed.FS

// Interpreter holds what a program is built from, beside the runtime, that interprets a
// package whose .wf files name Go. Of diag it is what asks for no library.
//
//go:embed dsl/*.go types/*.go diag/code.go diag/cut.go diag/diag.go checker/*.go plan/*.go plan/schema/*.go plan/serial/*.go
//go:embed compat/*.go interp/*.go internal/history/*.go interp/linked/*.go internal/replay/*.go internal/wftest/*.go
var Interpreter embed.FS

// Sums holds this module's go.sum, for a module that is made to depend on it: what building
// wfgen needs is then known there without a checksum database to ask.
//
//go:embed go.sum
var Sums []byte

// Documents are what those who write workflows read.
//
//go:embed docs/language.md docs/guide.md docs/durable.md docs/json.md docs/compat.md
var Documents embed.FS

// Templates holds the packages that people begin with, as they stand in examples/templates.
//
//go:embed examples/templates
var Templates embed.FS

// GoVersion is the version of Go that the runtime asks for.
func GoVersion() string { return Module().Go.Version }

// Module is this module's go.mod.
func Module() *modfile.File {
	text, err := Source.ReadFile("go.mod")
	if err != nil {
		panic("internal error: the embedded go.mod can't be read: " + err.Error())
	}
	file, err := modfile.Parse("go.mod", text, nil)
	if err != nil || file.Go == nil {
		panic("internal error: the embedded go.mod says no version")
	}
	return file
}
