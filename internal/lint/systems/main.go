// Systems tells what of packages isn't Go on another operating system:
//
//	systems windows,darwin ./cmd/... ./runtime/...
//
// It checks types from source, tests and all that they import included, and compiles
// nothing. `GOOS=windows go vet` finds the same and has to compile a whole SQLite for a
// system on which nobody runs it here, which takes eight times as long.
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: systems SYSTEM[,SYSTEM] PACKAGES")
		os.Exit(2)
	}
	failed := false
	for _, system := range strings.Split(os.Args[1], ",") {
		if err := check(system, os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", system, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// check fails where a package, or what it imports, has an error on the system; the errors
// themselves go to stderr.
func check(system string, patterns []string) error {
	loaded, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax,
		Env:   append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"),
		Tests: true,
	}, patterns...)
	if err != nil {
		return err
	}
	if len(loaded) == 0 {
		return fmt.Errorf("no packages match %s", strings.Join(patterns, " "))
	}
	if n := packages.PrintErrors(loaded); n > 0 {
		return fmt.Errorf("%d errors", n)
	}
	return nil
}
