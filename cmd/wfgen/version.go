package main

import (
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version that Go recorded in the binary, and Go's own.
func (c *versionCmd) Run(s *streams) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return s.printf("wfgen %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
