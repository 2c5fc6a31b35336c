package mcpserve_test

import (
	"context"
	"errors"
	"log"
	"net/http"

	"github.com/wfgen/wfgen/examples/templates/approval"
	"github.com/wfgen/wfgen/mcpserve"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// userOf is who a service has found a request to come from.
func userOf(*http.Request) (name string, roles []string) { return "ann", []string{"buyers"} }

// A service serves its workflows beside what else it serves, to those whom it knows.
func ExampleHandler() {
	j, err := sqlite.Open("orders.db")
	if err != nil {
		log.Fatal(err)
	}
	workflows := approval.Workflows(approval.NewOffice())
	engine, err := runtime.Open(context.Background(), j, workflows)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/mcp", mcpserve.Handler(engine, workflows.Only("Purchase"), mcpserve.Options{
		Name: "orders",
		Caller: func(r *http.Request) (mcpserve.Caller, error) {
			name, roles := userOf(r)
			if name == "" {
				return mcpserve.Caller{}, errors.New("no session")
			}
			return mcpserve.Caller{Name: name, Roles: roles}, nil
		},
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", nil))
}
