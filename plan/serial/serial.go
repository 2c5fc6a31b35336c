// Package serial writes a plan as JSON and reads it back in another process: the program
// that wfgen builds to interpret a package whose workflows hold values of Go's own types.
// The two are of one version of wfgen, so the form is nobody else's. What the plan's
// pointers share, in rings too, they share in what is read. It never looks into a source.
package serial

import (
	"encoding/json"
	"fmt"
	"go/constant"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// Encode writes a plan, with those of the packages that it imports.
func Encode(p *plan.Program) ([]byte, error) {
	e := &encoder{ids: map[any]int{}}
	for _, k := range known() {
		e.id(reflect.ValueOf(k))
	}
	e.done = len(e.queue)
	root := e.id(reflect.ValueOf(p))
	objects := []any{}
	for ; e.done < len(e.queue); e.done++ {
		v, err := e.value(e.queue[e.done].Elem())
		if err != nil {
			return nil, err
		}
		objects = append(objects, v)
	}
	return json.Marshal(form{root, objects})
}

// Decode reads a plan that Encode has written.
func Decode(data []byte) (*plan.Program, error) {
	var in struct {
		Root    int
		Objects []json.RawMessage
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("read a plan: %w", err)
	}
	d := &decoder{texts: in.Objects}
	for _, k := range known() {
		d.made = append(d.made, reflect.ValueOf(k))
	}
	d.first = len(d.made)
	d.made = append(d.made, make([]reflect.Value, len(in.Objects))...)
	p := new(plan.Program)
	if err := d.value(json.RawMessage(fmt.Sprint(in.Root)), reflect.ValueOf(&p).Elem()); err != nil {
		return nil, fmt.Errorf("read a plan: %w", err)
	}
	return p, nil
}

// A form is a plan as it is written: an object is what a pointer points to, which is
// written as its number. The first numbers are those of what every process has.
type form struct {
	Root    int
	Objects []any
}

// known are the pointers that are the same in every process by what they mean.
func known() []any {
	var list []any
	for _, b := range types.Basics {
		list = append(list, b)
	}
	for _, s := range types.Predeclared {
		list = append(list, s)
		for _, f := range s.Fields {
			list = append(list, f)
		}
	}
	return append(list, types.TimedOut.Package)
}

var constantType = reflect.TypeFor[constant.Value]()

// An encoder numbers what it meets.
type encoder struct {
	ids   map[any]int
	queue []reflect.Value // by number
	done  int
}

func (e *encoder) id(p reflect.Value) int {
	id, ok := e.ids[p.Interface()]
	if !ok {
		id = len(e.queue)
		e.ids[p.Interface()] = id
		e.queue = append(e.queue, p)
	}
	return id
}

// value is a value as JSON has it: a struct is the list of its fields.
func (e *encoder) value(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return e.id(v), nil
	case reflect.Interface:
		return e.dynamic(v)
	case reflect.Struct:
		return e.list(v.NumField(), v.Field)
	case reflect.Slice:
		if v.IsNil() {
			return nil, nil
		}
		return e.list(v.Len(), v.Index)
	case reflect.Map:
		out := map[string]any{}
		for it := v.MapRange(); it.Next(); {
			x, err := e.value(it.Value())
			if err != nil {
				return nil, err
			}
			out[it.Key().String()] = x
		}
		return out, nil
	}
	return v.Interface(), nil
}

func (e *encoder) list(n int, at func(int) reflect.Value) (any, error) {
	out := make([]any, n)
	for i := range out {
		var err error
		if out[i], err = e.value(at(i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dynamic is what an interface holds, with its type's name before it.
func (e *encoder) dynamic(v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, nil
	}
	if v.Type() == constantType {
		return constantText(v.Interface().(constant.Value)), nil
	}
	name := v.Elem().Type().String()
	if dynamic[name] == nil {
		return nil, fmt.Errorf("internal error: a plan holds %s, which can't be written", name)
	}
	x, err := e.value(v.Elem())
	return []any{name, x}, err
}

// A decoder makes objects as it meets their numbers.
type decoder struct {
	texts []json.RawMessage
	first int             // the number of the first text
	made  []reflect.Value // by number; not valid where it wasn't met yet
}

func (d *decoder) value(text json.RawMessage, to reflect.Value) error {
	if string(text) == "null" {
		return nil
	}
	switch to.Kind() {
	case reflect.Pointer:
		return d.pointer(text, to)
	case reflect.Interface:
		return d.dynamic(text, to)
	case reflect.Struct, reflect.Slice:
		return d.list(text, to)
	case reflect.Map:
		return d.mapping(text, to)
	}
	return json.Unmarshal(text, to.Addr().Interface())
}

func (d *decoder) pointer(text json.RawMessage, to reflect.Value) error {
	var id int
	if err := json.Unmarshal(text, &id); err != nil {
		return err
	}
	if id < 0 || id >= len(d.made) {
		return fmt.Errorf("there is no object %d", id)
	}
	if made := d.made[id]; made.IsValid() {
		to.Set(made)
		return nil
	}
	made := reflect.New(to.Type().Elem())
	d.made[id] = made // before what it holds, which may lead back to it
	to.Set(made)
	return d.value(d.texts[id-d.first], made.Elem())
}

// list fills the fields of a struct, or a slice that it makes.
func (d *decoder) list(text json.RawMessage, to reflect.Value) error {
	var texts []json.RawMessage
	if err := json.Unmarshal(text, &texts); err != nil {
		return err
	}
	n, at := len(texts), to.Index
	if to.Kind() == reflect.Struct {
		n, at = to.NumField(), to.Field
	} else {
		to.Set(reflect.MakeSlice(to.Type(), n, n))
	}
	if n != len(texts) {
		return fmt.Errorf("found %d values, expected %d", len(texts), n)
	}
	for i, t := range texts {
		if err := d.value(t, at(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) mapping(text json.RawMessage, to reflect.Value) error {
	var texts map[string]json.RawMessage
	if err := json.Unmarshal(text, &texts); err != nil {
		return err
	}
	to.Set(reflect.MakeMap(to.Type()))
	for key, t := range texts {
		v := reflect.New(to.Type().Elem()).Elem()
		if err := d.value(t, v); err != nil {
			return err
		}
		to.SetMapIndex(reflect.ValueOf(key), v)
	}
	return nil
}

func (d *decoder) dynamic(text json.RawMessage, to reflect.Value) error {
	if to.Type() == constantType {
		v, err := constantOf(text)
		if err == nil {
			to.Set(reflect.ValueOf(v))
		}
		return err
	}
	var parts [2]json.RawMessage
	var name string
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if err := json.Unmarshal(parts[0], &name); err != nil {
		return err
	}
	if dynamic[name] == nil {
		return fmt.Errorf("there is no %s", name)
	}
	v := reflect.New(dynamic[name]).Elem()
	if err := d.value(parts[1], v); err != nil {
		return err
	}
	to.Set(v)
	return nil
}
