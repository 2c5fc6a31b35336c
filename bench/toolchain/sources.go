package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The amount of source that each tool is given.
const (
	files        = 100
	linesPerFile = 200
	perDirectory = 10 // where the tool knows packages
)

// text is a head and as many pieces as have room in a file, with comments to fill the
// rest. Pieces are told their number, so that no two have a name in common.
func text(head, comment string, first int, piece func(i int) string) string {
	var b strings.Builder
	b.WriteString(head)
	left := linesPerFile - strings.Count(head, "\n")
	for i := first; ; i++ {
		next := piece(i)
		if strings.Count(next, "\n") > left {
			break
		}
		left -= strings.Count(next, "\n")
		b.WriteString(next)
	}
	return b.String() + strings.Repeat(comment+"\n", left)
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

// writePackages writes the files of a language that has Go's packages.
func writePackages(root, ending string, piece func(i int) string) error {
	for file := range files {
		name := fmt.Sprintf("p%d", file/perDirectory)
		path := filepath.Join(root, name, fmt.Sprintf("f%d%s", file, ending))
		err := writeFile(path, text("package "+name+"\n\n", "// The end.", file*linesPerFile, piece))
		if err != nil {
			return err
		}
	}
	return nil
}

func writeWorkflows(root string) error { return writePackages(root, ".wf", workflow) }

func workflow(i int) string {
	return fmt.Sprintf(`// An Order%[1]d as it comes in.
type Order%[1]d {
	id    string
	items []Item%[1]d
	total float64 where total > 0
	note  string?
}

type Item%[1]d { sku string, qty int where qty > 0 }

tool Quote%[1]d(items []Item%[1]d) float64 readonly timeout 5s
tool Score%[1]d(order Order%[1]d) float64 readonly retry 3 backoff 100ms..2s
tool Reserve%[1]d(items []Item%[1]d) string idempotent retry 3
tool Release%[1]d(id string) idempotent retry 10
tool Ship%[1]d(item Item%[1]d) string idempotent

func discount%[1]d(total float64) float64 {
	if total > 100.0 { 0.1 } else { 0.0 }
}

// Fulfil%[1]d takes an order to the door.
workflow Fulfil%[1]d(order Order%[1]d) string timeout 24h {
	validate len(order.items) > 0 else "order ${order.id} has no items"

	score := Score%[1]d(order)
	quote := Quote%[1]d(order.items)
	validate score < 0.9 else "order ${order.id} looks odd"

	reservation := Reserve%[1]d(order.items) undo Release%[1]d(reservation)
	due := quote * (1.0 - discount%[1]d(order.total))
	validate due <= order.total else "${due} is more than ${order.total}"
	commit

	parcels := for item in order.items parallel 4 {
		Ship%[1]d(item)
	}
	return "${reservation} ${join(parcels, ", ")} ${order.note ?? "-"}"
}

`, i)
}

func writeTemplates(root string) error { return writePackages(root, ".templ", template) }

func template(i int) string {
	return fmt.Sprintf(`// An Item%[1]d is a line of an order.
type Item%[1]d struct {
	Name  string
	Price string
	Left  int
}

// Order%[1]d shows an order.
templ Order%[1]d(id string, items []Item%[1]d) {
	<section id={ id } class="order">
		<h2>Order { id }</h2>
		if len(items) == 0 {
			<p>There is nothing in it.</p>
		} else {
			<ul>
				for _, item := range items {
					<li class="item">
						<span>{ item.Name }</span>
						<b>{ item.Price }</b>
						if item.Left < 3 {
							<em>nearly sold out</em>
						}
					</li>
				}
			</ul>
		}
		<footer>
			<a href="/orders">All orders</a>
			@Sign%[1]d(id)
		</footer>
	</section>
}

templ Sign%[1]d(id string) {
	<small>no. { id }</small>
}

`, i)
}

func writeQueries(root string) error {
	for file := range files {
		path := filepath.Join(root, "queries", fmt.Sprintf("f%d.sql", file))
		if err := writeFile(path, text("", "-- The end.", file*linesPerFile, queries)); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(root, "schema.sql"), schema); err != nil {
		return err
	}
	return writeFile(filepath.Join(root, "sqlc.yaml"), sqlcConfig)
}

const schema = `CREATE TABLE orders (
  id BIGSERIAL PRIMARY KEY, customer TEXT NOT NULL, total DOUBLE PRECISION NOT NULL, note TEXT
);
CREATE TABLE items (
  order_id BIGINT NOT NULL REFERENCES orders (id), sku TEXT NOT NULL, qty INTEGER NOT NULL
);
`

const sqlcConfig = `version: "2"
sql:
  - engine: postgresql
    schema: schema.sql
    queries: queries
    gen:
      go: {package: store, out: store}
`

func queries(i int) string {
	return fmt.Sprintf(`-- name: Order%[1]d :one
SELECT id, customer, total, note
FROM orders
WHERE id = $1
  AND total > $2;

-- name: Items%[1]d :many
SELECT o.id, o.customer, i.sku, i.qty
FROM orders o
JOIN items i ON i.order_id = o.id
WHERE o.customer = $1
  AND i.qty > $2
ORDER BY o.id, i.sku
LIMIT $3;

-- name: Insert%[1]d :one
INSERT INTO orders (customer, total, note)
VALUES ($1, $2, $3)
RETURNING id;

-- name: Sum%[1]d :one
SELECT customer, count(*) AS number, sum(total)::float8 AS total
FROM orders
WHERE customer = $1
GROUP BY customer;

-- name: Note%[1]d :exec
UPDATE orders
SET note = $2
WHERE id = $1;

`, i)
}
