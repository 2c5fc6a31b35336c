//go:build !windows

package execute

import (
	"os"
	"os/exec"
)

// inherit has a program get files when it starts, and gives the numbers that they have
// there.
func inherit(cmd *exec.Cmd, files ...*os.File) (numbers []uintptr, err error) {
	for _, f := range files {
		numbers = append(numbers, uintptr(3+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	return numbers, nil
}
