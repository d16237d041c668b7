#!/usr/bin/env node
// Holds recorded HTTP traffic against an OpenAPI 3.0 or 3.1 description: every request that a
// client made and every answer that a server gave. See --help for use and for the form of the
// traffic log.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Description } from "./openapi/description.mjs";
import { answerIsChecked, checkExchange } from "./openapi/exchange.mjs";

const kHelp = `usage: openapi_check.mjs --document D.json [--document MORE.json]
                        --traffic FILE.jsonl [--base-path /client/v4]

Validates each exchange of the traffic log against the OpenAPI descriptions given. Prints each
violation as "method path: JSON path: problem" and ends with "N exchanges checked, N violations".
Exit status: 0 all well; 1 violations or no exchanges; 2 wrong use or unreadable files.

Each line of the log is a JSON object:
  method, url               "PATCH", "/client/v4/zones/...?page=1"
  request_headers, response_headers   objects; without credentials
  request_body, response_body         JSON values; text if it is no JSON; null if there is none
  status                    null if the client got no answer
  bent                      text, if the answer was damaged on purpose: it is not checked then,
                            while the request is
`;

function readOptions() {
  const { values } = parseArgs({
    options: {
      document: { type: "string", multiple: true },
      traffic: { type: "string" },
      "base-path": { type: "string", default: "" },
      help: { type: "boolean", default: false },
    },
  });
  if (!values.help && (!values.document || !values.traffic)) {
    throw new Error("--document and --traffic are needed; see --help");
  }
  return values;
}

function readJson(name, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
}

function readTraffic(name) {
  const lines = readFileSync(name, "utf8").split("\n");
  return lines.flatMap((line, i) =>
    line.trim() ? [readJson(`${name}, line ${i + 1}`, line)] : [],
  );
}

function check(descriptions, basePath, exchanges) {
  let count = 0;
  for (const exchange of exchanges) {
    const path = exchange.url.split("?")[0];
    for (const violation of checkExchange(descriptions, basePath, exchange)) {
      console.log(`${exchange.method} ${path}: ${violation.path}: ${violation.problem}`);
      ++count;
    }
  }
  return count;
}

function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(kHelp);
    return 0;
  }
  const descriptions = options.document.map(
    (name) => new Description(readJson(name, readFileSync(name, "utf8")), name),
  );
  const exchanges = readTraffic(options.traffic);
  const violations = check(descriptions, options["base-path"], exchanges);
  const unchecked = exchanges.filter((exchange) => !answerIsChecked(exchange)).length;
  if (unchecked > 0)
    console.log(`${unchecked} answers were lost or bent on purpose and not checked`);
  console.log(`${exchanges.length} exchanges checked, ${violations} violations`);
  return violations > 0 || exchanges.length === 0 ? 1 : 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`openapi_check: ${error.message}`);
  process.exitCode = 2;
}
