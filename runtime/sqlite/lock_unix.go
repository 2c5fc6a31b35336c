//go:build !windows

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockFile opens a file for its owner alone; errOwned where it has one. The kernel
// lets go of it when the process ends, however it does. Whoever can open the file can hold
// it: it is its owner's alone, also where an earlier release has made it for all to read.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, private)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s is a link, which wfgen doesn't follow: remove it", path)
	}
	if err != nil {
		return nil, err
	}
	if err := ours(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errOwned
		}
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// locked tells whether a file has an owner.
func locked(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

// ours checks that a lock is a file of its own, and that nobody has made it for us who
// couldn't take the journal anyway: this user, root, or whose directory it is.
func ours(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	dir, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	of, is := info.Sys().(*syscall.Stat_t)
	around, known := dir.Sys().(*syscall.Stat_t)
	switch me := uint32(os.Geteuid()); {
	case !is || !known:
		return nil // a system that doesn't tell
	case !info.Mode().IsRegular() || of.Nlink != 1:
		return fmt.Errorf("%s is no file of its own: remove it", f.Name())
	case of.Uid != me && of.Uid != 0 && of.Uid != around.Uid:
		return fmt.Errorf("%s is another user's: have it removed, or put the journal in a directory of your own", f.Name())
	case of.Uid == me && info.Mode().Perm()&^private != 0:
		return f.Chmod(private)
	}
	return nil
}
