// Package revision reads what a git repository had at a revision. It takes a directory
// of the repository and the name of a revision, has the git command write the files of
// that time to a directory of their own, and says where they are. It changes nothing
// of the repository: neither its working tree nor its index.
package revision

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/wfgen/wfgen/internal/files"
)

// A Tree is a repository as it was at a revision.
type Tree struct {
	// Dir is the directory with the files.
	Dir string
	// Top is the repository's own directory, of which Dir is a copy.
	Top string
}

// Open writes the files of a revision of the repository that a directory is in. Remove
// removes them.
func Open(dir, name string) (*Tree, error) {
	top, err := git(dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	commit, err := git(dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("%s is no revision of the git repository in %s", name, top)
	}
	t := &Tree{Top: filepath.FromSlash(top)}
	if t.Dir, err = files.Temp("revision"); err != nil {
		return nil, err
	}
	if err := t.extract(commit); err != nil {
		return nil, errors.Join(fmt.Errorf("reading revision %s: %w", name, err), t.Remove())
	}
	return t, nil
}

// Remove removes the files.
func (t *Tree) Remove() error { return files.RemoveTemp(t.Dir) }

// Path is where a file or directory of the repository, which may not exist any more, is
// among the files of the revision.
func (t *Tree) Path(of string) (string, error) {
	abs, err := filepath.Abs(of)
	if err != nil {
		return "", err
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(dir, filepath.Base(abs))
	}
	top := t.Top
	if real, err := filepath.EvalSymlinks(top); err == nil {
		top = real
	}
	rel, err := filepath.Rel(top, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s isn't in the git repository in %s", of, t.Top)
	}
	return filepath.Join(t.Dir, rel), nil
}

// A repository may be anybody's, and have in its configuration what git is to run: filters
// that files go through, monitors of the file system, transports for what is missing, and that
// of a repository which lies within another one. So what is read is asked for by commands that
// need none of it, and the rest is turned off.
var quiet = []string{"-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "protocol.allow=never"}

// command is a git command in a directory.
func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", append(append([]string{"-C", dir}, quiet...), args...)...)
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

// git runs git in a directory, and gives what it prints without the last line's end.
func git(dir string, args ...string) (string, error) {
	cmd := command(dir, args...)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		return "", failed(err, problem.String())
	}
	return strings.TrimRight(out.String(), "\r\n"), nil
}

// failed is the error of a git command, by what git says of it.
func failed(err error, said string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("reading a revision takes the git command, which isn't there")
	}
	if said = strings.TrimSpace(said); said != "" {
		return errors.New("git: " + strings.TrimPrefix(said, "fatal: "))
	}
	return fmt.Errorf("git: %w", err)
}

// extract writes the files of a commit.
func (t *Tree) extract(commit string) error {
	list, err := git(t.Top, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(t.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var all []entry
	var ids strings.Builder
	for line := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		fields := strings.Fields(head) // mode, type, id
		if !ok || len(fields) != 3 || fields[1] != "blob" {
			continue // a submodule's commit
		}
		all = append(all, entry{fields[0], name})
		ids.WriteString(fields[2] + "\n")
	}
	cmd := command(t.Top, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(ids.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var problem bytes.Buffer
	cmd.Stderr = &problem
	if err := cmd.Start(); err != nil {
		return failed(err, "")
	}
	wrong := unpack(root, all, bufio.NewReader(out))
	_, _ = io.Copy(io.Discard, out) // git has to come to its end
	if err := cmd.Wait(); err != nil {
		return failed(err, problem.String())
	}
	return wrong
}

// An entry is a file of a commit: its mode as git writes it, and its name.
type entry struct{ mode, name string }

// unpack writes files, whose contents git gives one after the other. Nothing is written
// outside of the directory, whatever names and links say.
func unpack(root *os.Root, all []entry, contents *bufio.Reader) error {
	for _, e := range all {
		head, err := contents.ReadString('\n')
		if err != nil {
			return err
		}
		var id, kind string
		var size int64
		if _, err := fmt.Sscan(head, &id, &kind, &size); err != nil {
			return fmt.Errorf("git gives %q for %s", strings.TrimSpace(head), e.name)
		}
		if err := e.write(root, io.LimitReader(contents, size)); err != nil {
			return err
		}
		if _, err := contents.Discard(1); err != nil { // the end of the line
			return err
		}
	}
	return nil
}

// write writes a file, of which all is read.
func (e *entry) write(root *os.Root, content io.Reader) error {
	name := filepath.FromSlash(path.Clean(e.name))
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	if e.mode == "120000" {
		to, err := io.ReadAll(content)
		return errors.Join(err, root.Symlink(string(to), name))
	}
	perm := fs.FileMode(0o600)
	if e.mode == "100755" {
		perm = 0o700
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}
