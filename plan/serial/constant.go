package serial

import (
	"encoding/json"
	"fmt"
	"go/constant"
	"go/token"
	"strings"
)

// A constantForm is a constant as it is written. A string is bytes, as it needn't be
// UTF-8; a number is exact, a fraction where it has no end.
type constantForm struct {
	Kind   constant.Kind
	Bytes  []byte
	Number string
}

func constantText(v constant.Value) constantForm {
	switch v.Kind() {
	case constant.String:
		return constantForm{Kind: v.Kind(), Bytes: []byte(constant.StringVal(v))}
	default:
		return constantForm{Kind: v.Kind(), Number: v.ExactString()}
	}
}

func constantOf(text json.RawMessage) (constant.Value, error) {
	var f constantForm
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, err
	}
	var v constant.Value
	switch f.Kind {
	case constant.String:
		v = constant.MakeString(string(f.Bytes))
	case constant.Bool:
		v = constant.MakeBool(f.Number == "true")
	case constant.Int:
		v = number(f.Number, token.INT)
	case constant.Float:
		above, below, fraction := strings.Cut(f.Number, "/")
		if v = number(above, token.FLOAT); fraction {
			v = constant.BinaryOp(v, token.QUO, number(below, token.FLOAT))
		}
		v = constant.ToFloat(v)
	}
	if v == nil || v.Kind() != f.Kind {
		return nil, fmt.Errorf("%s is no constant", text)
	}
	return v, nil
}

// number is a number as Go writes it, which may have a sign.
func number(text string, as token.Token) constant.Value {
	digits, negative := strings.CutPrefix(text, "-")
	if as == token.FLOAT && !strings.ContainsAny(digits, ".p") {
		as = token.INT
	}
	v := constant.MakeFromLiteral(digits, as, 0)
	if negative {
		v = constant.UnaryOp(token.SUB, v, 0)
	}
	return v
}
