package pure

import (
	"strings"
	"testing"
	"time"
)

type line struct {
	SKU string
	Qty int
}

func checkLine(c *Check, i line) line {
	if !(i.Qty > 0) {
		c.Violation("qty", "qty > 0", i.Qty)
	}
	return i
}

func TestCheckPaths(t *testing.T) {
	c := NewCheck("order")
	CheckList(c, "items", []line{{"a", 1}, {"b", 2}, {"c", 0}}, checkLine)
	CheckMap(c, "extra", map[string]line{"z": {}, "a\n": {}}, checkLine)
	CheckMap(c, "byYear", map[int]line{2026: {}}, checkLine)
	CheckMap(c, "flags", map[bool]line{true: {}}, checkLine)
	CheckMap(c, "tiers", map[color]line{"red": {}}, checkLine)
	CheckOptional(c, "gift", &line{}, checkLine)
	CheckOptional(c, "none", nil, checkLine)
	CheckEnum(c, "tier", color("silver"), "basic", "gold", "platinum")
	CheckEnum(c, "tier", "gold", color("basic"), "gold")
	c.Field("customer")
	c.Key("k")
	c.Index(3)
	c.Violation("", "value < 5", 5.5)
	c.Up()
	c.Up()
	c.Up()
	c.Violation("email", "matches(email, \"@\")", "nobody")
	c.Violation("grace", "grace < 1h", 2*time.Hour)
	c.Violation("note", "note != \"\"", Some(""))
	c.Violation("tags", "len(tags) > 0", []string{})
	c.Violation("by", "by != none", (*string)(nil))
	want := strings.TrimPrefix(`
order.items[2].qty: must satisfy qty > 0, is 0
order.extra["a\n"].qty: must satisfy qty > 0, is 0
order.extra["z"].qty: must satisfy qty > 0, is 0
order.byYear[2026].qty: must satisfy qty > 0, is 0
order.flags[true].qty: must satisfy qty > 0, is 0
order.tiers["red"].qty: must satisfy qty > 0, is 0
order.gift.qty: must satisfy qty > 0, is 0
order.tier: must be one of basic, gold, platinum, is "silver"
order.customer["k"][3]: must satisfy value < 5, is 5.5
order.email: must satisfy matches(email, "@"), is "nobody"
order.grace: must satisfy grace < 1h, is 2h
order.note: must satisfy note != "", is ""
order.tags: must satisfy len(tags) > 0, is []
order.by: must satisfy by != none, is none`, "\n")
	if got := c.Err().Error(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestCheckRoots(t *testing.T) {
	for _, c := range []struct{ root, field, want string }{
		{"", "qty", "qty: must satisfy x, is 1"},
		{"order", "", "order: must satisfy x, is 1"},
		{"", "", "must satisfy x, is 1"},
	} {
		check := NewCheck(c.root)
		check.Violation(c.field, "x", 1)
		equal(t, "Error()", check.Err().Error(), c.want)
	}
	c := NewCheck("")
	CheckList(c, "", []line{{}}, checkLine)
	equal(t, "Error()", c.Err().Error(), "[0].qty: must satisfy qty > 0, is 0")
}

func TestCheckWithoutProblems(t *testing.T) {
	c := NewCheck("order")
	checkLine(c, line{"a", 1})
	if err := c.Err(); err != nil {
		t.Errorf("Err() = %v", err)
	}
	var items []line
	for range 50 {
		items = append(items, line{"a", 1})
	}
	allocs := testing.AllocsPerRun(100, func() {
		CheckList(NewCheck("order"), "items", items, checkLine)
	})
	if allocs > 4 { // the Check, its path, the new list
		t.Errorf("%v allocations", allocs)
	}
}

func TestCheckKeepsFewProblems(t *testing.T) {
	c := NewCheck("items")
	CheckList(c, "", make([]line, 250), checkLine)
	err := c.Err().(*InvalidError)
	equal(t, "problems", len(err.Problems), 100)
	equal(t, "omitted", err.Omitted, 150)
	if text := err.Error(); !strings.HasSuffix(text, "items[99].qty: must satisfy qty > 0, is 0\nand 150 more") {
		t.Errorf("ends with %q", text[len(text)-80:])
	}
}

func TestNormalised(t *testing.T) {
	c := NewCheck("")
	double := func(_ *Check, n int) int { return 2 * n }
	list, table, opt := []int{1, 2}, map[string]int{"a": 1}, Some(1)
	same(t, "CheckList", CheckList(c, "", list, double), []int{2, 4})
	same(t, "CheckMap", CheckMap(c, "", table, double), map[string]int{"a": 2})
	equal(t, "CheckOptional", *CheckOptional(c, "", opt, double), 2)
	same(t, "list afterwards", list, []int{1, 2})
	same(t, "map afterwards", table, map[string]int{"a": 1})
	equal(t, "optional afterwards", *opt, 1)
	same(t, "CheckList of nil", CheckList(c, "", nil, double), []int{})
	same(t, "CheckMap of nil", CheckMap[string](c, "", nil, double), map[string]int{})
	same(t, "List", List([]int(nil)), []int{})
	same(t, "MapOf", MapOf(map[string]int(nil)), map[string]int{})
	same(t, "List", List(list), list)
	same(t, "MapOf", MapOf(table), table)
	now := time.Now()
	data, _ := Encode(now)
	var back time.Time
	if err := Decode(data, "", &back); err != nil {
		t.Fatal(err)
	}
	same(t, "a time from a record", back, UTC(now))
}

// A tree has parts that may lead back to it, in all ways that there are.
type tree struct {
	Up   *tree
	Kids []tree
	By   map[string]tree
	N    int
}

func checkTree(c *Check, v tree) tree {
	v.Up = CheckOptional(c, "up", v.Up, checkTree)
	v.Kids = CheckList(c, "kids", v.Kids, checkTree)
	v.By = CheckMap(c, "by", v.By, checkTree)
	if v.Up == nil {
		c.Violation("up", "up != none", v.Up)
	}
	return v
}

// A value that holds itself is looked at for a while, and what is given has an end.
func TestCheckEnds(t *testing.T) {
	var up tree
	up.Up = &up
	list := tree{Up: &tree{}, Kids: make([]tree, 100_000)}
	list.Kids[0], list.Kids[7] = list, list
	by := tree{By: map[string]tree{"a": {}, "b": {}}}
	by.By["a"] = by
	for name, v := range map[string]tree{"up": up, "kids": list, "by": by} {
		c := NewCheck("")
		checkTree(c, v)
		err, _ := c.Err().(*InvalidError)
		if err == nil || len(err.Problems) > maxProblems+1 {
			t.Fatalf("%s: %v", name, c.Err())
		}
		last := err.Problems[len(err.Problems)-1]
		if !strings.HasPrefix(last.Path, name) || last.Text != "is nested too deep for JSON, or holds itself" {
			t.Errorf("%s: %s", name, last)
		}
	}
}

// What has a JSON is never too deep for a Check.
func TestCheckIsDeepEnough(t *testing.T) {
	v := tree{Up: &tree{}}
	for range maxDepth/2 - 2 {
		v = tree{Up: &tree{Up: &tree{}}, Kids: []tree{v}}
	}
	if _, err := Encode(v); err != nil {
		t.Fatal(err)
	}
	c := NewCheck("")
	if checkTree(c, v); c.deep {
		t.Error(c.Err())
	}
}
