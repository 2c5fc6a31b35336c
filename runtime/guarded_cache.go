package runtime

import (
	"reflect"
	"time"

	"github.com/wfgen/wfgen/runtime/pure"
)

// A keepsake is a result as it is kept: a value that nobody can change, as nil is, or of others
// its JSON, of which each who asks gets a value of its own.
type keepsake struct {
	value any
	typ   reflect.Type // nil where value is what is given
	json  []byte
}

// find finds the result that is kept under a key.
func (c *guardedCall) find(p *passage, key any) bool {
	found, ok := p.cache.Get(key, c.frame.now())
	if !ok {
		return false
	}
	k := found.(*keepsake)
	p.kept, p.hit = k.value, true
	if k.typ != nil {
		p.kept, p.hit = c.g.decode(k)
	}
	if p.hit {
		c.frame.emitStep(Cached, c.step, 0, nil)
	}
	return p.hit
}

func (g *Guarded) decode(k *keepsake) (v any, ok bool) {
	if g.Decode != nil {
		v, err := g.Decode(k.json)
		return v, err == nil
	}
	into := reflect.New(k.typ)
	err := decodeStored(k.json, into.Interface())
	return into.Elem().Interface(), err == nil
}

// keep keeps a result, unless it has no JSON that all of it can be read from.
func (c *guardedCall) keep(result, encodable any) {
	data, _, err := storable(encodable, "")
	if !c.kept.ok || err != nil {
		return
	}
	k := &keepsake{value: result}
	if is := reflect.TypeOf(result); is != nil && !isFixed(is) {
		k = &keepsake{typ: reflect.TypeOf(encodable), json: data}
		if k.typ != is { // of a union there is a pointer to it
			k.typ = k.typ.Elem()
		}
	}
	c.g.of(c.frame).cache.Put(c.kept.key, k, len(data), c.frame.now())
}

// isFixed tells of a type whose values nobody can change who has them.
func isFixed(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return true
	}
	return t == reflect.TypeFor[time.Time]()
}

// An argsKey is what tells several arguments from others. It is no text that is one itself.
type argsKey string

// A keptUnder is what tells a call's arguments from others in a cache; ok is false where they
// have no JSON, or nothing is kept.
type keptUnder struct {
	key any
	ok  bool
}

// keptUnder makes the key of the call. One text or number is its own.
func (c *guardedCall) keptUnder() keptUnder {
	if c.g.Cache == 0 {
		return keptUnder{}
	}
	if len(c.args) == 1 {
		switch c.args[0].(type) {
		case string, int, bool:
			return keptUnder{c.args[0], true}
		}
	}
	text := c.g.apart
	for _, a := range c.args {
		data, err := pure.Encode(a)
		if err != nil {
			return keptUnder{}
		}
		if a != nil { // the members of a union may have one JSON
			text += reflect.TypeOf(a).String()
		}
		text += string(data) + "\n"
	}
	return keptUnder{argsKey(text), true}
}
