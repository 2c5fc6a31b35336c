package incident

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHandle(t *testing.T) {
	tests := []struct {
		name  string
		alert Alert
		edit  func(*Cluster)
		want  Outcome
		said  []string
	}{
		{
			name:  "critical, mended by a rollback",
			alert: Alert{Service: "checkout", Metric: "latency", Value: 910, Threshold: 300},
			edit:  func(c *Cluster) { c.services["checkout"].owners = []string{"grace"} },
			want: Outcome{Severity: SeverityCritical, Resolved: true, Summary: "checkout is mended",
				Actions: []Action{{Name: "rollback", Detail: "v41"}}},
			said: []string{"page grace: checkout: latency is 910"},
		},
		{
			name:  "high, mended by a restart",
			alert: Alert{Service: "mail", Metric: "queue", Value: 200, Threshold: 100},
			want: Outcome{Severity: SeverityHigh, Resolved: true, Summary: "mail is mended",
				Actions: []Action{{Name: "restart", Detail: "mail"}}},
			said: []string{"#incidents: mail: see the handbook", "#incidents: mail is mended"},
		},
		{
			name:  "low and healthy",
			alert: Alert{Service: "search", Metric: "latency", Value: 110, Threshold: 100},
			want:  Outcome{Severity: SeverityLow, Resolved: true, Actions: []Action{}, Summary: "search is healthy"},
		},
		{
			name:  "a repair that fails is taken back",
			alert: Alert{Service: "mail", Metric: "queue", Value: 200, Threshold: 100},
			edit:  func(c *Cluster) { c.services["mail"].mends = "nothing" },
			want:  Outcome{Severity: SeverityHigh, Actions: []Action{}, Summary: "mail needs a person"},
			said: []string{"#incidents: mail: see the handbook",
				"#incidents: can't repair mail: mail is no better after restart: 50 % errors",
				"#incidents: mail needs a person"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := NewCluster()
			if test.edit != nil {
				test.edit(c)
			}
			got, err := Handle(context.Background(), c, test.alert)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.said, c.said); diff != "" {
				t.Error(diff)
			}
			if c.services[test.alert.Service].drained {
				t.Error("the service is still out of the traffic")
			}
		})
	}
}
