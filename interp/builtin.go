package interp

import (
	"cmp"
	"hash/maphash"
	"iter"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/sha256"
)

// texts are the builtins that take texts alone.
var texts = map[string]func(args []string, at string) any{
	"split":     func(a []string, at string) any { return pure.Split(a[0], a[1], at) },
	"upper":     func(a []string, at string) any { return pure.Upper(a[0], at) },
	"lower":     func(a []string, at string) any { return pure.Lower(a[0], at) },
	"trim":      func(a []string, _ string) any { return strings.TrimSpace(a[0]) },
	"replace":   func(a []string, at string) any { return pure.Replace(a[0], a[1], a[2], at) },
	"hasPrefix": func(a []string, _ string) any { return strings.HasPrefix(a[0], a[1]) },
	"hasSuffix": func(a []string, _ string) any { return strings.HasSuffix(a[0], a[1]) },
	"matches":   func(a []string, at string) any { return pure.Matches(a[0], a[1], at) },
	"glob":      func(a []string, at string) any { return pure.Glob(a[0], a[1], at) },
	"base64":    func(a []string, at string) any { return pure.Base64(a[0], at) },
	"unbase64":  func(a []string, at string) any { return pure.Unbase64(a[0], at) },
	"sha256":    func(a []string, _ string) any { return sha256.Hex(a[0]) },
}

func (e *env) builtin(x *plan.Builtin) reflect.Value {
	args := e.exprs(x.Args)
	if f := texts[x.Name]; f != nil {
		var in []string
		for _, a := range args {
			in = append(in, a.String())
		}
		return reflect.ValueOf(f(in, place(x.Pos)))
	}
	v, at := args[0], place(x.Pos)
	switch x.Name {
	case "len":
		return reflect.ValueOf(v.Len())
	case "round":
		return reflect.ValueOf(math.Round(v.Float()))
	case "floor":
		return reflect.ValueOf(math.Floor(v.Float()))
	case "ceil":
		return reflect.ValueOf(math.Ceil(v.Float()))
	case "abs":
		return numbers[v.Type()].abs(v)
	case "fixed":
		return reflect.ValueOf(pure.Fixed(v.Float(), int(args[1].Int()), at))
	case "format":
		return reflect.ValueOf(pure.Format(timeOf(v), args[1].String(), at))
	case "join":
		return reflect.ValueOf(pure.Join(listOf[string](v), args[1].String(), at))
	case "json":
		return reflect.ValueOf(pure.JSON(v.Interface(), at))
	case plan.Sized:
		pure.FitStateValue(v, at)
		return v
	case "range":
		return reflect.ValueOf(pure.Range(int(v.Int()), at))
	case "contains":
		return reflect.ValueOf(e.contains(v, args[1]))
	}
	return e.listBuiltin(x, args, at)
}

// listBuiltin is for the builtins of lists and maps.
func (e *env) listBuiltin(x *plan.Builtin, args []reflect.Value, at string) reflect.Value {
	list := args[0]
	switch x.Name {
	case "sum":
		return numbers[list.Type().Elem()].sum(list)
	case "min":
		list = compared(args)
		return orderOf(list.Type().Elem()).min(list, at)
	case "max":
		list = compared(args)
		return orderOf(list.Type().Elem()).max(list, at)
	case "sort":
		return orderOf(list.Type().Elem()).sort(list)
	case "first":
		pure.First(make([]struct{}, list.Len()), at)
		return list.Index(0)
	case "last":
		pure.Last(make([]struct{}, list.Len()), at)
		return list.Index(list.Len() - 1)
	case "append":
		return joined(list, appended(reflect.MakeSlice(list.Type(), 0, len(args)-1), args[1:]...), at)
	case "unique":
		return e.unique(list)
	case "flatten":
		return flatten(list, at)
	case "chunk":
		return chunk(list, int(args[1].Int()), goType(x.Typ), at)
	case plan.Rest:
		var keys []string
		for _, key := range args[1:] {
			keys = append(keys, key.String())
		}
		pure.Rest(at, keySet(list), keys...)
		return list
	case plan.Merge:
		return merge(args, goType(x.Typ), at)
	case "without":
		return without(list, args[1])
	case "keys", "values", "reverse", "some":
		return picked(x.Name, list, reflect.MakeSlice(goType(x.Typ), 0, list.Len()))
	}
	panic("internal error: unknown builtin " + x.Name)
}

