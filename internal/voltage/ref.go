package voltage

import "github.com/google/uuid"

// Ref names an object of the API. EnvironmentID is uuid.Nil if it is not known or if the object's path has no environment. ID is uuid.Nil
// for the checkout settings, which exist once per environment.
type Ref struct {
	OrganizationID, EnvironmentID, ID uuid.UUID
}

// scope returns the environment of the object.
func (r Ref) scope() scope { return scope{r.OrganizationID, r.EnvironmentID} }

// The paths of the API's objects.

func (r Ref) walletPath() string { return walletsPath(r.OrganizationID) + "/" + r.ID.String() }

func (r Ref) policiesPath() string { return r.walletPath() + "/policies" }

func (r Ref) webhookPath() string {
	return webhooksPath(r.OrganizationID, r.EnvironmentID) + "/" + r.ID.String()
}

func (r Ref) paymentPath() string {
	return paymentsPath(r.OrganizationID, r.EnvironmentID) + "/" + r.ID.String()
}

func (r Ref) quotePath() string {
	return quotesPath(r.OrganizationID, r.EnvironmentID) + "/" + r.ID.String()
}

func (r Ref) lineOfCreditPath() string {
	return organizationPath(r.OrganizationID) + "/lines_of_credit/" + r.ID.String() + "/summary"
}

func (r Ref) sandboxLineOfCreditPath() string {
	return environmentPath(r.OrganizationID, r.EnvironmentID) + "/lines_of_credit/" + r.ID.String() + "/sandbox"
}

func (r Ref) checkoutSettingsPath() string {
	return environmentPath(r.OrganizationID, r.EnvironmentID) + "/checkout/settings"
}

func organizationPath(organization uuid.UUID) string {
	return "/organizations/" + organization.String()
}

func environmentPath(organization, environment uuid.UUID) string {
	return organizationPath(organization) + "/environments/" + environment.String()
}

func walletsPath(organization uuid.UUID) string { return organizationPath(organization) + "/wallets" }

func webhooksPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/webhooks"
}

func paymentsPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/payments"
}

func quotesPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/quotes"
}
