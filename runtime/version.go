package runtime

// SupportsGeneratedCode3 is named by the shared file, wf.go, of every package that this
// runtime can run. So a runtime and generated code that don't fit are told apart when Go
// compiles them, by an error with this name, and not when a workflow runs.
//
// The number rises with a release whose generated code needs what the runtime of an earlier
// release lacks, or needs it to be otherwise: a new function, one more parameter, another
// meaning. The runtime then has the constants of all the generations that it still runs. One
// goes when the runtime stops running its generation, which is a major version.
//
// Where Go says that the constant is undefined:
//
//   - the generated code is newer than the runtime: upgrade the module, with
//     go get github.com/wfgen/wfgen@latest;
//   - the generated code is older than what the runtime runs: generate it again, with
//     wfgen compile ./... .
const SupportsGeneratedCode3 = true
