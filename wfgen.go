// Package wfgen is the source that wfgen run needs at hand. The command builds a
// workflow on machines that have no copy of this module, so it carries the
// runtime with it. Nothing else is here: the compiler is in the folders beside
// this file, and generated code imports the runtime alone.
package wfgen

import "embed"

// Source holds this module's go.mod and the folder runtime, tests included.
//
//go:embed go.mod runtime
var Source embed.FS
