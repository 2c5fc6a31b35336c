package pure

import (
	"reflect"
	"strconv"
	"strings"
)

// What an expression makes of strings and lists is bounded, so that no input has a
// workflow end its process for want of memory: the process that goes on with the
// execution would end in the same way. What is too large is a Fault at the expression's
// place, before it is made. Values that come from outside are as large as they are.

// maxMade bounds what an expression makes, in bytes: four times what an engine stores of a
// step, as a value takes more in memory than its JSON.
const maxMade = 64 << 20

// tooLarge fails for what would take so many bytes.
//
//go:noinline
func tooLarge(what string, n int, at string) {
	fault(at, what+" would take "+strconv.Itoa(n)+" bytes, and an expression makes at most "+strconv.Itoa(maxMade)+workOnPart)
}

// noRoom fails for what would take more, nobody knows how much.
//
//go:noinline
func noRoom(what, at string) { fault(at, what+aboveMade) }

const workOnPart = ": work on a part of it, or have a tool do it"

var aboveMade = " would take more than the " + strconv.Itoa(maxMade) + " bytes that an expression makes at most" + workOnPart

// ConcatText gives the parts as one string. It panics with a *Fault where that is above
// 64 MiB.
func ConcatText(at string, parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	if n > maxMade {
		tooLarge("the string", n, at)
	}
	return strings.Join(parts, "")
}

// Replace gives s with each old replaced. It panics with a *Fault where that is above
// 64 MiB.
func Replace(s, old, new, at string) string {
	if grown := len(new) - len(old); grown > 0 && (len(s)+1)*grown > maxMade-len(s) {
		if n := len(s) + strings.Count(s, old)*grown; n > maxMade {
			tooLarge("the string with all replaced", n, at)
		}
	}
	return strings.ReplaceAll(s, old, new)
}

// Join gives xs as one string, with sep between them. It panics with a *Fault where that
// is above 64 MiB.
func Join(xs []string, sep, at string) string {
	n := max(len(xs)-1, 0) * len(sep)
	for _, x := range xs {
		n += len(x)
	}
	if n > maxMade {
		tooLarge("the string", n, at)
	}
	return strings.Join(xs, sep)
}

// Split gives the parts of s between the seps; its characters where sep is empty. It
// panics with a *Fault where the list is above 64 MiB.
func Split(s, sep, at string) []string {
	if len(s) > maxMade/(textSize+1) {
		if n := len(s) + (strings.Count(s, sep)+1)*textSize; n > maxMade {
			tooLarge("the list of parts", n, at)
		}
	}
	return strings.Split(s, sep)
}

// Upper and Lower give s in upper and in lower case. They panic with a *Fault where that
// is above 64 MiB.
func Upper(s, at string) string { return cased(s, strings.ToUpper, at) }

// Lower is described with Upper.
func Lower(s, at string) string { return cased(s, strings.ToLower, at) }

// maxCased is how many bytes one may become in another case: those of U+FFFD, which
// stands for a byte that is no UTF-8.
const maxCased = 3

func cased(s string, change func(string) string, at string) string {
	if len(s) > maxMade {
		tooLarge("the string", len(s), at)
	}
	out := change(s)
	if len(s) > maxMade/maxCased && len(out) > maxMade {
		tooLarge("the string", len(out), at)
	}
	return out
}

// Fit adds the size of x, an element of a list that is being made, to that of the
// others. It panics with a *Fault where the list is above 64 MiB with it.
func Fit[T any](x T, size *int, at string) T {
	if s, ok := any(x).(string); ok {
		*size += textSize + len(s)
	} else {
		*size += sizeAny(x, maxMade-*size)
	}
	if *size > maxMade {
		noRoom("the list", at)
	}
	return x
}

// sizeAny is sizeOf for a value of any type, apart from Fit because x escapes here.
//
//go:noinline
func sizeAny[T any](x T, room int) int { return sizeOf(reflect.ValueOf(&x).Elem(), room, 0) }

// FitValue is Fit for a value of a type that Go doesn't know.
func FitValue(x reflect.Value, size *int, at string) {
	if *size += sizeOf(x, maxMade-*size, 0); *size > maxMade {
		noRoom("the list", at)
	}
}

