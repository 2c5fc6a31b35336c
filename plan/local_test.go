package plan

import "testing"

func TestLowerFirst(t *testing.T) {
	for name, want := range map[string]string{
		"Ship": "ship", "URLFor": "urlFor", "ID": "id", "ship": "ship", "HTTP2Get": "http2Get", "Öffne": "öffne",
	} {
		if got := lowerFirst(name); got != want {
			t.Errorf("%s became %s, not %s", name, got, want)
		}
	}
}
