package tfkit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

const importedKey = "imported" // when the object was imported

// importedFor is how long after its import a plan must not replace an object. The plan of an import block follows the import at once, and
// the plan after terraform import usually follows within minutes. Terraform does not tell the provider that an import was applied, so the
// mark must expire.
const importedFor = time.Hour

// rememberImport records that an object was imported just now.
func rememberImport(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, importedKey, time.Now())
}

// ForgetImport is called after an update in place. Then the import was applied, too.
func ForgetImport(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, importedKey, nil)
}

var importWouldReplace = Declare(Message{
	Summary: "Import Would Replace Object",
	Detail: "{OBJECT}: this object was imported less than an hour ago. The configuration differs in attributes that force a new " +
		"resource: {DIFFERENCES}. The plan would {REPLACE_IT}.",
	Next: []string{"Set these attributes to the values in the API, or import the object that this configuration describes. " +
		"organization_id and environment_id default to the values of the provider. To replace the object on purpose, import it with matching " +
		"values. Then destroy it (terraform destroy -target=ADDRESS), or change the attributes an hour after the import."},
})

// CheckImport refuses a plan that would replace an object that was imported just now, since the user of an import wants to keep the object.
// would completes the sentence "The plan would …". CheckImport returns false if it has refused the plan.
func CheckImport(ctx context.Context, private Private, object, would string, changes []Change, diags *diag.Diagnostics) bool {
	imported := Recall[time.Time](ctx, private, importedKey, diags)
	changed := Changed(changes)
	if imported == nil || len(changed) == 0 {
		return true
	}
	if age := time.Since(*imported); age < 0 || age >= importedFor {
		return true
	}
	var differences []string
	for _, change := range changes {
		if change.changes() {
			differences = append(differences,
				fmt.Sprintf("%s is %s in the API and %s in the configuration", change.Name, shown(change.State), shown(change.Plan)))
		}
	}
	importWouldReplace.AddAt(diags, path.Root(changed[0]), Values{
		"OBJECT": object, "DIFFERENCES": strings.Join(differences, "; "), "REPLACE_IT": would,
	})
	return false
}

// Defaulted returns organization_id or environment_id of an object that replaces another one: the configured value, or the provider's
// value. Without a configured value, the plan of the replacement shows the value of the old object.
func Defaulted(configured, provider UUID) UUID {
	if configured.IsNull() && !provider.IsNull() {
		return provider
	}
	return configured
}
