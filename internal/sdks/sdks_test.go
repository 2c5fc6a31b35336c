// Package sdks has the providers' own libraries ask the provider that agenttest has, so that
// it speaks as they do: package model, and the tests of those who use it, are held to it. It
// is a module of its own, so that their libraries are nobody's.
package sdks

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/anthropics/anthropic-sdk-go/v2"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/v2/option"
	"github.com/openai/openai-go/v3"
	openaioption "github.com/openai/openai-go/v3/option"
	"google.golang.org/genai"

	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
)

// turns are what the provider replies in each test: a text, calls, and the end.
func turns() *agenttest.Provider {
	return agenttest.Start(agenttest.Turns(
		agenttest.Turn{Text: `{"a":"日本 😀"}`, Usage: &model.Usage{In: 20, Cached: 5, Out: 7}},
		agenttest.Turn{Thought: "hm", Text: `{"a":"日本 😀"}`, Usage: &model.Usage{In: 20, Cached: 5, Out: 7}},
		agenttest.Turn{Thought: "hm", Text: "I look.", Calls: []model.Call{{Name: "Look", Arguments: `{"id":"7"}`}, {Name: "Look", Arguments: `{"id":"8"}`}}},
		agenttest.Turn{Text: "done"},
		agenttest.Turn{Status: 429, Text: "slow down"},
	))
}

const text = `{"a":"日本 😀"}`

var (
	schema = map[string]any{"type": "object", "properties": map[string]any{"a": map[string]any{"type": "string"}}, "required": []string{"a"}, "additionalProperties": false}
	params = map[string]any{"type": "object", "properties": map[string]any{"id": map[string]any{"type": "string"}}}
)

// asked holds the third request, whose message is a result of each call, to what was sent.
func asked(t *testing.T, p *agenttest.Provider) {
	t.Helper()
	all := p.Requests()
	if len(all) != 5 {
		t.Fatalf("%d requests were taken, want 5", len(all))
	}
	var got struct{ A any }
	if err := json.Unmarshal(all[0].Answer, &got); err != nil || all[0].System != "be brief" || all[0].Messages[0].Text != "hi" || all[0].MaxTokens != 100 {
		t.Errorf("the first request: %+v", all[0].Request)
	}
	results := all[3].Messages[len(all[3].Messages)-1].Results
	if len(results) != 2 || results[0].Text != "seven" || results[1].Text != "eight" || !all[1].Stream || all[0].Stream {
		t.Errorf("the results: %+v", results)
	}
}

func TestOpenAI(t *testing.T) {
	p := turns()
	defer p.Close()
	client := openai.NewClient(openaioption.WithBaseURL(p.URL(model.ChatCompletions)), openaioption.WithAPIKey(string(p.Key)), openaioption.WithMaxRetries(0))
	ctx := context.Background()
	request := openai.ChatCompletionNewParams{
		Model: "m1", MaxCompletionTokens: openai.Int(100),
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage("be brief"), openai.UserMessage("hi")},
		ResponseFormat: openai.ChatCompletionNewParamsResponseFormatUnion{OfJSONSchema: &openai.ResponseFormatJSONSchemaParam{
			JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{Name: "answer", Strict: openai.Bool(true), Schema: schema},
		}},
	}
	reply, err := client.Chat.Completions.New(ctx, request)
	if err != nil || reply.Choices[0].Message.Content != text || reply.Usage.PromptTokens != 20 || reply.Usage.PromptTokensDetails.CachedTokens != 5 || reply.Choices[0].FinishReason != "stop" {
		t.Fatalf("got %+v, %v", reply, err)
	}
	request.StreamOptions.IncludeUsage = openai.Bool(true)
	stream := client.Chat.Completions.NewStreaming(ctx, request)
	var whole openai.ChatCompletionAccumulator
	for stream.Next() {
		if !whole.AddChunk(stream.Current()) {
			t.Fatal("a part doesn't go on from what came before")
		}
	}
	if stream.Err() != nil || whole.Choices[0].Message.Content != text || whole.Usage.CompletionTokens != 7 {
		t.Fatalf("streamed: got %+v, %v", whole, stream.Err())
	}
	request = openai.ChatCompletionNewParams{
		Model: "m1", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("look")},
		Tools: []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{Name: "Look", Parameters: params})},
	}
	reply, err = client.Chat.Completions.New(ctx, request)
	if err != nil || len(reply.Choices[0].Message.ToolCalls) != 2 || reply.Choices[0].FinishReason != "tool_calls" {
		t.Fatalf("calls: got %+v, %v", reply, err)
	}
	calls := reply.Choices[0].Message.ToolCalls
	if calls[1].Function.Arguments != `{"id":"8"}` {
		t.Errorf("got %+v", calls[1])
	}
	request.Messages = append(request.Messages, reply.Choices[0].Message.ToParam(), openai.ToolMessage("seven", calls[0].ID), openai.ToolMessage("eight", calls[1].ID))
	if reply, err = client.Chat.Completions.New(ctx, request); err != nil || reply.Choices[0].Message.Content != "done" {
		t.Fatalf("results: got %+v, %v", reply, err)
	}
	_, err = client.Chat.Completions.New(ctx, request)
	if failure, ok := err.(*openai.Error); !ok || failure.StatusCode != 429 || failure.Message != "slow down" {
		t.Errorf("got %v", err)
	}
	asked(t, p)
}

