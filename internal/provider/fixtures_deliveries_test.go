package provider_test

import "encoding/json"

// ofFixtureWebhook are the IDs of the webhook that every delivery of the fixtures belongs to.
func ofFixtureWebhook() object {
	return object{
		"webhook_id": fixtureWebhook.String(), "organization_id": fixtureOrganization.String(), "environment_id": fixtureEnvironment.String(),
	}
}

// shownDelivery is what the data sources show of a delivery, beside the webhook's IDs.
func shownDelivery(delivery object) object {
	shown := pick(delivery, "id", "url", "status", "attempt_count", "status_code", "created_at", "updated_at")
	if payload, ok := delivery["payload"].(object); ok {
		text, _ := json.Marshal(payload) // sorts the members
		shown["payload"], shown["type"], shown["event"] = string(text), payload["type"], payload["detail"].(object)["event"]
	}
	if failure, ok := delivery["error_info"].(object); ok {
		kept := pick(failure, "type", "code", "detail")
		if context, ok := failure["context"].(object); ok {
			kept["retry_after_seconds"] = context["retry_after_seconds"]
		}
		shown["error"] = kept
	}
	return shown
}
