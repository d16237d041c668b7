// Holds Kubernetes manifests to the API's published schemas, and a Containerfile to the language:
//   manifests_check.mjs objects < JSON array of objects
//   manifests_check.mjs containerfile < Containerfile
// Prints what is wrong, a line each; status 1 when something is.
import { readFileSync } from "node:fs";

const text = readFileSync(0, "utf8");
const problems = [];

// The schemas allow what they do not know, which is how a misspelt field gets through. A validator
// reads every field it knows, and no other: `unread` collects the paths of those.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const inner = Array.isArray(value) ? [] : {};
  for (const [key, each] of Object.entries(value)) {
    inner[key] = watched(each, `${path}.${key}`, unread);
    unread.add(`${path}.${key}`);
  }
  const get = (target, key) => {
    unread.delete(`${path}.${String(key)}`);
    return target[key];
  };
  return new Proxy(inner, { get });
}

async function objects() {
  for (const object of JSON.parse(text)) {
    const { apiVersion, kind, metadata } = object;
    const where = `${kind} ${metadata?.name}`;
    const unread = new Set();
    try {
      const models = await import(`kubernetes-models/${apiVersion}`);
      if (!models[kind]) throw new Error("no such kind");
      // A model made of it would be a copy, which reads all.
      models[kind].prototype.validate.call(watched(object, kind, unread));
      for (const path of unread) problems.push(`${where}: ${path} is not known`);
    } catch (error) {
      problems.push(`${where}: ${error.message}`);
    }
  }
}

async function containerfile() {
  const { validate } = (await import("dockerfile-utils")).default;
  for (const each of validate(text))
    problems.push(`line ${each.range.start.line + 1}: ${each.message}`);
}

await (process.argv[2] === "objects" ? objects() : containerfile());
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
