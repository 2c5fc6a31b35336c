package pure

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// maxProblems bounds the problems of one InvalidError that are kept.
const maxProblems = 100

// A Problem is one thing that is wrong with a value.
type Problem struct {
	// Path is where: order.items[2].qty. It is empty for a value without a name.
	Path string
	// Text says what: must satisfy qty > 0, is 0.
	Text string
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}

// An InvalidError says everything that is wrong with a value.
type InvalidError struct {
	// Problems holds at least one problem and at most 100.
	Problems []Problem
	// Omitted counts the problems beyond those.
	Omitted int
}

// Error has each problem on a line of its own.
func (e *InvalidError) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	if e.Omitted > 0 {
		b.WriteString("\nand " + strconv.Itoa(e.Omitted) + " more")
	}
	return b.String()
}

// A Check collects what is wrong with a value while generated code walks through
// it. Field, Index and Key step into a part of the value, Up steps out again. A
// path is put together only for a problem, so that a sound value costs little.
// A Check is for one goroutine.
type Check struct {
	root     string
	path     []segment
	problems []Problem
	omitted  int
	deep     bool // the value is nested too deep: the rest of it isn't looked at
	stopper  Stopper
}

// A Stopper ends an expression that may take long. A constraint's is its Check, that of
// what a workflow works out its runtime.Frame.
type Stopper interface {
	// CheckStopped panics, for what the expression is of to end, where that has been
	// stopped.
	CheckStopped()
}

// Unstoppable is the Stopper of what nothing stops.
var Unstoppable Stopper = unstoppable{}

type unstoppable struct{}

func (unstoppable) CheckStopped() {}

// brevity is how long something may take that others wait for.
const brevity = time.Second

// Briefly gives a Stopper for an expression that others wait for, as the condition of an
// await: it ends it with a fault once it has taken a second.
func Briefly() Stopper { return &brief{time.Now().Add(brevity)} }

type brief struct{ until time.Time }

func (b *brief) CheckStopped() {
	if time.Now().After(b.until) {
		fault("", "it takes longer than "+brevity.String()+", for which others wait")
	}
}

// A segment is one step of a path: a field, an index, or a key.
type segment struct {
	kind  segmentKind
	text  string
	index int
}

type segmentKind uint8

const (
	fieldSegment segmentKind = iota
	indexSegment
	keySegment  // text stands in the brackets as it is
	textSegment // text stands in the brackets in quotes
)

// NewCheck gives a Check whose paths start with root, which may be empty, and that nothing
// stops.
func NewCheck(root string) *Check { return &Check{root: root, stopper: Unstoppable} }

// NewStoppableCheck gives a Check of a value without a name, which is stopped by s.
func NewStoppableCheck(s Stopper) *Check { return &Check{stopper: s} }

// CheckStopped panics, for the step or workflow that c is of to end, where that has been
// stopped: a constraint that may take long calls it before.
func (c *Check) CheckStopped() { c.stopper.CheckStopped() }

// Field steps into a field. The empty name stays where it is, but needs its Up.
func (c *Check) Field(name string) {
	c.path = append(c.path, segment{kind: fieldSegment, text: name})
}

// Index steps into an element of a list.
func (c *Check) Index(i int) {
	c.path = append(c.path, segment{kind: indexSegment, index: i})
}

// Key steps into the value of a key that is text; paths have it Go-quoted.
func (c *Check) Key(k string) {
	c.path = append(c.path, segment{kind: textSegment, text: k})
}

// MapKey steps into the value of a key of any type: it is Key for texts, Index for
// whole numbers.
func (c *Check) MapKey(k any) { c.path = append(c.path, keyIn(k)) }

// Up steps out of what Field, Index or Key stepped into last.
func (c *Check) Up() { c.path = c.path[:len(c.path)-1] }

// Violation records that a field doesn't satisfy its condition, which is given in
// the words of the source. An empty field is the value that is being checked.
func (c *Check) Violation(field, condition string, value any) {
	c.Field(field)
	c.add("must satisfy " + condition + ", is " + foundText(value))
	c.Up()
}

// CheckEnum records a problem where v isn't one of an enum's members. An empty
// field is the value that is being checked.
func CheckEnum[T ~string](c *Check, field string, v T, members ...T) {
	for _, m := range members {
		if v == m {
			return
		}
	}
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = string(m)
	}
	c.Field(field)
	c.add("must be one of " + strings.Join(names, ", ") + ", is " + quoteShort(string(v)))
	c.Up()
}

// Err gives an *InvalidError with all problems, or nil where there is none.
func (c *Check) Err() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &InvalidError{Problems: c.problems, Omitted: c.omitted}
}

// add records a problem of the part that c stands in.
func (c *Check) add(text string) {
	if c.deep {
		return // it may be wrong only because of what was left out
	}
	if c.full() {
		c.omitted++
		return
	}
	c.problems = append(c.problems, Problem{c.where(), text})
}

// maxNested bounds the levels of what a Check walks through, and so ends its way through
// a value that holds itself. What has a JSON has fewer: a level of it is a field, or a
// field and an index.
const maxNested = 2*maxDepth + 2

// likelyDepth is what few values are nested deeper than that don't hold themselves.
const likelyDepth = 32

// likely is for how many of n elements there is room from the beginning: where the value
// may hold itself, such room on each level would be much.
func (c *Check) likely(n int) int {
	if len(c.path) > likelyDepth {
		return 0
	}
	return n
}

// tooDeep tells that the value isn't looked at any further, and records why. What is left
// out then is none, or empty, so that constraints see an end.
func (c *Check) tooDeep() bool {
	if len(c.path) > maxNested && !c.deep {
		c.endless()
	}
	return c.deep
}

func (c *Check) endless() {
	c.problems = append(c.problems, Problem{shorten(c.where()), "is nested too deep for JSON, or holds itself"})
	c.deep = true
}

// full tells that further problems are only counted.
func (c *Check) full() bool { return len(c.problems) == maxProblems }

// where is the path to the part that c stands in.
func (c *Check) where() string {
	b := []byte(c.root)
	for _, s := range c.path {
		switch s.kind {
		case fieldSegment:
			if len(b) > 0 && s.text != "" {
				b = append(b, '.')
			}
			b = append(b, s.text...)
		case indexSegment:
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(s.index), 10)
			b = append(b, ']')
		case keySegment:
			b = append(b, '[')
			b = append(b, s.text...)
			b = append(b, ']')
		case textSegment:
			b = append(b, '[')
			b = strconv.AppendQuote(b, s.text)
			b = append(b, ']')
		}
	}
	return string(b)
}

// foundText is a value in a message: texts in quotes, and cut where it is long.
func foundText(v any) string {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && !r.IsNil() {
		r = r.Elem()
	}
	if r.Kind() == reflect.String {
		return quoteShort(r.String())
	}
	return shorten(Text(v))
}
