// Command layered writes layered.wf, a graph of ten layers of ten steps, which nobody
// would like to write by hand.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
)

const width, layers = 10, 10

// name is the name of a step: a letter for its layer, a digit for its place in it.
func name(layer, place int) string { return fmt.Sprintf("%c%d", 'a'+layer, place%width) }

func main() {
	if err := os.WriteFile("layered.wf", source(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func source() []byte {
	var b bytes.Buffer
	b.WriteString("package workflows\n\n")
	b.WriteString("// Layered is ten layers of ten steps, each of which reads two of the layer before.\n")
	b.WriteString("workflow Layered(n int) int {\n")
	for place := range width {
		fmt.Fprintf(&b, "\t%s := Load(n + %d)\n", name(0, place), place)
	}
	for layer := 1; layer < layers; layer++ {
		for place := range width {
			fmt.Fprintf(&b, "\t%s := Join(%s, %s)\n", name(layer, place), name(layer-1, place), name(layer-1, place+1))
		}
	}
	fmt.Fprintf(&b, "\treturn %s", name(layers-1, 0))
	for place := 1; place < width; place++ {
		fmt.Fprintf(&b, " + %s", name(layers-1, place))
	}
	b.WriteString("\n}\n")
	return b.Bytes()
}
