package main

// A mistake is one that people make in workflows, whatever they write them in.
type mistake struct {
	number int
	name   string
	// found is when each of the systems finds it, as it was measured on 2026-11-29 with what
	// documents its makers recommend; that of wfgen is found anew each time.
	temporal, asl, argo, eino, dbos string
	ways                            []way
}

// A way is how the mistake is made in one of the sources: texts that stand in the place of
// others.
type way struct {
	system string // the folder of the source
	note   string // what tells it from the other ways; empty for the plainest
	file   string
	texts  []string // what was there and what is there now, by turns; none where the mistake can't be made
}

func order(note string, texts ...string) way { return way{"wfgen", note, "order/order.wf", texts} }

func incident(note string, texts ...string) way {
	return way{"wfgen", note, "incident/incident.wf", texts}
}

func temporal(note string, texts ...string) way {
	return way{"temporal", note, "order/workflow.go", texts}
}

func eino(note string, texts ...string) way { return way{"eino", note, "order/workflow.go", texts} }

func dbos(note string, texts ...string) way { return way{"dbos", note, "order/workflow.go", texts} }

var mistakes = []mistake{
	{1, "a field of a result is misspelt", "C", "R", "C, R", "C, T", "C", []way{
		order("", "stock.available &&", "stock.availble &&"),
		temporal("", "!stock.Available", "!stock.Availble"),
		eino("", "!in.Stock.Available", "!in.Stock.Availble"),
		eino("in a mapping", `AddInput("stock", compose.ToField("Stock"))`, `AddInput("stock", compose.ToField("Stok"))`),
		dbos("", "!stock.Result.Available", "!stock.Result.Availble"),
	}},
	{2, "a tool or an event is misspelt", "C, T", "C, R", "C, R", "T", "C, T", []way{
		order("", "reservation := Reserve(", "reservation := Resrve("),
		order("event", "await Paid(", "await Payed("),
		temporal("", "a.Reserve, order.Lines", "a.Resrve, order.Lines"),
		temporal("event", `GetSignalChannel(ctx, "paid")`, `GetSignalChannel(ctx, "payed")`),
		eino("", `AddInput("reserve", compose.ToField`, `AddInput("resrve", compose.ToField`),
		dbos("", "w.shop.Reserve(ctx", "w.shop.Resrve(ctx"),
	}},
	{3, "an argument is of another type", "T", "R", "R", "T", "C", []way{
		order("", "Charge(order.id, quote)", "Charge(order.id, order.id)"),
		temporal("", "a.Charge, order.ID, quote)", "a.Charge, order.ID, order.ID)"),
		eino("", `compose.MapFields("Quote", "Amount")`, `compose.MapFieldPaths(compose.FieldPath{"Order", "ID"}, compose.FieldPath{"Amount"})`),
		dbos("", "Charge(ctx, order.ID, quote.Result)", "Charge(ctx, order.ID, order.ID)"),
	}},
	{4, "two arguments of one type are swapped (nothing can know)", "N", "N", "N", "N", "N", []way{
		order("", `Notify(order.email, "${len(parcels)} parcels; ${order.note ?? "no note"}")`, `Notify("${len(parcels)} parcels; ${order.note ?? "no note"}", order.email)`),
		temporal("", `a.Notify, order.Email, fmt.Sprintf("%d parcels; %s", len(parcels), note))`, `a.Notify, fmt.Sprintf("%d parcels; %s", len(parcels), note), order.Email)`),
		eino("", `shop.Notify(ctx, in.Email, fmt.Sprintf("%d parcels; %s", len(in.Parcels), note))`, `shop.Notify(ctx, fmt.Sprintf("%d parcels; %s", len(in.Parcels), note), in.Email)`),
	}},
	{5, "a member of an enum is forgotten", "R", "R", "N", "R", "R", []way{
		incident("", "\t\tlow => {}\n", ""),
		incident("behind `_`", "low => {}", "_ => {}"),
		incident("in an `if` chain", "\tmatch alert.severity {\n\t\tcritical => for person in alert.owners parallel { Page(person, \"${alert.service} is down\") else {} }\n"+
			"\t\thigh => Post(\"#incidents\", \"${alert.service} is down\")\n\t\tlow => {}\n\t}\n",
			"\tif alert.severity == Severity.critical {\n\t\tfor person in alert.owners parallel { Page(person, \"${alert.service} is down\") else {} }\n"+
				"\t} else if alert.severity == Severity.high {\n\t\tPost(\"#incidents\", \"${alert.service} is down\")\n\t}\n"),
	}},
	{6, "an optional value isn't looked at", "T", "N", "R", "T", "T", []way{
		order("", `${order.note ?? "no note"}`, "${order.note}"),
		temporal("", "note := \"no note\"\n\tif order.Note != nil {\n\t\tnote = *order.Note\n\t}", "note := *order.Note"),
		eino("", "note := \"no note\"\n\t\tif in.Note != nil {\n\t\t\tnote = *in.Note\n\t\t}", "note := *in.Note"),
	}},
	{7, "the result of a branch that didn't run is used", "T", "R", "R", "T", "T", []way{
		order("", "\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n", "\tif quote > 50.0 {\n\t\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n\t}\n"),
		order("of a call that failed", "retry 3 backoff 1s..10s\n", "retry 3 backoff 1s..10s else none\n"),
		temporal("", "if err := workflow.ExecuteActivity(chargeCtx, a.Charge, order.ID, quote).Get(ctx, &charge); err != nil {",
			"if quote <= 50 {\n\t} else if err := workflow.ExecuteActivity(chargeCtx, a.Charge, order.ID, quote).Get(ctx, &charge); err != nil {"),
	}},
	{8, "a result is used before its step", "T", "R", "C", "T, N", "C", []way{
		order("", "\treservation := Reserve(order.lines)\n", "", "{ Ship(line, reservation) }\n", "{ Ship(line, reservation) }\n\treservation := Reserve(order.lines)\n"),
		eino("", "AddInput(\"reserve\", compose.ToField(\"Reservation\")).\n\t\tAddDependency(\"charge\")", "AddInput(\"paid\", compose.ToField(\"Reservation\"))"),
	}},
	{9, "an undo is forgotten", "N", "N", "N", "N", "N", []way{
		order("at the call of a tool that declares it"),
		order("by the tool's declaration too", "idempotent  undo Refund(result)\n", "idempotent\n"),
		order("and there is no tool for it", "idempotent  undo Refund(result)\n", "idempotent\n", "tool Refund(charge string)                        idempotent  retry 10\n", ""),
		temporal("", "\tcompensations = append(compensations, func(ctx workflow.Context) error {\n\t\treturn workflow.ExecuteActivity(ctx, a.Refund, charge).Get(ctx, nil)\n\t})\n", ""),
		eino("", "\t\tif err == nil {\n\t\t\ts.owe(func(ctx context.Context) error { return shop.Refund(ctx, charge) })\n\t\t}\n", ""),
	}},
	{10, "nothing undoes a step that may have happened although it failed", "N", "N", "N", "N", "N", []way{
		order("after a timeout", "Charge(order.id, quote) retry 3 backoff 1s..10s", "Charge(order.id, quote) retry 3 backoff 1s..10s timeout 10s"),
		order("under a workflow's timeout", "workflow Fulfil(order Order) Receipt {", "workflow Fulfil(order Order) Receipt timeout 10d {"),
		order("of a tool that isn't idempotent", "idempotent  undo Refund(result)\n", "undo Refund(result)\n", " retry 3 backoff 1s..10s\n", "\n"),
	}},
	{11, "what is computed isn't the same again", "C, N", "–", "–", "N", "R, N", []way{
		order("with the clock", "\"${len(parcels)} parcels;", "\"${time.Now()} ${len(parcels)} parcels;"),
		order("in a func bound to Go", "event Paid", "import \"math/rand/v2\"\n\nfunc luck = rand.Float64\n\nevent Paid", "Charge(order.id, quote)", "Charge(order.id, quote * luck())"),
		temporal("", "if !stock.Available ||", "if time.Now().Hour() == 25 || !stock.Available ||"),
	}},
	{12, "what must not happen twice is retried", "N", "N", "N", "N", "N", []way{
		order("", `"no note"}") else {}`, `"no note"}") retry 3 else {}`),
		temporal("", "*retry(0))", "*retry(3))"),
		eino("", "_ = shop.Notify(ctx, in.Email, fmt.Sprintf(\"%d parcels; %s\", len(in.Parcels), note))",
			"_, _ = retry(ctx, 3, time.Second, func() (any, error) { return nil, shop.Notify(ctx, in.Email, fmt.Sprintf(\"%d parcels; %s\", len(in.Parcels), note)) })"),
	}},
	{13, "it waits for ever, or not at all", "N, T", "N, C", "N", "N", "N", []way{
		order("for ever", "await Paid(order.id) timeout 7d", "await Paid(order.id)"),
		order("`0s`", "timeout 7d", "timeout 0s"),
		order("a variable that is `0s`", "\tnote  string?\n", "\tnote  string?\n\tpatience duration = 0s\n", "timeout 7d", "timeout order.patience"),
		temporal("for ever", "ok, _ := workflow.GetSignalChannel(ctx, \"paid\").ReceiveWithTimeout(ctx, 7*24*time.Hour, &paid)", "ok := workflow.GetSignalChannel(ctx, \"paid\").Receive(ctx, &paid)"),
		temporal("not at all", "ReceiveWithTimeout(ctx, 7*24*time.Hour, &paid)", "ReceiveWithTimeout(ctx, 0, &paid)"),
		dbos("for ever", "7*24*time.Hour)", "0)"),
	}},
	{14, "nothing reaches a step", "C", "C", "N", "C, N", "C", []way{
		order("", "\tawait Paid", "\tfail \"no\"\n\tawait Paid"),
		temporal("", "\tvar paid Paid\n", "\treturn Receipt{}, nil\n\tvar paid Paid\n"),
		dbos("", "\tnote := \"no note\"\n", "\treturn Receipt{}, nil\n\tnote := \"no note\"\n"),
	}},
	{15, "a step's result is of another type, while executions are in flight", "R, T", "–", "–", "–", "R", []way{
		order("", "tool Reserve(lines []Line) string                 idempotent  retry 3  undo Release(result)\ntool Release(reservation string) ",
			"tool Reserve(lines []Line) int                    idempotent  retry 3  undo Release(result)\ntool Release(reservation int) ",
			"Ship(line Line, reservation string)", "Ship(line Line, reservation int)", "mock Reserve => \"r1\"", "mock Reserve => 1"),
	}},
	{16, "what must follow each other runs side by side", "N", "N", "C, N", "N", "N", []way{
		order("", "\treservation := Reserve(order.lines)\n\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n",
			"\tparallel {\n\t\treservation := Reserve(order.lines)\n\t\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n\t}\n"),
		order("without undos", "  undo Release(result)\n", "\n", "  undo Refund(result)\n", "\n",
			"tool Release(reservation string)                  idempotent  retry 10\n", "", "tool Refund(charge string)                        idempotent  retry 10\n", "",
			"\treservation := Reserve(order.lines)\n\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n",
			"\tparallel {\n\t\treservation := Reserve(order.lines)\n\t\tcharge := Charge(order.id, quote) retry 3 backoff 1s..10s\n\t}\n"),
	}},
}
