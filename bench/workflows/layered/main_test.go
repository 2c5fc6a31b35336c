package main

import (
	"os"
	"testing"
)

func TestLayeredIsFresh(t *testing.T) {
	written, err := os.ReadFile("../layered.wf")
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != string(source()) {
		t.Error("layered.wf isn't what this program writes: run go generate in bench/workflows")
	}
}
