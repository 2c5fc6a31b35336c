// Package schema writes the types of a plan as JSON Schemas. Schemas has them as the runtime's
// decoder reads values from anywhere; Answer and Arguments have them in the narrow form to
// which providers of language models hold what a model writes, which the runtime's package
// agent reads. The same plan gives the same text, and nothing here looks at a value.
package schema
