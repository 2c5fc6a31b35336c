// Package templates_test runs the packages that people begin with, each with the tools and
// the input that come with it, and writes their page in the documents.
package templates_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/examples/templates/approval"
	"github.com/wfgen/wfgen/examples/templates/canary"
	"github.com/wfgen/wfgen/examples/templates/critic"
	"github.com/wfgen/wfgen/examples/templates/etl"
	"github.com/wfgen/wfgen/examples/templates/mapreduce"
	"github.com/wfgen/wfgen/examples/templates/onboarding"
	"github.com/wfgen/wfgen/examples/templates/polling"
	"github.com/wfgen/wfgen/examples/templates/reminder"
	"github.com/wfgen/wfgen/examples/templates/report"
	"github.com/wfgen/wfgen/examples/templates/saga"
	"github.com/wfgen/wfgen/examples/templates/signoff"
	"github.com/wfgen/wfgen/examples/templates/webhook"
	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/internal/scaffold"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

var update = flag.Bool("update", false, "write the page of the templates")

// runs are the templates with what comes of their input where nobody answers and no event
// comes: a result, or the end of an error.
var runs = []struct {
	name     string
	registry *runtime.Registry
	want     string
}{
	{"approval", approval.Workflows(approval.NewOffice()), "Unanswered(request: r1)"},
	{"canary", canary.Workflows(canary.NewCluster()), `"v1"`},
	{"critic", critic.Workflows(critic.NewModels()), `{"text":"All there is to say of owls. For example …","score":0.9,"rounds":2,"cents":6}`},
	{"etl", etl.Workflows(etl.NewDatabase()), `{"rows":4,"rejected":0,"table":"staging_l1"}`},
	{"mapreduce", mapreduce.Workflows(mapreduce.NewStore()), `{"lines":3,"bytes":6,"parts":2,"quarantined":[{"part":"mar","reason":"Unreadable(part: mar, reason: it holds a NUL)"}],"report":"j1: 3 lines, 6 bytes"}`},
	{"onboarding", onboarding.Workflows(onboarding.NewOffice()), `{"account":"ann.lee","laptop":"laptop of h1","desk":"desk of h1","trained":false}`},
	{"polling", polling.Workflows(polling.NewWarehouse()), `1200`},
	{"reminder", reminder.Workflows(reminder.NewLedger()), `{"paid":0,"reminders":3,"collection":"collection of i1"}`},
	{"report", report.Workflows(report.NewPress()), `{"url":"file of shop 2026-01-02T03:00","missing":["returns"],"to":1}`},
	{"saga", saga.Workflows(saga.NewDesk()), `{"flight":"flight Bern-Oslo","hotel":"room in Oslo","payment":"payment of ann","total":540}`},
	{"signoff", signoff.Workflows(signoff.NewPlatform()), "Expired(change: c1)"},
	{"webhook", webhook.Workflows(webhook.NewIntake()), `{"outcome":"handled","detail":"i7"}`},
}

// TestTemplatesRun: each template runs as it comes. Days take no time.
func TestTemplatesRun(t *testing.T) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // what the tools say
	templates := scaffold.Templates()
	if len(templates) != len(runs) {
		t.Errorf("%d templates are run, and there are %d", len(runs), len(templates))
	}
	for i, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			if templates[i].Name != r.name {
				t.Fatalf("the template is called %s", templates[i].Name)
			}
			if got := run(t, r.name, templates[i].Workflow, r.registry); !strings.HasSuffix(got, r.want) {
				t.Errorf("got %s\nwant %s", got, r.want)
			}
		})
	}
}

// run runs a template's workflow in an engine, and gives its result, or its error's text.
func run(t *testing.T, name, workflow string, registry *runtime.Registry) string {
	t.Helper()
	input, err := os.ReadFile(filepath.Join(name, "input.json"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := runtime.WithClock(t.Context(), runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	engine, err := runtime.Open(ctx, memory.New(), registry)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	execution, err := engine.Submit(ctx, workflow, input)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	result, err := execution.ResultJSON(ctx)
	if err != nil {
		return err.Error()
	}
	return string(result)
}

// TestPage: the page of the templates is what their sources say.
func TestPage(t *testing.T) {
	const file = "../../docs/templates.md"
	want := page(t)
	got, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Fatalf("%s isn't what the templates say: go test ./examples/templates -update writes it", file)
	}
	if err := os.WriteFile(file, want, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s is written", file)
}

func page(t *testing.T) []byte {
	t.Helper()
	templates := scaffold.Templates()
	var b bytes.Buffer
	b.WriteString("# Templates\n\n" +
		"Whole packages to begin with, each with its tests, tools that keep all in memory, and an input to try it with. `wfgen init -template NAME DIR` makes one, and `wfgen init -template` lists them; with `-json` it says what each [takes and calls](json.md#init--template--json). " +
		"A test writes this page from their sources, which are in [examples/templates](../examples/templates).\n\n| template | is |\n| --- | --- |\n")
	for _, x := range templates {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", x.Name, x.Name, x.About)
	}
	b.WriteString("\nIn the pictures a step that only reads is blue, one that may be called twice green, and one that may not orange.\n")
	for _, x := range templates {
		p := load(t, x.Name)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```\n%s\n```\n", x.Name, x.About, strings.Join(slices.Concat(x.Workflows, x.Events, x.Tools), "\n"))
		fmt.Fprintf(&b, "\n```mermaid\n%s```\n\nIts tests:\n\n", picture(t, p))
		for _, test := range p.Plan().Tests {
			fmt.Fprintf(&b, "- %s\n", test.Name)
		}
	}
	return b.Bytes()
}

func load(t *testing.T, dir string) *compiler.Package {
	t.Helper()
	p, err := compiler.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// picture is the plan of a template's workflows.
func picture(t *testing.T, p *compiler.Package) string {
	t.Helper()
	var b bytes.Buffer
	if err := graph.Write(&b, p.Plan(), p.Plan().Workflows, "mermaid"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
