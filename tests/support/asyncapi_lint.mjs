// Reads an AsyncAPI document, with all that it refers to, as AsyncAPI's own parser does: one line
// for each complaint. The exit status is 1 when there is any.
//
//   node asyncapi_lint.mjs FILE
import { fromFile, Parser } from '@asyncapi/parser';

const { diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
for (const { code, message, path } of diagnostics) {
  console.log(`${code}: #/${path.join('/')} ${message.replaceAll('\n', ' ')}`);
}
process.exit(diagnostics.length === 0 ? 0 : 1);
