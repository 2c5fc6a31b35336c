package plan

import "slices"

// regions cuts the segment wherever all that is above is before all that is
// below, and finds chains for what is between two cuts.
func (s *segment) regions() {
	s.placeLogs()
	starts := s.cuts()
	for k, lo := range starts {
		hi := s.hi - s.lo
		if k+1 < len(starts) {
			hi = starts[k+1]
		}
		if hi-lo == 1 {
			s.block.Schedule.alone(s.nodes[s.lo+lo])
			continue
		}
		var chains [][]*Node
		for _, c := range cover(s.done, s.direct, lo, hi) {
			chains = append(chains, s.nodesOf(c))
		}
		s.block.Schedule.beside(s.nodes[s.lo+lo:s.lo+hi:s.lo+hi], chains)
	}
}

func (s *segment) nodesOf(indexes []int) []*Node {
	var out []*Node
	for _, i := range indexes {
		out = append(out, s.nodes[s.lo+i])
	}
	return out
}

// placeLogs finds a log, which nothing waits for, a place on a goroutine that is
// there anyway. It goes before all below it that wait for the same as it does at
// least: reporting takes no time, so this holds nothing up. Where the segment has
// no step like that, it goes after all above it.
func (s *segment) placeLogs() {
	early := s.earlyLogs()
	var logs []int
	for i := range s.direct {
		for _, log := range logs {
			if s.waitsForAll(i, s.direct[log]) {
				s.done.add(log, i)
			}
		}
		if s.kinds[s.lo+i] != reports {
			continue
		}
		logs = append(logs, i)
		if !early[i] {
			s.done.addAll(i)
		}
	}
}

// earlyLogs are the logs that a step below can follow without waiting for more
// than it does.
func (s *segment) earlyLogs() []bool {
	early := make([]bool, len(s.direct))
	var open []int // the logs above that aren't early yet
	for i := range s.direct {
		if s.kinds[s.lo+i] == reports {
			open = append(open, i)
			continue
		}
		open = slices.DeleteFunc(open, func(log int) bool {
			early[log] = s.waitsForAll(i, s.direct[log])
			return early[log]
		})
	}
	return early
}

func (s *segment) waitsForAll(i int, preds []int) bool {
	for _, p := range preds {
		if !s.done.has(p, i) {
			return false
		}
	}
	return true
}

// cuts are the places where everything above is before everything below, 0 first.
func (s *segment) cuts() []int {
	var out []int
	common := s.done.n
	for i := s.done.n - 1; i >= 0; i-- {
		common = min(common, s.done.leading(i))
		if common >= i {
			out = append(out, i)
		}
	}
	slices.Reverse(out)
	return out
}
