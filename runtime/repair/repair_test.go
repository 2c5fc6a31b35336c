package repair_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/runtime/repair"
)

// Cases are in the files of testdata: a line with a name, the reply, and behind a line of
// dashes what Values gives.
const (
	begin = "=== "
	gives = "\n---\n"
)

// TestCorpus repairs the replies of the corpus.
func TestCorpus(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, c := range strings.Split("\n"+string(data), "\n"+begin)[1:] {
			name, rest, _ := strings.Cut(c, "\n")
			reply, _, _ := strings.Cut(rest+"\n", gives)
			fmt.Fprintf(&got, "%s%s\n%s%s%s", begin, name, reply, gives, shown(t, repair.Values(reply)))
			count++
		}
		archive.Compare(t, path, []byte(got.String()))
	}
	if count < 200 {
		t.Errorf("%d replies, want 200 at least", count)
	}
}

func shown(t *testing.T, values []repair.Value) string {
	if len(values) == 0 {
		return "nothing\n"
	}
	var b strings.Builder
	for _, v := range values {
		if !json.Valid(v.JSON) {
			t.Errorf("not JSON: %s", v.JSON)
		}
		fmt.Fprintf(&b, "%s\n", v.JSON)
		for _, rule := range v.Rules {
			fmt.Fprintf(&b, "\tit had %s\n", rule)
		}
	}
	return b.String()
}

// TestHostile takes time in proportion to texts that are made to take more.
func TestHostile(t *testing.T) {
	const n = 1 << 18
	for name, part := range map[string]string{
		"brackets": "[", "braces": "{", "objects": `{"a":`, "pairs": "[{", "quotes": `["`, "texts": `["a" `, "keys": `{"a" `,
		"comments": "[/*", "lines": "[//\n", "spaces": "[ ", "commas": "[,", "closed": "[]", "escapes": `["\`, "triples": `["""`, "thoughts": "</think>[", "comments in quotes": `["/*"/*`,
		"numbers": "1_", "words": "ab", "signs": `"a":`,
	} {
		text := strings.Repeat(part, n/len(part))
		if name == "numbers" || name == "words" || name == "signs" {
			text = strings.Repeat("[", 1000) + text + "x"
		}
		began := time.Now()
		repair.Values(text)
		if took := time.Since(began); took > time.Minute { // what grows with the square of the text takes many
			t.Errorf("%s: %v", name, took)
		}
	}
}

// FuzzValues: whatever a reply holds, what comes of it is JSON, and is found again in itself
// without a repair. What is an object or a list in JSON is itself.
func FuzzValues(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.txt")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range strings.Split("\n"+string(data), "\n"+begin)[1:] {
			_, rest, _ := strings.Cut(c, "\n")
			reply, _, _ := strings.Cut(rest+"\n", gives)
			f.Add(reply)
		}
	}
	f.Fuzz(func(t *testing.T, reply string) {
		values := repair.Values(reply)
		if json.Valid([]byte(reply)) && strings.IndexByte("{[", strings.TrimSpace(reply)[0]) >= 0 {
			if len(values) != 1 || len(values[0].Rules) > 0 || !same(values[0].JSON, []byte(reply)) {
				t.Errorf("%s: %v", reply, values)
			}
		}
		for _, v := range values {
			again := repair.Values(string(v.JSON))
			if len(again) != 1 || len(again[0].Rules) > 0 || !bytes.Equal(again[0].JSON, v.JSON) {
				t.Errorf("%q: %q becomes %v", reply, v.JSON, again)
			}
		}
	})
}

// same tells whether two texts are JSON of the same value.
func same(a, b []byte) bool {
	read := func(data []byte) (v any) {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return nil
		}
		return v
	}
	return reflect.DeepEqual(read(a), read(b))
}
