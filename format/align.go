package format

import "strings"

// groups calls do for each run of neighbouring lines that belong to one column: of one
// indentation, with no empty line between them, and for which in holds.
func (l *layouter) groups(in func(i int) bool, do func(from, to int)) {
	for i := 0; i < len(l.out); i++ {
		if !in(i) {
			continue
		}
		from := i
		for i+1 < len(l.out) && in(i+1) && !l.out[i+1].empty && l.out[i+1].indent == l.out[from].indent {
			i++
		}
		do(from, i+1)
	}
}

// alignFields puts the types of neighbouring fields in one column.
func (l *layouter) alignFields(texts []string) {
	name := func(i int) int {
		at := l.tokens[l.out[i].first]
		if !l.facts.fields[at.Start] || l.out[i].indent == 0 {
			return 0
		}
		return width(l.piece(l.out[i].first))
	}
	l.groups(func(i int) bool { return name(i) > 0 }, func(from, to int) {
		widest := 0
		for i := from; i < to; i++ {
			widest = max(widest, name(i))
		}
		for i := from; i < to; i++ {
			head := l.piece(l.out[i].first)
			texts[i] = head + strings.Repeat(" ", widest-name(i)) + texts[i][len(head):]
		}
	})
}

// alignTools puts the clauses of neighbouring tools in one column, two spaces apart.
func (l *layouter) alignTools(texts []string) {
	heads := map[int][2]string{}
	for i := range l.out {
		if head, clauses, ok := l.tool(i); ok {
			heads[i] = [2]string{head, clauses}
		}
	}
	l.groups(func(i int) bool { _, ok := heads[i]; return ok }, func(from, to int) {
		widest := 0
		for i := from; i < to; i++ {
			if heads[i][1] != "" {
				widest = max(widest, width(heads[i][0]))
			}
		}
		for i := from; i < to; i++ {
			texts[i] = heads[i][0]
			if heads[i][1] != "" {
				texts[i] += strings.Repeat(" ", widest-width(heads[i][0])+2) + heads[i][1]
			}
		}
	})
}

// tool cuts the line of a tool's declaration before its clauses.
func (l *layouter) tool(i int) (head, clauses string, ok bool) {
	at := l.out[i]
	if !l.is(at.first, "tool") {
		return "", "", false
	}
	starts := map[int]bool{}
	for _, start := range l.facts.tools[l.tokens[at.first].Start] {
		starts[start] = true
	}
	var parts []string
	from := at.first
	for j := at.first; j <= at.last; j++ {
		if starts[l.tokens[j].Start] {
			parts = append(parts, l.lineText(&line{first: from, last: j - 1, comment: -1}))
			from = j
		}
	}
	last := at.last
	if at.comment >= 0 {
		last--
	}
	parts = append(parts, l.lineText(&line{first: from, last: last, comment: -1}))
	return parts[0], strings.Join(parts[1:], "  "), true
}

// alignComments puts the comments at the ends of neighbouring lines in one column.
func (l *layouter) alignComments(texts []string) {
	l.groups(func(i int) bool { return l.out[i].comment >= 0 }, func(from, to int) {
		widest := 0
		for i := from; i < to; i++ {
			widest = max(widest, width(texts[i]))
		}
		for i := from; i < to; i++ {
			comment := trimLines(l.piece(l.out[i].comment))
			texts[i] += strings.Repeat(" ", widest-width(texts[i])+1) + comment
		}
	})
}
