package pure_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/pure"
)

func TestGiven(t *testing.T) {
	one, boom := 1, errors.New("boom")
	for _, c := range []struct {
		p    *int
		err  error
		want int
		text string
	}{
		{&one, nil, 1, ""},
		{nil, boom, 0, "boom"},
		{&one, boom, 0, "boom"},
		{nil, nil, 0, "nil without an error, expected a value"},
	} {
		got, err := pure.Given(c.p, c.err)
		if text := errorText(err); got != c.want || text != c.text {
			t.Errorf("Given(%v, %v) = %d, %q; want %d, %q", c.p, c.err, got, text, c.want, c.text)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestOrFault(t *testing.T) {
	if got := pure.OrFault(3, nil, "a.wf:1:2"); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
	boom := errors.New("boom")
	defer func() {
		f, ok := recover().(*pure.Fault)
		if !ok || f.Error() != "a.wf:1:2: boom" || !errors.Is(f, boom) {
			t.Errorf("got %v, want a fault with its place that is boom", f)
		}
	}()
	pure.OrFault(0, boom, "a.wf:1:2")
}

// A parcel is a struct as it is written in Go: with encoding/json in mind.
type parcel struct {
	ID    string
	Label string   `json:"label,omitempty"`
	Count int      `json:",string"`
	Tags  []string `json:"tags"`
	Inner *parcel  `json:"inner,omitempty"`
	kept  int
}

// A box is a declared struct that holds one.
type box struct {
	Parcel parcel   `json:"parcel"`
	More   []parcel `json:"more"`
}

func TestGoTypesHaveTheirOwnJSON(t *testing.T) {
	pure.DeclareGo[parcel]()
	in := box{Parcel: parcel{ID: "<a>", Count: 2, kept: 1}, More: []parcel{{Inner: &parcel{}}}}
	data, err := pure.Encode(in)
	const want = `{"parcel":{"ID":"<a>","Count":"2","tags":null},"more":[{"ID":"","Count":"0","tags":null,"inner":{"ID":"","Count":"0","tags":null}}]}`
	if err != nil || string(data) != want {
		t.Fatalf("got %s, %v; want %s", data, err, want)
	}
	var out box
	if err := pure.Decode([]byte(`{"parcel": {"id": "b", "more": 1}, "more": [{"Count": "3"}]}`), "box", &out); err != nil {
		t.Fatal(err)
	}
	if out.Parcel.ID != "b" || out.More[0].Count != 3 {
		t.Errorf("got %+v", out)
	}
	err = pure.Decode([]byte(`{"parcel": {"inner": {"ID": 1}}, "more": [{"Count": 3}]}`), "box", &out)
	if err == nil || !strings.HasPrefix(err.Error(), "box.parcel.inner.ID: must be string, is number\nbox.more[0]") {
		t.Errorf("got %v", err)
	}
}
