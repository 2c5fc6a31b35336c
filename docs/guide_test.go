package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A block is a fenced block of the guide, with the text between it and the one before.
type block struct {
	above, kind, text string
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func blocks(text string) []block {
	var all []block
	end := 0
	for _, at := range fence.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, block{text[end:at[0]], text[at[2]:at[3]], text[at[4]:at[5]]})
		end = at[1]
	}
	return all
}

// TestGuide does what the guide says, in an empty directory. A file is called what the
// text above it names last.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile("guide.md")
	if err != nil {
		t.Fatal(err)
	}
	r := reader{t: t, dir: t.TempDir(), bin: t.TempDir()}
	r.command("go build -o "+filepath.Join(r.bin, "wfgen")+" ../cmd/wfgen", ".")
	for _, b := range blocks(string(text)) {
		switch b.kind {
		case "wf", "go":
			r.write(b)
		case "console":
			r.console(b.text)
		}
	}
	if r.commands == 0 || r.files == 0 {
		t.Errorf("the guide has %d commands and %d files", r.commands, r.files)
	}
}

// A reader follows the guide.
type reader struct {
	t               *testing.T
	dir, bin        string
	commands, files int
}

var fileName = regexp.MustCompile("`([a-z_]+\\.(?:go|wf))`")

func (r *reader) write(b block) {
	r.t.Helper()
	names := fileName.FindAllStringSubmatch(b.above, -1)
	if len(names) == 0 {
		r.t.Fatalf("no file is named above\n%s", b.text)
	}
	r.files++
	if err := os.WriteFile(filepath.Join(r.dir, names[len(names)-1][1]), []byte(b.text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// console runs each line that begins with a $, and compares what it prints with the
// lines up to the next.
func (r *reader) console(text string) {
	r.t.Helper()
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		r.commands++
		if dir, ok := strings.CutPrefix(command, "cd "); ok {
			r.dir = filepath.Join(r.dir, dir)
			continue
		}
		got := r.command(command, r.dir)
		if !pattern(want).MatchString(strings.TrimSpace(got)) {
			r.t.Errorf("%s printed\n%s\nwant\n%s", command, got, want)
		}
	}
}

// pattern is what a text looks like where … stands for anything.
func pattern(text string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(strings.TrimSpace(text))
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(quoted, "…", ".*") + "$")
}

// command runs a command and gives what it prints. That it fails shows there.
func (r *reader) command(line, dir string) string {
	r.t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+r.bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "GOFLAGS=-mod=mod",
		"GOPROXY=off", "GOSUMDB=off", "XDG_STATE_HOME="+filepath.Join(r.bin, "state"))
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		r.t.Fatalf("%s: %v", line, err)
	}
	return string(out)
}