// FitState gives x, the state of a loop's next round. It panics with a *Fault where it is
// above 64 MiB.
func FitState[T any](x T, at string) T {
	size := 0
	if s, ok := any(x).(string); ok {
		size = textSize + len(s)
	} else {
		size = sizeAny(x, maxMade)
	}
	if size > maxMade {
		noRoom("the loop's state", at)
	}
	return x
}

// FitStateValue is FitState for a value of a type that Go doesn't know.
func FitStateValue(x reflect.Value, at string) {
	if sizeOf(x, maxMade, 0) > maxMade {
		noRoom("the loop's state", at)
	}
}

// Exhausted is the fault of a loop none of whose rounds breaks.
func Exhausted(rounds int, at string) *Fault {
	text := "no break within " + strconv.Itoa(rounds) + " rounds"
	if rounds == 1 {
		text = "no break within 1 round"
	}
	return &Fault{At: at, Text: text}
}

// FitMap panics with a *Fault where a map is above 64 MiB that is made of others, of which
// the largest has so many entries.
func FitMap(m reflect.Value, largest int, at string) {
	if m.Len() > largest && m.Len() > 0 && sizeOf(m, maxMade, 0) > maxMade {
		noRoom("the map", at)
	}
}

// fitAll panics with a *Fault where a list of the elements of two is above 64 MiB.
func fitAll[T any](xs, ys []T, at string) {
	size := textsSize(xs) + textsSize(ys)
	if size == 0 {
		FitValue(reflect.ValueOf(xs), &size, at)
		FitValue(reflect.ValueOf(ys), &size, at)
	}
	if size > maxMade {
		noRoom("the list", at)
	}
}

// textsSize is the size of a list of strings, of which there are many; 0 of any other.
func textsSize[T any](xs []T) int {
	texts, ok := any(xs).([]string)
	if !ok {
		return 0
	}
	size := listSize
	for _, s := range texts {
		size += textSize + len(s)
	}
	return size
}

// What values take by the count of this file, which is near to what they take in memory,
// and the same whether the workflow is compiled or interpreted.
const (
	wordSize   = 8
	textSize   = 2 * wordSize // of a string without its bytes
	listSize   = 3 * wordSize // of a list or map without its elements, and of a time
	structSize = 2 * wordSize // of a struct without its fields
	entrySize  = 2 * wordSize // of a map's entry without key and value
)

// sizeOf is the size of a value; where it is above room, a number above that. What is
// nested so deep that it has no JSON counts nothing there: a value of Go's may hold itself.
func sizeOf(v reflect.Value, room, depth int) int {
	switch v.Kind() {
	case reflect.String:
		return textSize + v.Len()
	case reflect.Slice, reflect.Array:
		return elementsSize(v, room, depth)
	case reflect.Map:
		return entriesSize(v, room, depth)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || room < wordSize || depth > maxDepth {
			return wordSize
		}
		return wordSize + sizeOf(v.Elem(), room-wordSize, depth+1)
	case reflect.Struct:
		return structureSize(v, room, depth)
	}
	return wordSize
}

func elementsSize(v reflect.Value, room, depth int) int {
	n := v.Len()
	switch kind := v.Type().Elem().Kind(); {
	case kind == reflect.Bool || kind == reflect.Int8 || kind == reflect.Uint8:
		return listSize + n
	case kind < reflect.Array: // a number
		return listSize + n*wordSize
	}
	size := listSize
	for i := 0; i < n && size <= room; i++ {
		size += sizeOf(v.Index(i), room-size, depth+1)
	}
	return size
}

func entriesSize(v reflect.Value, room, depth int) int {
	size := listSize
	for i := v.MapRange(); size <= room && i.Next(); {
		size += entrySize + sizeOf(i.Key(), room-size, depth+1)
		size += sizeOf(i.Value(), room-size, depth+1)
	}
	return size
}

func structureSize(v reflect.Value, room, depth int) int {
	switch v.Type() {
	case timeType:
		return listSize
	case recordType:
		r, _ := reflect.TypeAssert[Record](v)
		v = r.fields
	case variantType: // in generated code an interface
		x, _ := reflect.TypeAssert[Variant](v)
		return wordSize + sizeOf(reflect.ValueOf(x.record), room-wordSize, depth+1)
	}
	size := structSize
	for i := 0; v.IsValid() && i < v.NumField() && size <= room; i++ {
		size += sizeOf(v.Field(i), room-size, depth+1)
	}
	return size
}
