package pure

// An optional of the language, T?, is a *T in Go: nil is none. The values behind
// the pointers are never changed.

// Some gives an optional with the value v.
func Some[T any](v T) *T { return &v }

// Or is p ?? v: the value of p, or v where p is none.
func Or[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}

// OrOptional is p ?? q where q is optional too.
func OrOptional[T any](p, q *T) *T {
	if p != nil {
		return p
	}
	return q
}

// Maybe is p?.…: what f makes of the value of p, or none where p is none.
func Maybe[T, R any](p *T, f func(T) *R) *R {
	if p == nil {
		return nil
	}
	return f(*p)
}

// EqualOptional is a == b: both none, or equal values.
func EqualOptional[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// EqualOptionalFunc is EqualOptional for values that eq compares.
func EqualOptionalFunc[T any](a, b *T, eq func(T, T) bool) bool {
	if a == nil || b == nil {
		return a == b
	}
	return eq(*a, *b)
}

// OrElse is p's value, or what f gives where p is nil.
func OrElse[T any](p *T, f func() T) T {
	if p != nil {
		return *p
	}
	return f()
}

// OrElseOptional is p, or what f gives where p is nil.
func OrElseOptional[T any](p *T, f func() *T) *T {
	if p != nil {
		return p
	}
	return f()
}
