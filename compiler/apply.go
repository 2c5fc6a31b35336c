package compiler

import (
	"errors"
	"fmt"
	"os"
)

// temporary is what the name of a file ends in while it is being written.
const temporary = ".wfgen-new"

// apply makes the changes. New contents are written beside their files first, so
// that a full disk leaves everything as it was, and then renamed into place.
func apply(changes []Change) error {
	for i, c := range changes {
		if err := prepare(c); err != nil {
			return errors.Join(err, discard(changes[:i+1]))
		}
	}
	for i, c := range changes {
		if err := c.commit(); err != nil {
			return errors.Join(err, discard(changes[i:]))
		}
	}
	return nil
}

// prepare writes the new content of a change.
func prepare(c Change) error {
	if c.Kind == Remove {
		return nil
	}
	mode := os.FileMode(0o666)
	if info, err := os.Stat(c.Path); err == nil {
		mode = info.Mode().Perm()
	}
	return os.WriteFile(c.Path+temporary, c.Content, mode)
}

// commit puts the new content in place.
func (c Change) commit() error {
	if c.Kind == Remove {
		return os.Remove(c.Path)
	}
	return os.Rename(c.Path+temporary, c.Path)
}

// discard removes the new contents that were written.
func discard(changes []Change) error {
	var errs []error
	for _, c := range changes {
		path := c.Path + temporary
		if there, err := exists(path); err != nil || !there {
			continue
		}
		if err := os.Remove(path); err != nil {
			errs = append(errs, fmt.Errorf("clean up after a failure: %w", err))
		}
	}
	return errors.Join(errs...)
}
