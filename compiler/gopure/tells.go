package gopure

import "go/types"

// What a function of the standard library gets as a pointer, a list, a map, a writer or
// another interface it is taken to change, and so is what its method is of. The tables say
// which don't.

// tells are those that change nothing at all: functions, and methods as Type.Method. After
// "but" stand those functions of a package that do change something, where all others don't. A
// type that is named stands for its methods, which don't change what they are of, but for
// those that stand after the "but" of its package; what they get they may change.
var tells = table(map[string]string{
	"bytes":           "but NewBuffer",
	"cmp":             "but",
	"context":         "Context Context.Err Context.Value WithValue Cause",
	"crypto/hmac":     "Equal",
	"crypto/md5":      "but",
	"crypto/sha1":     "but",
	"crypto/sha256":   "but",
	"crypto/sha512":   "but",
	"crypto/subtle":   "ConstantTimeCompare",
	"encoding/base32": "Encoding Encoding.EncodeToString Encoding.DecodeString Encoding.EncodedLen Encoding.DecodedLen",
	"encoding/base64": "Encoding Encoding.EncodeToString Encoding.DecodeString Encoding.EncodedLen Encoding.DecodedLen",
	"encoding/binary": "Size Uvarint Varint littleEndian.Uint16 littleEndian.Uint32 littleEndian.Uint64 bigEndian.Uint16 bigEndian.Uint32 bigEndian.Uint64",
	"encoding/hex":    "EncodeToString DecodeString Dump EncodedLen DecodedLen",
	"encoding/json":   "Marshal MarshalIndent Valid",
	"encoding/xml":    "Marshal MarshalIndent",
	"errors":          "but As AsType",
	"fmt":             "Sprint Sprintf Sprintln Errorf Print Printf Println",
	"hash/adler32":    "Checksum",
	"hash/crc32":      "Checksum ChecksumIEEE Update",
	"hash/crc64":      "Checksum Update",
	"html/template":   "Template Must Template.Lookup Template.Name but HTMLEscape JSEscape Template.AddParseTree Template.Delims Template.Funcs Template.New Template.Option Template.Parse",
	"log":             "Print Printf Println Logger.Print Logger.Printf Logger.Println",
	"log/slog":        "Debug Info Warn Error Logger.Debug Logger.Info Logger.Warn Logger.Error",
	"maps":            "but Copy DeleteFunc Insert",
	"math/big": "Int.Bit Int.BitLen Int.Bytes Int.Cmp Int.CmpAbs Int.Float64 Int.Int64 Int.IsInt64 Int.IsUint64 Int.ProbablyPrime Int.Sign Int.String Int.Text Int.TrailingZeroBits Int.Uint64 " +
		"Float.Acc Float.Cmp Float.Float32 Float.Float64 Float.Int64 Float.IsInf Float.IsInt Float.MinPrec Float.Mode Float.Prec Float.Sign Float.Signbit Float.String Float.Text Float.Uint64 " +
		"Rat.Cmp Rat.Float32 Rat.Float64 Rat.FloatPrec Rat.FloatString Rat.IsInt Rat.RatString Rat.Sign Rat.String",
	"mime":          "FormatMediaType",
	"net":           "IP IPMask HardwareAddr IPNet IP.Equal IP.Mask IPNet.Contains",
	"net/http":      "Header.Clone Header.Get Header.Values",
	"net/url":       "URL URL.ResolveReference Userinfo Values.Encode Values.Get Values.Has but URL.UnmarshalBinary",
	"reflect":       "Type Type.AssignableTo Type.ConvertibleTo Type.Implements TypeOf DeepEqual",
	"regexp":        "Regexp but MatchReader Regexp.Longest Regexp.UnmarshalText",
	"slices":        "but Compact CompactFunc Delete DeleteFunc Insert Replace Reverse Sort SortFunc SortStableFunc",
	"sort":          "Find Float64sAreSorted IntsAreSorted IsSorted Search SearchFloat64s SearchInts SearchStrings SliceIsSorted StringsAreSorted",
	"strings":       "Replacer but",
	"sync":          "Mutex RWMutex Map.Load",
	"sync/atomic":   "Bool.Load Int32.Load Int64.Load Pointer.Load Uint32.Load Uint64.Load Value.Load LoadInt32 LoadInt64 LoadPointer LoadUint32 LoadUint64",
	"text/template": "Template Must Template.Lookup Template.Name but HTMLEscape JSEscape Template.AddParseTree Template.Delims Template.Funcs Template.New Template.Option Template.Parse",
	"time":          "Location Time.In but",
	"unicode":       "but",
	"unicode/utf16": "but AppendRune",
	"unicode/utf8":  "but AppendRune EncodeRune",
})

// keeps are the packages whose methods change at most what they are of, but for those that
// stand after "but".
var keeps = table(map[string]string{
	"math/big": "but Float.Append Float.Format Float.GobDecode Float.Int Float.Rat Float.Scan Float.UnmarshalText " +
		"Int.Append Int.DivMod Int.FillBytes Int.Format Int.GCD Int.GobDecode Int.QuoRem Int.Rand Int.Scan Int.SetBits Int.UnmarshalJSON Int.UnmarshalText Rat.Scan",
	"regexp": "but Regexp.AppendText Regexp.Expand Regexp.ExpandString Regexp.FindReaderIndex Regexp.FindReaderSubmatchIndex Regexp.MatchReader",
})

func standardEffect(f *types.Func) (e effect) {
	path, name, recv := f.Pkg().Path(), ownName(f), f.Signature().Recv()
	row := tells[path]
	if row.names[name] || recv == nil && row.others && !row.steady[name] {
		return effect{}
	}
	if recv != nil {
		n := named(recv.Type())
		e.receiver = reaches(recv.Type()) && (n == nil || !row.names[n.Obj().Name()] || row.steady[name])
		if keep := keeps[path]; keep.others && !keep.steady[name] {
			return e
		}
	}
	for p := range f.Signature().Params().Variables() {
		e.arguments = e.arguments || reaches(p.Type())
	}
	return e
}

// reaches tells whether who has a value of a type may change by it what others have, too.
func reaches(t types.Type) bool {
	if t == nil {
		return false
	}
	if n := named(t); n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "reflect" && n.Obj().Name() == "Value" {
		return true
	}
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		t = p.Constraint()
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice, *types.Chan:
		return true
	case *types.Interface:
		return !types.Identical(t, types.Universe.Lookup("error").Type())
	}
	return false
}

// isFunc tells whether a value is a function.
func isFunc(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// isFixed tells whether nobody who is given a value of a type can change what it is made of.
func isFixed(t types.Type) bool {
	if t == nil {
		return true
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time" && n.Obj().Name() == "Time" {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Array:
		return isFixed(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !isFixed(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
