package execute

import (
	"os"
	"os/exec"
	"syscall"
)

// inherit has a program get files when it starts, and gives the numbers that they have
// there.
func inherit(cmd *exec.Cmd, files ...*os.File) (numbers []uintptr, err error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	for _, f := range files {
		handle := syscall.Handle(f.Fd())
		if err := syscall.SetHandleInformation(handle, syscall.HANDLE_FLAG_INHERIT, 1); err != nil {
			return numbers, os.NewSyscallError("SetHandleInformation", err)
		}
		numbers = append(numbers, f.Fd())
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, handle)
	}
	return numbers, nil
}
