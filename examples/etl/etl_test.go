package etl

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummarize(t *testing.T) {
	target := filepath.Join(t.TempDir(), "summary.csv")
	report, err := Summarize(context.Background(), NewFiles(), Job{Source: "iris.csv", Target: target, MinWidth: 2.5, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if report.Flowers != 28 || report.LeftOut != 2 {
		t.Errorf("kept %d and left out %d flowers, want 28 and 2", report.Flowers, report.LeftOut)
	}
	got, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	want := `species,common_name,flowers,petal_area,size
setosa,bristle-pointed iris,10,0.25,small
versicolor,blue flag,8,5.14,medium
virginica,,10,9.30,large
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, csv, want string
	}{
		{"empty", "", "flowers.csv has no rows"},
		{"not a number", "a,b,c,d,e\n1,2,x,4,setosa\n", `row 1: column 3: "x" is no number`},
		{"constraint", "a,b,c,d,e\n1,2,-3,4,setosa\n", "[0].petalLength: must satisfy petalLength > 0, is -3"},
		{"all left out", "a,b,c,d,e\n1,2,3,4,setosa\n", "has sepals of 2.5 cm"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			source := filepath.Join(dir, "flowers.csv")
			if err := os.WriteFile(source, []byte(test.csv), 0o644); err != nil {
				t.Fatal(err)
			}
			job := Job{Source: source, Target: filepath.Join(dir, "out.csv"), MinWidth: 2.5, Workers: 1}
			_, err := Summarize(context.Background(), NewFiles(), job)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("failed with %v, want %q", err, test.want)
			}
			if _, err := os.Stat(job.Target); !os.IsNotExist(err) {
				t.Errorf("the target was written: %v", err)
			}
		})
	}
}
