// Reads an OpenAPI document as two linters of its users would, Redocly's and Spectral: one line for
// each complaint. The exit status is 1 when there is any.
//
//   node openapi_lint.mjs FILE
import { readFileSync } from 'node:fs';

import { createConfig, lint } from '@redocly/openapi-core';
import spectralCore from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';

async function redocly(file) {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: { 'operation-description': 'error', 'no-unused-components': 'error' },
  });
  const complaints = await lint({ ref: file, config });
  return complaints.map(({ ruleId, message, location }) =>
    `${ruleId}: ${location[0]?.pointer ?? ''} ${message}`);
}

async function spectral(file) {
  const reader = new spectralCore.Spectral();
  // Everything it recommends but a person to write to: the project has none.
  reader.setRuleset({ extends: [[spectralRulesets.oas, 'recommended']],
    rules: { 'info-contact': 'off' } });
  const complaints = await reader.run(readFileSync(file, 'utf8'));
  return complaints.map(({ code, message, path }) => `${code}: #/${path.join('/')} ${message}`);
}

const file = process.argv[2];
const complaints = [...await redocly(file), ...await spectral(file)];
for (const complaint of complaints) console.log(complaint.replaceAll('\n', ' '));
process.exit(complaints.length === 0 ? 0 : 1);
