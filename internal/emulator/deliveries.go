package emulator

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeDeliveries() {
	e.route("test_webhook", e.testWebhook)
	e.route("get_webhook_deliveries_as_user", e.listDeliveries)
	e.route("get_webhook_delivery_summary_as_user", e.countDeliveries)
	e.route("get_webhook_delivery", e.getDelivery)
	e.route("retry_webhook_delivery", e.retryDelivery)
	e.route("abandon_webhook_delivery", e.abandonDelivery)
}

// testWebhook delivers the payload of the request, which was checked against the contract.
func (e *Emulator) testWebhook(c *call) reply {
	var request struct {
		DeliveryID uuid.UUID       `json:"delivery_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	var payload struct {
		Detail struct {
			Event string `json:"event"`
		} `json:"detail"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if err := json.Unmarshal(request.Payload, &payload); err != nil {
		return refuse(invalidData(err.Error()))
	}
	return acceptedUnless(e.world.TestWebhook(&c.Call, c.ids["webhook_id"], world.DeliveryOrder{
		ID: request.DeliveryID, Event: payload.Detail.Event, Body: request.Payload,
	}))
}

func (e *Emulator) getDelivery(c *call) reply {
	delivery, refusal := e.world.ReadDelivery(&c.Call, c.ids["webhook_id"], c.ids["delivery_id"])
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(deliveryJSON(delivery))
}

func (e *Emulator) listDeliveries(c *call) reply {
	query := c.request.URL.Query()
	deliveries, refusal := e.world.ListDeliveries(&c.Call, c.ids["webhook_id"], world.DeliveryFilter{
		Statuses: query["statuses[]"], ByUpdate: query.Get("sort_key") == "updated_at", Ascending: query.Get("sort_order") == "ASC",
	})
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return paged(c, deliveries, deliveryJSON, badCursor())
}

func (e *Emulator) countDeliveries(c *call) reply {
	statuses := append([]string{}, c.request.URL.Query()["statuses[]"]...) // an empty list, since null breaks the contract
	count, exact, refusal := e.world.CountDeliveries(&c.Call, c.ids["webhook_id"], statuses)
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	accuracy := "estimated"
	if exact {
		accuracy = "exact"
	}
	return found(map[string]any{
		"webhook_id": c.ids["webhook_id"], "statuses": statuses, "total_count": count, "total_count_accuracy": accuracy,
	})
}

func (e *Emulator) retryDelivery(c *call) reply {
	return acceptedUnless(e.world.RetryDelivery(&c.Call, c.ids["webhook_id"], c.ids["delivery_id"]))
}

func (e *Emulator) abandonDelivery(c *call) reply {
	return acceptedUnless(e.world.AbandonDelivery(&c.Call, c.ids["webhook_id"], c.ids["delivery_id"]))
}

// deliveryJSON writes a delivery in the form of the contract's schema WebhookDelivery.
func deliveryJSON(d *world.Delivery) map[string]any {
	content := map[string]any{
		"id": d.ID, "webhook_id": d.WebhookID, "organization_id": d.Organization, "url": d.URL, "status": d.State,
		"payload": json.RawMessage(d.Body), "created_at": timestamp(d.CreatedAt), "updated_at": timestamp(d.UpdatedAt),
		"attempt_count": d.Attempts, "error": nil, "error_info": nil, "status_code": nil,
	}
	if d.Status != 0 {
		content["status_code"] = d.Status
	}
	if f := d.Failure; f != nil {
		content["error"], content["error_info"] = f.Detail, map[string]any{
			"type": "delivery_failed", "code": textOrNull(f.Code), "detail": f.Detail, "context": failureContext(d),
		}
	}
	return content
}

// failureContext returns the context of a failed delivery, or nil if the contract has none for it.
func failureContext(d *world.Delivery) map[string]any {
	switch {
	case d.Failure.RetryAfter != nil:
		return map[string]any{"type": "rate_limited", "retry_after_seconds": *d.Failure.RetryAfter}
	case d.Failure.Code != "" && d.Status != 0:
		return map[string]any{"type": "http_status", "status_code": d.Status}
	}
	return nil
}
