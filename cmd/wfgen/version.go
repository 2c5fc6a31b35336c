package main

import (
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints the version and the revision that Go recorded in the binary, and Go's own.
func (c *versionCmd) Run(s *streams) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		revision = revisionOf(info.Settings)
	}
	return s.printf("wfgen %s %s%s %s/%s\n", version(), revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is that which Go recorded in the binary.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// revisionOf is the revision that a binary was built from, before a space; empty where Go
// hasn't recorded it, as for a module that was downloaded.
func revisionOf(settings []debug.BuildSetting) string {
	text, changed := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			text = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", with changes"
		}
	}
	if text == "" {
		return ""
	}
	return "(revision " + text + changed + ") "
}
