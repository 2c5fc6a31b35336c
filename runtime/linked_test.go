package runtime_test

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
)

// linked builds a program of testdata, and gives the path of its binary.
func linked(t *testing.T, program string, flags ...string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), program+".exe")
	args := append(append([]string{"build"}, flags...), "-o", binary, "./testdata/"+program)
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// TestEngineIsntLinked: a program without an engine doesn't have what only an engine
// needs.
func TestEngineIsntLinked(t *testing.T) {
	symbols, err := exec.Command("go", "tool", "nm", linked(t, "plain")).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(symbols), "wfgen/runtime.(*Error)") {
		t.Fatal("the symbols aren't those of the program")
	}
	for _, name := range []string{"runtime.(*writer)", "runtime.(*session)", "runtime.(*Engine)", "encoding/json.Unmarshal", "fips140/sha256"} {
		if strings.Contains(string(symbols), name) {
			t.Errorf("%s is linked", name)
		}
	}
}

// most is by how many bytes a program may grow that has a workflow in the place of the
// same by hand: its code and data, without what debuggers read.
const most = 300_000

// TestLinkedSize holds that.
func TestLinkedSize(t *testing.T) {
	if goruntime.GOOS != "linux" || goruntime.GOARCH != "amd64" {
		t.Skip("the size is known of linux/amd64 alone")
	}
	if plain, byhand := size(t, "plain"), size(t, "byhand"); plain-byhand > most {
		t.Errorf("a workflow makes a program %d bytes larger, from %d to %d; it may be %d", plain-byhand, byhand, plain, most)
	}
}

// size is how large what is loaded of a program is: its sections without the space between
// them, which would hide 4 kB, and without the paths of this checkout, which may be long. It
// has to print what the others do.
func size(t *testing.T, program string) int64 {
	t.Helper()
	binary := linked(t, program, "-trimpath", "-ldflags=-s -w")
	if out, err := exec.Command(binary).Output(); err != nil || string(out) != "5\n" {
		t.Fatalf("%s: %q, %v", program, out, err)
	}
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	size := int64(0)
	for _, s := range file.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			size += int64(s.Size)
		}
	}
	t.Logf("%s: %d bytes", program, size)
	return size
}
