package pure

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A Member is one of the struct types of a union: the name that stands under "type"
// in its JSON, and the Go type.
type Member struct {
	name string
	typ  reflect.Type
}

// MemberOf is the member T of a union by the name of its declaration.
func MemberOf[T any](name string) Member { return Member{name, reflect.TypeFor[T]()} }

// unions holds the unions of the program: by the interface type, its members.
var unions sync.Map

// DeclareUnion tells the runtime of the union U, an interface type which all members
// implement, so that its values can be read from JSON and written. Generated code
// calls it when the program starts.
func DeclareUnion[U any](members ...Member) { unions.Store(reflect.TypeFor[U](), members) }

// membersOf are the members of an interface type; nil where it is no union.
func membersOf(t reflect.Type) []Member {
	members, _ := unions.Load(t)
	list, _ := members.([]Member)
	return list
}

// Tagged lets a value of a union be written as one, with its member's name, where
// any value can stand.
func Tagged[U any](v U) *U { return &v }

// NotMember records a problem of a value that is no member of its union.
func NotMember(c *Check, v any, members ...string) {
	found := "nothing"
	if v != nil {
		found = reflect.TypeOf(v).String()
	}
	c.add("must be " + oneOf(members) + ", is " + found)
}

// oneOf lists names in a message.
func oneOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

func memberNames(members []Member) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.name
	}
	return names
}

// writeUnion writes a member's struct with its name before the fields.
func writeUnion(members []Member, of func(reflect.Type) *encodePlan) func(*encoder, reflect.Value) *Problem {
	tags, plans := map[reflect.Type][]byte{}, map[reflect.Type]*encodePlan{}
	for _, m := range members {
		tags[m.typ], plans[m.typ] = unionTag(m.name), of(m.typ)
	}
	names := memberNames(members)
	return func(e *encoder, v reflect.Value) *Problem {
		v = v.Elem()
		if !v.IsValid() || plans[v.Type()] == nil {
			return &Problem{Text: "the value isn't " + oneOf(names)}
		}
		return e.member(tags[v.Type()], plans[v.Type()], v)
	}
}

// unionTag is what says in JSON which member of a union an object is.
func unionTag(member string) []byte {
	var tag encoder
	tag.string("type")
	tag.buf = append(tag.buf, ':')
	tag.string(member)
	return tag.buf
}

// member writes a struct with a tag before its fields.
func (e *encoder) member(tag []byte, plan *encodePlan, v reflect.Value) *Problem {
	start := len(e.buf) + 1
	if p := plan.write(e, v); p != nil {
		return p
	}
	if e.buf[start] != '}' {
		tag = append(slices.Clip(tag), ',')
	}
	e.buf = slices.Insert(e.buf, start, tag...)
	return nil
}

// readUnion reads a value of a union.
func readUnion(members []Member, of func(reflect.Type) *decodePlan) func(*decoder, reflect.Value) bool {
	plans := make([]*decodePlan, len(members))
	for i, m := range members {
		plans[i] = of(m.typ)
	}
	return readMember(memberNames(members), func(d *decoder, v reflect.Value, i int) bool {
		member := reflect.New(members[i].typ).Elem()
		if !plans[i].read(d, member) {
			return false
		}
		v.Set(member)
		return true
	})
}

// readMember reads the object of the member that its "type" names, by read, which
// passes over the tag.
func readMember(names []string, read func(d *decoder, v reflect.Value, member int) bool) func(*decoder, reflect.Value) bool {
	return func(d *decoder, v reflect.Value) bool {
		if d.peek() != '{' {
			return d.mismatch("an object with a type, " + oneOf(names))
		}
		name, found, ok := d.tag()
		if !ok {
			return false
		}
		i := slices.Index(names, name)
		if i < 0 {
			d.noMember(name, found, names)
			return d.skip()
		}
		d.tagged = true
		return read(d, v, i)
	}
}

func (d *decoder) noMember(name string, found bool, names []string) {
	d.Field("type")
	defer d.Up()
	if !found {
		d.add("missing, must be " + oneOf(names))
		return
	}
	d.add("must be " + oneOf(names) + ", is " + quoteShort(name))
}

// tag finds the text of the key "type" in the object that begins here, and stays
// there.
func (d *decoder) tag() (name string, found, ok bool) {
	pos, depth, path := d.pos, d.depth, len(d.path)
	more, ok := d.enter('}')
	for ; more && ok; more, ok = d.next('}') {
		var key []byte
		if key, ok = d.key(); !ok {
			break
		}
		if string(key) == "type" && d.peek() == '"' && !found {
			var text []byte
			text, ok = d.text()
			name, found = string(text), true
		} else {
			ok = d.skip()
		}
		if !ok {
			break
		}
	}
	d.pos, d.depth, d.path = pos, depth, d.path[:path]
	return name, found, ok
}
