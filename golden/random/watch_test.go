package random

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	goruntime "runtime"
	"strings"
	"testing"
	"time"
)

// longest is how long a run of a program may take, or one that goes on on several engines.
// On a busy machine it takes a second.
var longest = 2 * time.Minute

// watch ends the process when a run of a program takes too long, and shows the program and
// where all goroutines are, and what more there is to tell. What it gives is called when the
// run has ended.
func (p *program) watch(input []byte, more func() string) (ended func()) {
	late := time.AfterFunc(longest, func() {
		p.showEndless(os.Stderr, input)
		if more != nil { // last, as it may hang, too
			fmt.Fprintln(os.Stderr, more())
		}
		os.Exit(1)
	})
	return func() { late.Stop() }
}

func (p *program) showEndless(w io.Writer, input []byte) {
	stacks := make([]byte, 1<<24)
	stacks = stacks[:goruntime.Stack(stacks, true)]
	fmt.Fprintf(w, "%s with %s hasn't ended in %v:\n%s\n%s\n", p.name, input, longest, strings.TrimPrefix(p.source, head), stacks)
}

// envEndless has the test binary run a program that doesn't end.
const envEndless = "RANDOM_ENDLESS"

// endless runs it.
func endless() error {
	longest = 100 * time.Millisecond
	p, err := read("program 17", head+"workflow Main(n int, xs []int, flag bool) int {\n\twait 1h\n\treturn 4321\n}\n")
	if err != nil {
		return err
	}
	_, err = interpreted(p, inputs[0])
	return err
}

// TestEndless: a program that doesn't end is shown, and fails the tests.
func TestEndless(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envEndless+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("the process succeeds")
	}
	for _, want := range []string{"program 17 with " + string(inputs[0].json()), "return 4321", "goroutine ", "runtime.Sleep("} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q isn't shown:\n%s", want, out)
		}
	}
}
