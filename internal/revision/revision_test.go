package revision_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/internal/revision"
)

// shell runs commands in a directory; what git asks for its user is given.
func shell(t *testing.T, dir, script string) {
	t.Helper()
	c := exec.Command("sh", "-e", "-c", script)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestNothingRuns: what a repository's configuration has git run isn't run, and the files are
// those of the revision, also where a configuration says otherwise.
func TestNothingRuns(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	dir, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	shell(t, dir, `
		git init -q .
		printf 'one\n\n' >a.wf; mkdir "with space"; printf two >"with space/ü"; ln -s a.wf link; printf three >run; chmod +x run
		git add -A; git commit -q -m x
		echo '* filter=f' >.git/info/attributes
		git config filter.f.smudge 'touch `+ran+`; cat'
		git config core.fsmonitor 'touch `+ran+`'
		printf changed >a.wf`)
	tree, err := revision.Open(dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Remove()
	for name, want := range map[string]string{"a.wf": "one\n\n", "with space/ü": "two", "link": "one\n\n", "run": "three"} {
		if got, err := os.ReadFile(filepath.Join(tree.Dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if info, err := os.Stat(filepath.Join(tree.Dir, "run")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("run isn't executable: %v", err)
	}
	buried := filepath.Join(dir, "buried")
	shell(t, dir, `git clone -q --bare . buried; cd buried; git config core.bare false; git config core.worktree .`)
	if _, err := revision.Open(buried, "HEAD"); err == nil || !strings.Contains(err.Error(), "bare repository") {
		t.Errorf("a repository within another one: got %v", err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("what the configuration says was run")
	}
}
