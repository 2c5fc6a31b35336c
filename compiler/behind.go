package compiler

import "slices"

// behind finds the packages with .wf files that lie behind Go: a package that names a Go
// function may come to the types of a package that it doesn't import, where the Go does.
// They are checked before it as its imports are, so that it sees their types as those that
// import them do, whoever is asked for and in whatever order. Of a package that has .wf files
// only the Go beside them is gone through: what they import, they come after themselves.
func (l *loading) behind(m *goModule, p *parsed) (found []edge, err error) {
	imports, seen := p.imports(), map[string]bool{}
	var visit func(through, path string) error
	visit = func(through, path string) error {
		if seen[path] {
			return nil
		}
		seen[path] = true
		other, err := l.workflows(m, path)
		if err != nil {
			return err
		}
		next := m.set.Imports(path)
		if other != nil {
			next = other.beside.imports()
			if other != p && !slices.Contains(imports, path) {
				found = append(found, edge{through: through, path: path, to: other})
			}
		}
		for _, path := range next {
			if err := visit(through, path); err != nil {
				return err
			}
		}
		return nil
	}
	for _, path := range imports {
		if err := visit(path, path); err != nil {
			return nil, err
		}
	}
	if p.bindsOwn() {
		for _, path := range p.beside.imports() {
			if err := visit("", path); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// workflows gives the package with .wf files that a path means; nil where it has none.
func (l *loading) workflows(m *goModule, path string) (*parsed, error) {
	dir := m.set.Dir(path)
	if dir == "" || m.without[dir] {
		return nil, nil
	}
	p, err := l.s.directory(shown(dir))
	if isMissing(err) {
		if !m.set.IsLocal(path) {
			m.without[dir] = true
		}
		return nil, nil
	}
	return p, err
}
