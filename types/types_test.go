package types

import "testing"

func TestExported(t *testing.T) {
	tests := map[string]string{
		"orderId": "OrderID", "id": "ID", "gold": "Gold", "sku_code": "SkuCode", "deep_blue": "DeepBlue",
		"parseHTTPRequest": "ParseHTTPRequest", "url2": "Url2", "x": "X", "userIds": "UserIds", "JSONText": "JSONText",
		"größe": "Größe", "a_1": "A1",
	}
	for name, want := range tests {
		if got := Exported(name); got != want {
			t.Errorf("%s is %s in Go, want %s", name, got, want)
		}
	}
}

func TestString(t *testing.T) {
	text := Basics[String]
	tests := map[string]Type{
		"[]string?":        &List{Elem: &Optional{Elem: text}},
		"([]string)?":      &Optional{Elem: &List{Elem: text}},
		"map[string][]int": &Map{Key: text, Elem: &List{Elem: Basics[Int]}},
		"Order?":           &Optional{Elem: &Struct{Name: "Order"}},
	}
	for want, typ := range tests {
		if got := typ.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestComparable(t *testing.T) {
	node := &Struct{Name: "Node"}
	node.Fields = []*Field{{Name: "next", Type: &Optional{Elem: node}}}
	tests := []struct {
		typ      Type
		language bool
		inGo     bool
	}{
		{Basics[Int], true, true},
		{Basics[Time], true, false},
		{Basics[Any], false, false},
		{&List{Elem: Basics[Int]}, false, false},
		{&Optional{Elem: Basics[Int]}, true, false},
		{&Struct{Fields: []*Field{{Type: Basics[Time]}}}, true, false},
		{&Struct{Fields: []*Field{{Type: &List{Elem: Basics[Int]}}}}, false, false},
		{node, true, false},
		{&Enum{Name: "E"}, true, true},
	}
	for _, test := range tests {
		if got := IsComparable(test.typ); got != test.language {
			t.Errorf("IsComparable(%s) is %t", test.typ, got)
		}
		if got := GoComparable(test.typ); got != test.inGo {
			t.Errorf("GoComparable(%s) is %t", test.typ, got)
		}
	}
}
