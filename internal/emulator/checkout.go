package emulator

import (
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeCheckout() {
	e.route("get_settings", e.getCheckout)
	e.route("update_settings", e.updateCheckout)
}

func (e *Emulator) getCheckout(c *call) reply {
	settings, refusal := e.world.ReadCheckout(&c.Call)
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(checkoutJSON(c, settings))
}

// updateCheckout replaces the settings and returns them. Reads show them a moment later.
func (e *Emulator) updateCheckout(c *call) reply {
	var request struct {
		OriginPolicy   string   `json:"origin_policy"`
		AllowedOrigins []string `json:"allowed_origins"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	settings, refusal := e.world.ReplaceCheckout(&c.Call, Checkout(request))
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(checkoutJSON(c, settings))
}

// checkoutJSON writes the settings in the form of the contract's schema CheckoutSettings.
func checkoutJSON(c *call, settings *world.CheckoutSettings) map[string]any {
	content := originsJSON(settings.Checkout)
	content["organization_id"], content["environment_id"] = c.Organization, c.Environment
	content["updated_at"] = timestamp(settings.UpdatedAt)
	return content
}
