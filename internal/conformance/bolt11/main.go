// Command bolt11 writes Lightning invoices of every shape as lines of JSON, with the result of the function parse_bolt11. The program
// compare.mjs compares the results with two independent decoders. run.sh runs both programs.
//
//	go run ./internal/conformance/bolt11 -seed 7 -each 20
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/conformance/bolt11/invoices"
	"github.com/voltagecloud/terraform-provider-voltage/internal/functions"
)

func main() {
	seed := flag.Uint64("seed", 1, "what the invoices are made from")
	each := flag.Int("each", 10, "how many invoices of each shape")
	flag.Parse()
	if err := write(context.Background(), os.Stdout, *seed, *each); err != nil {
		log.Fatal(err)
	}
}

// line is an invoice with the result of the function or its error.
type line struct {
	Shape   string         `json:"shape"`
	Valid   bool           `json:"valid"`
	Invoice string         `json:"invoice"`
	Read    map[string]any `json:"read"`
	Error   string         `json:"error,omitempty"`
}

func write(ctx context.Context, out io.Writer, seed uint64, each int) error {
	encoder := json.NewEncoder(out)
	for _, sample := range invoices.Samples(seed, each) {
		read, err := parse(ctx, sample.Invoice)
		l := line{Shape: sample.Shape, Valid: sample.Valid, Invoice: sample.Invoice, Read: read}
		if err != nil {
			l.Error = err.Error()
		}
		if err := encoder.Encode(l); err != nil {
			return fmt.Errorf("writing an invoice: %w", err)
		}
	}
	return nil
}

// parse calls parse_bolt11.
func parse(ctx context.Context, invoice string) (map[string]any, error) {
	f := functions.NewParseBolt11()
	var definition function.DefinitionResponse
	f.Definition(ctx, function.DefinitionRequest{}, &definition)
	result, err := definition.Definition.Return.NewResultData(ctx)
	if err != nil {
		return nil, err
	}
	resp := function.RunResponse{Result: result}
	f.Run(ctx, function.RunRequest{Arguments: function.NewArgumentsData([]attr.Value{types.StringValue(invoice)})}, &resp)
	if resp.Error != nil {
		return nil, resp.Error
	}
	object, ok := resp.Result.Value().(types.Object)
	if !ok {
		return nil, fmt.Errorf("parse_bolt11 returns %T", resp.Result.Value())
	}
	read := map[string]any{}
	for name, value := range object.Attributes() {
		switch value := value.(type) {
		case types.String:
			read[name] = value.ValueStringPointer()
		case types.Int64: // as text, since a JavaScript number cannot hold every value
			read[name] = nil
			if !value.IsNull() {
				read[name] = value.String()
			}
		default:
			return nil, fmt.Errorf("%s is a %T", name, value)
		}
	}
	return read, nil
}
