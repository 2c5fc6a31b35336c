package runtime

import "time"

// A step has several retries where each is for declared errors of its own. A program in
// which none has links nothing of this: a Retry knows it by an interface.

// Several gives what a step has of several retries: each is for the declared errors in its
// On, and counts these alone. What is no declared error counts for the first. At means
// nothing in them.
func Several(first Retry, others ...Retry) *Retry {
	first.apart = append(several{first}, others...)
	return &first
}

// apart counts the failures of a step for each of its retries.
type apart interface {
	// count takes note of a failure, and gives the counts, which are nil at first.
	count(s *Step, err error, counts []int) []int
	// pause is that of a Retry, for the one that the last failure counts for.
	pause(s *Step, err error, counts []int) (d, spread time.Duration, ok bool)
}

type several []Retry

func (all several) count(s *Step, err error, counts []int) []int {
	if counts == nil {
		counts = make([]int, len(all))
	}
	if i := all.of(s, err); i >= 0 {
		counts[i]++
	}
	return counts
}

func (all several) pause(s *Step, err error, counts []int) (d, spread time.Duration, ok bool) {
	i := all.of(s, err)
	if i < 0 {
		return 0, 0, false
	}
	return all[i].pause(counts[i], 0)
}

// of gives the number of the retry that a failure counts for, -1 for none. A sub-workflow that
// has timed out is tried again like any other whose failure isn't declared, unless one of the
// retries is for just that.
func (all several) of(s *Step, err error) int {
	declared := s.declared(err)
	named := declared
	if named == nil && s.Sub {
		named = Declared(err)
	}
	for i := range all {
		if named != nil && find(all[i].On, named) != nil {
			return i
		}
	}
	if declared == nil {
		return 0
	}
	return -1
}
