// Reads an OpenAPI document as a linter of its users would: one line for each complaint. The exit
// status is 1 when there is any.
//
//   node openapi_lint.mjs FILE
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended-strict'],
  rules: { 'operation-description': 'error', 'no-unused-components': 'error' },
});
const complaints = await lint({ ref: process.argv[2], config });
for (const { ruleId, message, location } of complaints) {
  console.log(`${ruleId}: ${location[0]?.pointer ?? ''} ${message.replaceAll('\n', ' ')}`);
}
process.exit(complaints.length === 0 ? 0 : 1);
