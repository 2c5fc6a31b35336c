// Package revision reads what a git repository had at a revision. It takes a directory
// of the repository and the name of a revision, has the git command write the files of
// that time to a directory of their own, and says where they are. It changes nothing
// of the repository: neither its working tree nor its index.
package revision

import (
	"archive/tar"
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

// git runs git in a directory, and gives what it prints without the last line's end.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
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
	cmd := exec.Command("git", "-C", t.Top, "archive", "--format=tar", commit)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var problem bytes.Buffer
	cmd.Stderr = &problem
	if err := cmd.Start(); err != nil {
		return failed(err, "")
	}
	wrong := t.unpack(out)
	_, _ = io.Copy(io.Discard, out) // git has to come to its end
	if err := cmd.Wait(); err != nil {
		return failed(err, problem.String())
	}
	return wrong
}

// unpack writes what an archive holds. Nothing is written outside of the directory,
// whatever the archive's links say.
func (t *Tree) unpack(archive io.Reader) error {
	root, err := os.OpenRoot(t.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = unpackOne(root, h, r)
		}
		if err != nil {
			return err
		}
	}
}

func unpackOne(root *os.Root, h *tar.Header, content io.Reader) error {
	name := filepath.FromSlash(path.Clean(h.Name))
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o700)
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, name)
	case tar.TypeReg:
		f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fs.FileMode(h.Mode&0o700|0o600))
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Close())
	}
	return nil
}
