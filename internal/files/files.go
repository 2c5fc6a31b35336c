// Package files is the one room that the command writes files from. It takes a path and
// a content, and puts the one at the other: whole or not at all, by a file of a random
// name in the same directory that is then renamed, so that two commands at once don't meet
// and a full disk leaves what was there. It never writes through a link, which whoever
// made the directory may have put there: a checkout of a stranger's leads to no file
// outside of it. What a path's directory is is the caller's choice, and links on the way
// to it are followed.
package files

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// prefix begins the names of files that are being written: neither Go nor wfgen takes such
// a file for a source.
const prefix = ".wfgen-new-"

// A Staged is a new content that lies beside its file. It ends with Commit or Discard.
type Staged struct {
	path string // of the file
	name string // of the new content, in the same directory
}

// Stage writes a content beside the file that it is for. Where that exists, the new one
// has its permissions, else those of perm that the process's mask leaves. What is neither a
// file nor missing is refused, a link above all.
func Stage(path string, content []byte, perm fs.FileMode) (*Staged, error) {
	s, f, err := begin(path, perm)
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync() // else a power loss may leave the new name without the content
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

// Commit puts the new content in the file's place.
func (s *Staged) Commit() error {
	err := s.within(func(dir *os.Root) error { return dir.Rename(s.name, filepath.Base(s.path)) })
	if err != nil {
		return errors.Join(err, s.Discard())
	}
	return nil
}

// Discard removes the new content.
func (s *Staged) Discard() error {
	return s.within(func(dir *os.Root) error { return dir.Remove(s.name) })
}

// within calls do with the directory, where no name leads out of it.
func (s *Staged) within(do func(dir *os.Root) error) error {
	dir, err := os.OpenRoot(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	return errors.Join(do(dir), dir.Close())
}

// begin makes the file for a new content.
func begin(path string, perm fs.FileMode) (s *Staged, f *os.File, err error) {
	s = &Staged{path, prefix + rand.Text()}
	err = s.within(func(dir *os.Root) (err error) {
		f, err = s.create(dir, perm)
		return err
	})
	return s, f, err
}

func (s *Staged) create(dir *os.Root, perm fs.FileMode) (*os.File, error) {
	old, err := dir.Lstat(filepath.Base(s.path))
	if errors.Is(err, fs.ErrNotExist) {
		return dir.OpenFile(s.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	}
	if err == nil {
		err = plain(s.path, old)
	}
	if err != nil {
		return nil, err
	}
	f, err := dir.OpenFile(s.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(old.Mode().Perm()); err != nil {
		return nil, errors.Join(err, f.Close(), dir.Remove(s.name))
	}
	return f, nil
}

// Replace puts a content in a file's place, as Stage and Commit do.
func Replace(path string, content []byte, perm fs.FileMode) error {
	s, err := Stage(path, content, perm)
	if err != nil {
		return err
	}
	return s.Commit()
}

// Create makes a file. Whatever has its name already, a link too, is in the way.
func Create(path string, content []byte, perm fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// Rewrite opens a file to be written from its start on, as it goes. One that exists is
// replaced by an empty one at once. What isn't a file, such as a pipe, a terminal or
// /dev/null, is written to as it is, also through a link.
func Rewrite(path string, perm fs.FileMode) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return openSpecial(path)
	}
	s, f, err := begin(path, perm)
	if err != nil {
		return nil, err
	}
	if err := s.Commit(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openSpecial opens what isn't a file.
func openSpecial(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = fmt.Errorf("%s has become a file while it was opened", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Remove removes a file, or a link that has its name. One that is gone already is no error:
// another command may have done the same.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// MakeDir makes a directory, with those above it that are missing.
func MakeDir(path string, perm fs.FileMode) error { return os.MkdirAll(path, perm) }

// plain refuses what can't be replaced by a file.
func plain(path string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link, and nothing is written through one: name the file that it stands for, or remove it", path)
	case mode.IsDir():
		return fmt.Errorf("%s is a directory", path)
	}
	return fmt.Errorf("%s is no file", path)
}
