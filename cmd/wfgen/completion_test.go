package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// complete is what bash offers for words, of which the last is being written.
const complete = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_wfgen
echo "${COMPREPLY[*]}"
`

// TestCompletion has each shell that is here read its script, and bash complete by it.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var script, problems bytes.Buffer
		if code := run(nil, &script, &problems, []string{"wfgen", "completion", shell}); code != exitDone {
			t.Fatal(problems.String())
		}
		for _, word := range []string{"compile", "approve", "interpret", "as-test"} {
			if !strings.Contains(script.String(), word) {
				t.Errorf("%s doesn't know %s", shell, word)
			}
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		file := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(file, script.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		if shell != "bash" {
			continue
		}
		for words, want := range map[string]string{
			"wfgen ru": "run runs", "wfgen runs sh": "show", "wfgen runs list -st": "-status", "wfgen run -in": "-input -interpret",
			"wfgen help comp": "compile compat completion", "wfgen check -json x": "",
		} {
			args := append([]string{"-c", complete, "bash", file}, strings.Fields(words)...)
			if out, err := exec.Command(path, args...).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
				t.Errorf("%s is completed to %s%v, want %s", words, out, err, want)
			}
		}
	}
}
