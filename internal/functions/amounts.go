// Package functions holds the provider's functions, which need no configuration.
package functions

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// msatsPerBTC is the number of millisatoshis in one bitcoin.
const msatsPerBTC = 100_000_000 * voltage.MsatsPerSat

// limits ends the description of every conversion.
const limits = "An amount with a fraction of a millisatoshi is an error. So is an amount above 9,223,372,036,854,775,807 msats, and one " +
	"below -9,223,372,036,854,775,807 msats."

// NewSatsToMsats makes the function sats_to_msats.
func NewSatsToMsats() function.Function {
	return &conversion{
		name: "sats_to_msats", parameter: "sats", factor: big.NewRat(voltage.MsatsPerSat, 1),
		summary:              "Converts satoshis to millisatoshis.",
		description:          "Converts satoshis to millisatoshis (1 sat = 1,000 msats), exactly. " + limits,
		parameterDescription: "A number of satoshis, with at most three decimals. It can be negative, as a balance is.",
	}
}

// NewMsatsToSats makes the function msats_to_sats.
func NewMsatsToSats() function.Function {
	return &conversion{
		name: "msats_to_sats", parameter: "msats", factor: big.NewRat(1, voltage.MsatsPerSat),
		summary: "Converts millisatoshis to satoshis.",
		description: "Converts millisatoshis to satoshis (1,000 msats = 1 sat), exactly and without rounding: 1,500 msats are 1.5 sats, and " +
			"-1,500 msats are -1.5 sats. To round, use `floor` or `ceil`. " + limits,
		parameterDescription: "A whole number of millisatoshis. It can be negative, as a balance is.",
	}
}

// NewBTCToMsats makes the function btc_to_msats.
func NewBTCToMsats() function.Function {
	return &conversion{
		name: "btc_to_msats", parameter: "btc", factor: big.NewRat(msatsPerBTC, 1),
		summary: "Converts bitcoins to millisatoshis.",
		description: "Converts bitcoins to millisatoshis (1 BTC = 100,000,000,000 msats), exactly: 0.1 is one tenth, not the " +
			"nearest binary fraction. " + limits,
		parameterDescription: "A number of bitcoins, with at most eleven decimals. It can be negative.",
	}
}

// conversion multiplies a number by a factor.
type conversion struct {
	name, parameter, summary, description, parameterDescription string
	factor                                                      *big.Rat
}

// Metadata implements [function.Function].
func (c *conversion) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = c.name
}

// Definition implements [function.Function].
func (c *conversion) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             c.summary,
		MarkdownDescription: c.description,
		Parameters:          []function.Parameter{function.NumberParameter{Name: c.parameter, MarkdownDescription: c.parameterDescription}},
		Return:              function.NumberReturn{},
	}
}

// Run implements [function.Function].
func (c *conversion) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var argument *big.Float
	if resp.Error = req.Arguments.Get(ctx, &argument); resp.Error != nil {
		return
	}
	result, err := c.convert(argument)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, result)
}

var maxMsats = new(big.Rat).SetInt64(math.MaxInt64)

// A number below 2^minExponent has a fraction of a millisatoshi in every unit, and one of 2^maxExponent or more is too much in every unit.
const (
	minExponent = -64
	maxExponent = 64
)

// convert computes with the decimal number that the user has written. The argument is a binary big.Float, in which 0.1 is only the nearest
// binary fraction. Its shortest decimal form is the number that the user has written.
func (c *conversion) convert(argument *big.Float) (*big.Float, error) {
	// It takes minutes to write a number such as 1e10000000 in decimal, so it is refused before that.
	switch exponent := argument.MantExp(nil); {
	case argument.IsInf():
		return nil, errors.New("it is infinite")
	case exponent > maxExponent:
		return nil, fmt.Errorf("the number of %s is more than the maximum of 9223372036854775807 msats", c.parameter)
	case exponent < minExponent:
		return nil, fmt.Errorf("the number of %s has a fraction of a millisatoshi", c.parameter)
	}
	written := argument.Text('g', -1)
	exact, ok := new(big.Rat).SetString(written)
	if !ok {
		return nil, fmt.Errorf("%s is not a number", written)
	}
	result := new(big.Rat).Mul(exact, c.factor)
	msats := result
	if c.parameter == "msats" {
		msats = exact
	}
	switch {
	case !msats.IsInt():
		return nil, fmt.Errorf("%s %s has a fraction of a millisatoshi", written, c.parameter)
	case new(big.Rat).Abs(msats).Cmp(maxMsats) > 0:
		return nil, fmt.Errorf("%s %s are more than the maximum of 9223372036854775807 msats", written, c.parameter)
	}
	// Terraform reads a number in a configuration in the same way, so the two are equal.
	number, _, err := big.ParseFloat(result.FloatString(3), 10, 512, big.ToNearestEven)
	if err != nil {
		return nil, fmt.Errorf("writing the result: %w", err)
	}
	return number, nil
}