// compared are the values that min and max compare: of a list, or the arguments.
func compared(args []reflect.Value) reflect.Value {
	if len(args) == 1 && args[0].Kind() == reflect.Slice {
		return args[0]
	}
	return appended(reflect.MakeSlice(reflect.SliceOf(args[0].Type()), 0, 0), args...)
}

// joined is a new list: the elements of two.
func joined(a, b reflect.Value, at string) reflect.Value {
	size := 0
	pure.FitValue(a, &size, at)
	pure.FitValue(b, &size, at)
	list := reflect.MakeSlice(a.Type(), 0, a.Len()+b.Len())
	return reflect.AppendSlice(reflect.AppendSlice(list, a), b)
}

// appended is a new list: that of list, then more.
func appended(list reflect.Value, more ...reflect.Value) reflect.Value {
	out := reflect.AppendSlice(reflect.MakeSlice(list.Type(), 0, list.Len()+len(more)), list)
	for _, v := range more {
		out = reflect.Append(out, fit(v, out.Type().Elem()))
	}
	return out
}

// picked adds to out what a builtin takes of a list or map.
func picked(name string, from, out reflect.Value) reflect.Value {
	for key, v := range entries(from) {
		switch {
		case name == "keys":
			out = reflect.Append(out, key)
		case name == "values":
			out = reflect.Append(out, v)
		case name == "reverse":
			out = reflect.Append(out, from.Index(from.Len()-1-int(key.Int())))
		case name == "some" && !v.IsNil():
			out = reflect.Append(out, v.Elem())
		}
	}
	return out
}

// unique gives the elements of a list that no equal one precedes.
func (e *env) unique(list reflect.Value) reflect.Value {
	out := reflect.MakeSlice(list.Type(), 0, list.Len())
	seed, seen := maphash.MakeSeed(), map[uint64][]reflect.Value{}
	for _, v := range list.Seq2() {
		var h maphash.Hash
		h.SetSeed(seed)
		hash(&h, v)
		alike := seen[h.Sum64()]
		if !slices.ContainsFunc(alike, func(w reflect.Value) bool { return e.equal(v, w) }) {
			seen[h.Sum64()] = append(alike, v)
			out = reflect.Append(out, v)
		}
	}
	return out
}

// entries gives what a for goes over: a list with its indexes, or a map in the
// order of its keys.
func entries(v reflect.Value) iter.Seq2[reflect.Value, reflect.Value] {
	if v.Kind() != reflect.Map {
		return v.Seq2()
	}
	return func(yield func(reflect.Value, reflect.Value) bool) {
		keys := v.MapKeys()
		slices.SortFunc(keys, compareKeys)
		for _, k := range keys {
			if !yield(k, v.MapIndex(k)) {
				return
			}
		}
	}
}

func compareKeys(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.Kind() == reflect.Bool && a.Bool() != b.Bool():
		if a.Bool() {
			return 1
		}
		return -1
	}
	return strings.Compare(a.String(), b.String())
}

// keyed gives sort(v in x by key) and group(v in x by key).
func (e *env) keyed(x *plan.Keyed) reflect.Value {
	list := e.expr(x.X)
	size, counts := 0, plan.Counts(x.Key.Type(), &plan.Pure{Value: x.Key})
	looks := x.Looks()
	key := func(v reflect.Value) reflect.Value {
		if looks {
			e.checkStopped()
		}
		k := e.with(x.V, v).expr(x.Key)
		if counts {
			pure.FitValue(k, &size, place(x.Pos))
		}
		return k
	}
	if x.Name == "group" {
		return grouped(list, goType(x.Typ), key)
	}
	return sorted(list, goType(x.Key.Type()), key)
}

