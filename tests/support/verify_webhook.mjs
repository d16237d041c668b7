// Verifies a webhook request with the reference library of Standard Webhooks.
// Usage: node verify_webhook.mjs <secret> < request.json
// Prints the verified payload; exit status 1 when the request is refused.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const request = JSON.parse(readFileSync(0, "utf8"));
try {
  const payload = new Webhook(process.argv[2]).verify(request.body, request.headers);
  console.log(JSON.stringify(payload));
} catch (refusal) {
  console.error(refusal.message);
  process.exit(1);
}
