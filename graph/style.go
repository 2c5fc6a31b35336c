package graph

import "github.com/wfgen/wfgen/plan"

// The colours of steps, by effect: dark text reads on all fills. Mermaid and Graphviz have them too.
var (
	fills = map[plan.Effect]string{
		plan.PureEffect: "#f6f8fa", plan.Readonly: "#ddf4ff", plan.Idempotent: "#dafbe1", plan.Once: "#fff1e5",
	}
	strokes = map[plan.Effect]string{
		plan.PureEffect: "#8c959f", plan.Readonly: "#54aeff", plan.Idempotent: "#4ac26b", plan.Once: "#fb8f44",
	}
)

// style is how a drawing looks to whom has things light, and to whom has them dark. The names of
// its classes begin with wf-, since a page that holds the drawing has classes of its own.
const style = `<style>
.wf{max-width:100%;height:auto;font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.wf-back{fill:#fff}
.wf-block{fill:none;stroke:#d0d7de;stroke-dasharray:4 3}
.wf-body{fill:#fff}
.wf-pure{stroke:#8c959f}.wf-readonly{stroke:#54aeff}.wf-idempotent{stroke:#4ac26b}.wf-effect{stroke:#fb8f44}
.wf-step.wf-pure{fill:#f6f8fa}.wf-step.wf-readonly{fill:#ddf4ff}.wf-step.wf-idempotent{fill:#dafbe1}.wf-step.wf-effect{fill:#fff1e5}
.wf-line{fill:none;stroke:#57606a}.wf-to{marker-end:url(#wf-arrow)}.wf-head{fill:#57606a}
.wf-name,.wf-id{fill:#1f2328;font-weight:bold}.wf-name{font-size:14px}
.wf-label{fill:#57606a;font-weight:bold}.wf-does,.wf-key{fill:#57606a}.wf-middle{text-anchor:middle}
@media(prefers-color-scheme:dark){
.wf-back,.wf-body{fill:#0d1117}
.wf-block{stroke:#3d444d}
.wf-pure{stroke:#656c76}.wf-readonly{stroke:#388bfd}.wf-idempotent{stroke:#2ea043}.wf-effect{stroke:#bd561d}
.wf-step.wf-pure{fill:#1c2128}.wf-step.wf-readonly{fill:#0c2a4d}.wf-step.wf-idempotent{fill:#0f2d1a}.wf-step.wf-effect{fill:#3d1f0a}
.wf-line{stroke:#9198a1}.wf-head{fill:#9198a1}
.wf-name,.wf-id{fill:#f0f6fc}
.wf-label,.wf-does,.wf-key{fill:#9198a1}
}
</style>
`
