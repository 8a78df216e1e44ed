// Compiles every schema of a document as Prism does, and fails for one that does not compile. Prism itself says nothing of such a
// schema: it takes everything for valid. Its modules are reached by path, because they are not exported.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { getHttpOperationsFromSpec } = require('@stoplight/prism-http');
const prism = createRequire(require.resolve('@stoplight/prism-http'));
const { default: Ajv } = prism('ajv');
const mergeAllOf = prism('@stoplight/json-schema-merge-allof');

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, allowMatchingProperties: true, strict: false, logger: false });
prism('ajv-formats').default(ajv);

let compiled = 0;
for (const operation of await getHttpOperationsFromSpec(process.argv[2])) {
  const bodies = [operation.request?.body, ...operation.responses].flatMap((body) => body?.contents ?? []);
  for (const { schema } of bodies) {
    try {
      ajv.compile({ ...mergeAllOf(schema, { deep: true, ignoreAdditionalProperties: true }), __bundled__: operation.__bundled__ });
      compiled++;
    } catch (error) {
      console.error(`${operation.method} ${operation.path}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
console.log(compiled);
