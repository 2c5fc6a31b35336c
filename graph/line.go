package graph

import (
	"fmt"
	"strings"
)

// A line is a part of what joins two steps: a curve from one layer to the next, or straight pieces
// with round corners from column to column.
type line struct {
	points []point
	curved bool // down to the second point, and in a curve to the third
	arrow  bool // it ends at a step
}

type point struct{ x, y int }

func (l *line) move(x, y int) {
	for i := range l.points {
		l.points[i].x += x
		l.points[i].y += y
	}
}

// path is the line as SVG has it, with the panel's corner at x, y.
func (l line) path(x, y int) string {
	var b strings.Builder
	at := func(p point) string { return fmt.Sprintf("%d %d", x+p.x, y+p.y) }
	fmt.Fprintf(&b, "M%s", at(l.points[0]))
	if l.curved {
		from, to := l.points[1], l.points[2]
		if from.x == to.x {
			fmt.Fprintf(&b, "V%d", y+to.y)
			return b.String()
		}
		middle := (from.y + to.y) / 2
		if l.points[0] != from {
			fmt.Fprintf(&b, "V%d", y+from.y)
		}
		fmt.Fprintf(&b, "C%s %s %s", at(point{from.x, middle}), at(point{to.x, middle}), at(to))
		return b.String()
	}
	for i, p := range l.points[1:] {
		if i+2 == len(l.points) {
			fmt.Fprintf(&b, "L%s", at(p))
			break
		}
		fmt.Fprintf(&b, "L%sQ%s %s", at(toward(p, l.points[i])), at(p), at(toward(p, l.points[i+2])))
	}
	return b.String()
}

// toward is the point at the distance of a corner from p, on the way to q, at most half of it.
func toward(p, q point) point {
	const corner = 8
	step := func(from, to int) int { return from + max(-corner, min(corner, (to-from)/2)) }
	return point{step(p.x, q.x), step(p.y, q.y)}
}