// sorted is a new list: that of list, ascending by a key of type t.
func sorted(list reflect.Value, t reflect.Type, key func(reflect.Value) reflect.Value) reflect.Value {
	elems := make([]reflect.Value, list.Len())
	for i := range elems {
		elems[i] = list.Index(i)
	}
	switch {
	case t == timeType:
		elems = pure.SortByTime(elems, func(v reflect.Value) time.Time { return timeOf(key(v)) })
	case t.Kind() == reflect.String:
		elems = pure.SortBy(elems, func(v reflect.Value) string { return key(v).String() })
	case reflect.Zero(t).CanFloat():
		elems = pure.SortBy(elems, func(v reflect.Value) float64 { return key(v).Float() })
	case reflect.Zero(t).CanUint():
		elems = pure.SortBy(elems, func(v reflect.Value) uint64 { return key(v).Uint() })
	default:
		elems = pure.SortBy(elems, func(v reflect.Value) int64 { return key(v).Int() })
	}
	return appended(reflect.MakeSlice(list.Type(), 0, 0), elems...)
}

// grouped is a map of type t: of each key, the elements of list that have it.
func grouped(list reflect.Value, t reflect.Type, key func(reflect.Value) reflect.Value) reflect.Value {
	groups := reflect.MakeMap(t)
	for _, v := range list.Seq2() {
		k := key(v)
		group := groups.MapIndex(k)
		if !group.IsValid() {
			group = reflect.MakeSlice(t.Elem(), 0, 1)
		}
		groups.SetMapIndex(k, reflect.Append(group, v))
	}
	return groups
}

// flatten is a new list: the elements of the lists in lists.
func flatten(lists reflect.Value, at string) reflect.Value {
	size := 0
	pure.FitValue(lists, &size, at)
	flat := reflect.MakeSlice(lists.Type().Elem(), 0, 0)
	for _, list := range lists.Seq2() {
		flat = reflect.AppendSlice(flat, list)
	}
	return flat
}

// chunk is a list of type t: list in parts of n elements, the last of what is left.
func chunk(list reflect.Value, n int, t reflect.Type, at string) reflect.Value {
	pure.CheckChunks(list, n, at)
	chunks := reflect.MakeSlice(t, 0, 0)
	for i := 0; i < list.Len(); i += n {
		end := i + min(n, list.Len()-i)
		chunks = reflect.Append(chunks, list.Slice3(i, end, end))
	}
	return chunks
}

// keySet is the keys of a map from string.
func keySet(m reflect.Value) map[string]bool {
	set := map[string]bool{}
	for _, key := range m.MapKeys() {
		set[key.String()] = true
	}
	return set
}

// without is a new map: that of m, but for a key.
func without(m, key reflect.Value) reflect.Value {
	rest := reflect.MakeMap(m.Type())
	for k, v := range m.Seq2() {
		rest.SetMapIndex(k, v)
	}
	rest.SetMapIndex(key, reflect.Value{})
	return rest
}

// merge is a map of type t, of the entries of maps and lists of maps. It joins those in the
// steps in which generated code does, so that it fails where that does.
func merge(parts []reflect.Value, t reflect.Type, at string) reflect.Value {
	if len(parts) == 1 && parts[0].Kind() == reflect.Slice {
		return mergeMaps(elements(parts[0]), t, at)
	}
	maps := slices.Clone(parts)
	for i, part := range maps {
		if part.Kind() == reflect.Slice {
			maps[i] = mergeMaps(elements(part), t, at)
		}
	}
	return mergeMaps(maps, t, at)
}

func mergeMaps(maps []reflect.Value, t reflect.Type, at string) reflect.Value {
	all, largest := reflect.MakeMap(t), 0
	for _, m := range maps {
		largest = max(largest, m.Len())
		for k, v := range m.Seq2() {
			all.SetMapIndex(k, v)
		}
	}
	pure.FitMap(all, largest, at)
	return all
}

// elements are those of a list.
func elements(list reflect.Value) []reflect.Value {
	all := make([]reflect.Value, list.Len())
	for i := range all {
		all[i] = list.Index(i)
	}
	return all
}
