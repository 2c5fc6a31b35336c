package interp_test

import (
	"context"
	"fmt"

	"github.com/wfgen/wfgen/compiler"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/interp"
)

// A program writes a workflow over tools that it has, and runs it: no Go is generated,
// and nothing is on the disk.
func Example() {
	f := b.NewFile("greetings")
	f.Tool("Greeting", b.Takes("language", b.String).Gives(b.String), b.Readonly())
	f.Workflow("Greet", b.Takes("names", b.List(b.String)).Gives(b.String)).Body(
		b.Bind("word", b.Call("Greeting", "german")),
		b.Return(b.Text(b.Name("word"), ", ", b.Call("join", b.Name("names"), " and "), "!")))
	tree, err := f.Tree()
	if err != nil {
		panic(err)
	}
	source, _, err := compiler.SourceOf("greetings.wf", tree)
	if err != nil {
		panic(err)
	}
	memory := compiler.Workspace{InMemory: true}
	checked, err := memory.Snapshot(map[string][]byte{"greetings.wf": source}).Package(context.Background(), ".")
	if err != nil || checked.HasErrors() {
		panic(fmt.Sprint(err, checked.Diagnostics()))
	}
	program, err := interp.New(checked.Plan(), interp.Tools{
		"Greeting": func(language string) string { return map[string]string{"german": "Hallo"}[language] },
	})
	if err != nil {
		panic(err)
	}
	result, err := program.Run(context.Background(), "Greet", []byte(`{"names": ["Ada", "Bob"]}`))
	fmt.Println(string(result), err)
	// Output: "Hallo, Ada and Bob!" <nil>
}
