//go:build !windows

package execute

import (
	"os"
	"os/exec"
)

// inherit has a program get files when it starts, and gives the numbers that they have
// there.
func inherit(cmd *exec.Cmd, files [2]*os.File) (numbers [2]uintptr, err error) {
	for i, f := range files {
		numbers[i] = uintptr(3 + len(cmd.ExtraFiles))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	return numbers, nil
}