func TestAnthropic(t *testing.T) {
	p := turns()
	defer p.Close()
	client := anthropic.NewClient(anthropicoption.WithBaseURL(p.URL(model.AnthropicMessages)), anthropicoption.WithAPIKey(string(p.Key)), anthropicoption.WithMaxRetries(0))
	ctx := context.Background()
	request := anthropic.MessageNewParams{
		Model: "m1", MaxTokens: 100, System: []anthropic.TextBlockParam{{Text: "be brief"}},
		Messages:     []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("hi"))},
		OutputConfig: anthropic.OutputConfigParam{Format: anthropic.JSONOutputFormatParam{Schema: schema}},
	}
	reply, err := client.Messages.New(ctx, request)
	if err != nil || reply.Content[0].Text != text || reply.Usage.InputTokens != 15 || reply.Usage.CacheReadInputTokens != 5 || reply.StopReason != "end_turn" {
		t.Fatalf("got %+v, %v", reply, err)
	}
	stream := client.Messages.NewStreaming(ctx, request)
	whole := anthropic.Message{}
	for stream.Next() {
		if err := whole.Accumulate(stream.Current()); err != nil {
			t.Fatal(err)
		}
	}
	if stream.Err() != nil || len(whole.Content) != 2 || whole.Content[0].Thinking != "hm" || whole.Content[0].Signature == "" || whole.Content[1].Text != text || whole.Usage.OutputTokens != 7 {
		t.Fatalf("streamed: got %+v, %v", whole, stream.Err())
	}
	request = anthropic.MessageNewParams{
		Model: "m1", MaxTokens: 100, Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("look"))},
		Tools: []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{Name: "Look", InputSchema: anthropic.ToolInputSchemaParam{Properties: params["properties"]}}}},
	}
	if reply, err = client.Messages.New(ctx, request); err != nil || len(reply.Content) != 4 || reply.StopReason != "tool_use" || string(reply.Content[3].Input) != `{"id":"8"}` {
		t.Fatalf("calls: got %+v, %v", reply, err)
	}
	request.Messages = append(request.Messages, reply.ToParam(), anthropic.NewUserMessage(
		anthropic.NewToolResultBlock(reply.Content[2].ID, "seven", false), anthropic.NewToolResultBlock(reply.Content[3].ID, "eight", true)))
	if reply, err = client.Messages.New(ctx, request); err != nil || reply.Content[0].Text != "done" {
		t.Fatalf("results: got %+v, %v", reply, err)
	}
	_, err = client.Messages.New(ctx, request)
	if failure, ok := err.(*anthropic.Error); !ok || failure.StatusCode != 429 {
		t.Errorf("got %v", err)
	}
	asked(t, p)
}

func TestGemini(t *testing.T) {
	p := turns()
	defer p.Close()
	ctx := context.Background()
	client, err := genai.NewClient(ctx, &genai.ClientConfig{APIKey: string(p.Key), Backend: genai.BackendGeminiAPI, HTTPOptions: genai.HTTPOptions{BaseURL: p.URL(model.Gemini)[:len(p.URL(model.Gemini))-len("/v1beta")], APIVersion: "v1beta"}})
	if err != nil {
		t.Fatal(err)
	}
	config := &genai.GenerateContentConfig{
		SystemInstruction: genai.NewContentFromText("be brief", genai.RoleUser), MaxOutputTokens: 100,
		ResponseMIMEType: "application/json", ResponseJsonSchema: schema,
	}
	reply, err := client.Models.GenerateContent(ctx, "m1", genai.Text("hi"), config)
	if err != nil || reply.Text() != text || reply.UsageMetadata.PromptTokenCount != 20 || reply.UsageMetadata.CachedContentTokenCount != 5 || reply.Candidates[0].FinishReason != genai.FinishReasonStop {
		t.Fatalf("got %+v, %v", reply, err)
	}
	var whole string
	for part, err := range client.Models.GenerateContentStream(ctx, "m1", genai.Text("hi"), config) {
		if err != nil {
			t.Fatal(err)
		}
		whole += part.Text()
	}
	if whole != text {
		t.Fatalf("streamed: got %s", whole)
	}
	config = &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{Name: "Look", ParametersJsonSchema: params}}}}}
	contents := genai.Text("look")
	reply, err = client.Models.GenerateContent(ctx, "m1", contents, config)
	if err != nil || len(reply.FunctionCalls()) != 2 || reply.FunctionCalls()[1].Args["id"] != "8" {
		t.Fatalf("calls: got %+v, %v", reply, err)
	}
	contents = append(contents, reply.Candidates[0].Content, &genai.Content{Role: genai.RoleUser, Parts: []*genai.Part{
		genai.NewPartFromFunctionResponse("Look", map[string]any{"output": "seven"}), genai.NewPartFromFunctionResponse("Look", map[string]any{"output": "eight"}),
	}})
	if reply, err = client.Models.GenerateContent(ctx, "m1", contents, config); err != nil || reply.Text() != "done" {
		t.Fatalf("results: got %+v, %v", reply, err)
	}
	_, err = client.Models.GenerateContent(ctx, "m1", contents, config)
	if failure, ok := err.(genai.APIError); !ok || failure.Code != 429 || failure.Message != "slow down" {
		t.Errorf("got %v", err)
	}
	asked(t, p)
}
