// Package etl reads measurements from a file, sums them up and writes the result:
// etl.wf says how, and this file has the tools, over CSV files. iris.csv holds 30
// of the measurements that R. A. Fisher published in 1936.
package etl

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// Files are the tools over the file system.
type Files struct {
	names map[string]string
}

// NewFiles gives tools that know the common names of a few species.
func NewFiles() *Files {
	return &Files{names: map[string]string{"setosa": "bristle-pointed iris", "versicolor": "blue flag"}}
}

// Read gives the rows of a CSV file whose first line is a header.
func (*Files) Read(_ context.Context, path string) ([]Flower, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var flowers []Flower
	for i, record := range records[min(1, len(records)):] {
		flower, err := parse(record)
		if err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", path, i+1, err)
		}
		flowers = append(flowers, flower)
	}
	return flowers, nil
}

func parse(record []string) (Flower, error) {
	if len(record) != 5 {
		return Flower{}, fmt.Errorf("%d columns, expected 5", len(record))
	}
	var numbers [4]float64
	for i := range numbers {
		n, err := strconv.ParseFloat(record[i], 64)
		if err != nil {
			return Flower{}, fmt.Errorf("column %d: %q is no number", i+1, record[i])
		}
		numbers[i] = n
	}
	return Flower{numbers[0], numbers[1], numbers[2], numbers[3], record[4]}, nil
}

// CommonName gives nil for a species without one.
func (f *Files) CommonName(_ context.Context, species string) (*string, error) {
	name, ok := f.names[species]
	if !ok {
		return nil, nil
	}
	return &name, nil
}

// Write writes a CSV file beside the target and puts it in its place.
func (*Files) Write(_ context.Context, path string, summaries []Summary) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	rows := [][]string{{"species", "common_name", "flowers", "petal_area", "size"}}
	for _, s := range summaries {
		name := ""
		if s.CommonName != nil {
			name = *s.CommonName
		}
		rows = append(rows, []string{
			s.Species, name, strconv.Itoa(s.Flowers), strconv.FormatFloat(s.PetalArea, 'f', 2, 64), string(s.Size),
		})
	}
	if err := csv.NewWriter(file).WriteAll(rows); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
