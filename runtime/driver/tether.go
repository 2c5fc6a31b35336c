package driver

import (
	"io"
	"os"
	"sync"
)

// EndWith ends this process when the one ends that has the other end of a pipe, given by the
// number that the operating system has for this end: with nobody to tell of it nothing may
// go on. The directory that the other process has made for this one is removed then. leave
// does the same at once. A pipe of 0 is none, and no directory is removed.
func EndWith(pipe uintptr, dir string) (leave func()) {
	if pipe == 0 {
		return func() { os.Exit(exitFailed) }
	}
	leave = sync.OnceFunc(func() {
		_ = os.RemoveAll(dir) // on Windows the program itself stays, until wfgen comes upon it
		os.Exit(exitFailed)
	})
	alive := inherited(pipe, "alive")
	go func() {
		_, _ = io.Copy(io.Discard, alive)
		leave()
	}()
	return leave
}
