package execute

import (
	"os"
	"os/exec"
	"syscall"
)

// inherit has a program get files when it starts, and gives the numbers that they have
// there.
func inherit(cmd *exec.Cmd, files [2]*os.File) (numbers [2]uintptr, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	for i, f := range files {
		handle := syscall.Handle(f.Fd())
		if err := syscall.SetHandleInformation(handle, syscall.HANDLE_FLAG_INHERIT, 1); err != nil {
			return numbers, os.NewSyscallError("SetHandleInformation", err)
		}
		numbers[i] = f.Fd()
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, handle)
	}
	return numbers, nil
}
