//go:build !windows

package driver

import (
	"os"
	"syscall"
)

// inherited is an open file that this process was started with. What it starts doesn't
// get it.
func inherited(number uintptr, name string) *os.File {
	syscall.CloseOnExec(int(number))
	return os.NewFile(number, name)
}
