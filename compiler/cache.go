package compiler

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/internal/files"
)

// Changed is PackagesWithGo without the packages that are known to be as this wfgen has left
// them: nothing would be said of these, and nothing written. What is known is what
// Remember has noted in the user's cache directory. Where there is none, or it can't be
// read, all are loaded. It is for snapshots of what is on the disk.
func (s *Snapshot) Changed(ctx context.Context, patterns []string) ([]*Package, error) {
	paths, err := s.expand(patterns)
	if err != nil {
		return nil, err
	}
	return s.withGo(ctx, slices.DeleteFunc(paths, remembered))
}

// Remember notes that the package's generated files are up to date, which its caller
// knows. It notes nothing of one with diagnostics, which are to be shown each time, nor
// of one that names Go or stands beside some, or has servers: what it means is in other files
// too. Where the note can't be written, the package is only compiled again.
func (p *Package) Remember() {
	if p.backend != Go || len(p.Diagnostics()) > 0 || len(p.unit.beside.names) > 0 || p.NamesGo() || len(p.unit.pins) > 0 {
		return
	}
	s := state{}
	for _, f := range p.unit.files {
		s.add(filepath.Base(f.Source.Path), []byte(f.Source.Text))
	}
	for _, f := range p.Generate() {
		s.add(f.Name, f.Content)
	}
	switch c, err := p.Committed(); {
	case err != nil || c != nil && len(c.Held()) > 0:
		return // which is to be said each time
	case c != nil:
		s.add(PlanFile, c.now)
	}
	note, err := noteOf(p.Abs())
	if err != nil || files.MakeDir(filepath.Dir(note), 0o777) != nil {
		return
	}
	_ = files.Replace(note, s.sum(), 0o666)
}

// remembered tells whether a directory, or that of a .wf file, is in the state that was
// noted of it.
func remembered(path string) bool {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	note, err := noteOf(abs)
	if err != nil || thisProgram() == "" {
		return false
	}
	known, err := os.ReadFile(note)
	if err != nil {
		return false
	}
	now, ok := stateOf(abs)
	return ok && bytes.Equal(known, now.sum())
}

// noteOf is the path of the file with the state of a directory.
func noteOf(abs string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	of := sha256.Sum256([]byte(abs))
	return filepath.Join(cache, "wfgen", "compiled", hex.EncodeToString(of[:16])), nil
}

// A state has the hashes of all files of a directory that a package without Go of its own
// is made of: .wf files, generated ones, and a plan file.
type state map[string][sha256.Size]byte

func (s state) add(name string, content []byte) { s[name] = sha256.Sum256(content) }

// sum is a hash of the state, and of this wfgen.
func (s state) sum() []byte {
	all := sha256.New()
	fmt.Fprintln(all, thisProgram())
	for _, name := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(all, "%q %x\n", name, s[name])
	}
	return all.Sum(nil)
}

// stateOf reads the state of a directory. It isn't ok where there is Go that a person
// wrote, or something can't be read.
func stateOf(dir string) (s state, ok bool) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, false
	}
	s = state{}
	for _, e := range entries {
		name := e.Name()
		isGo := strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
		if e.IsDir() || !isGo && !IsSource(name) && name != PlanFile {
			continue
		}
		if !e.Type().IsRegular() {
			return nil, false
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || isGo && !IsGenerated(content) {
			return nil, false
		}
		s.add(name, content)
	}
	return s, true
}

// thisProgram tells one wfgen from another: by what it was built from and, as two can be
// built from files that no revision has, by the size and the time of its file.
var thisProgram = sync.OnceValue(func() string {
	built, _ := debug.ReadBuildInfo()
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintln(built, info.Size(), info.ModTime().UnixNano())
})
