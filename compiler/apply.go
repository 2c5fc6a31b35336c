package compiler

import (
	"errors"

	"github.com/wfgen/wfgen/internal/files"
)

// Apply makes changes. New contents are written beside their files first, so that a full
// disk leaves everything as it was, and then put in place.
func Apply(changes []Change) error {
	var staged []*files.Staged
	for _, c := range changes {
		if c.Kind == Remove {
			continue
		}
		s, err := files.Stage(c.Path, c.Content, 0o666)
		if err != nil {
			return errors.Join(err, discard(staged))
		}
		staged = append(staged, s)
	}
	for i, s := range staged {
		if err := s.Commit(); err != nil {
			return errors.Join(err, discard(staged[i+1:]))
		}
	}
	for _, c := range changes {
		if c.Kind == Remove {
			if err := files.Remove(c.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// discard removes the new contents that were written.
func discard(staged []*files.Staged) error {
	var errs []error
	for _, s := range staged {
		errs = append(errs, s.Discard())
	}
	return errors.Join(errs...)
}
