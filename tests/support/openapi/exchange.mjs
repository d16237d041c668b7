// Checks one exchange of a traffic log, request and answer, against the descriptions.

import { checkParameters } from "./parameters.mjs";

// Every violation: {path, problem}. `path` is a JSON path ("request $.ttl") or names a part.
export function checkExchange(descriptions, basePath, exchange) {
  const url = new URL(exchange.url, "http://localhost");
  const below = pathBelow(basePath, url.pathname);
  if (below === null) return [{ path: "url", problem: `is not under the base path ${basePath}` }];
  const found = find(descriptions, exchange.method, below);
  if (found.status === "unknown path")
    return [{ path: "url", problem: "no such path in the description" }];
  if (found.status !== "known") return [{ path: "method", problem: "not described for this path" }];
  const { description, operation, values } = found;
  const headers = lowerCased(exchange.request_headers);
  return [
    ...checkParameters(description, operation, values, url.searchParams, headers),
    ...checkRequestBody(description, operation, exchange.request_body, headers),
    ...checkAnswer(description, operation, exchange),
  ];
}

// The answer is held to the description unless it never arrived or was bent on purpose.
export function answerIsChecked(exchange) {
  return exchange.status !== null && exchange.status !== undefined && !exchange.bent;
}

function find(descriptions, method, path) {
  const tries = descriptions.map((description) => ({
    description,
    ...description.find(method, path),
  }));
  const rank = ["known", "wrong method", "unknown path"];
  return tries.sort((a, b) => rank.indexOf(a.status) - rank.indexOf(b.status))[0];
}

function pathBelow(basePath, path) {
  const base = basePath.replace(/\/+$/, "");
  return path.startsWith(`${base}/`) ? path.slice(base.length) : null;
}

function checkRequestBody(description, operation, body, headers) {
  const pointer = [...operation.pointer, "requestBody"];
  const described = "requestBody" in description.resolve(operation.pointer).node;
  const empty = body === null || body === undefined;
  if (!described)
    return empty ? [] : [{ path: "request $", problem: "this operation takes no body" }];
  const found = description.resolve(pointer);
  if (empty)
    return found.node.required ? [{ path: "request $", problem: "a body is required" }] : [];
  return checkContent("request", found, headers["content-type"], body, (schema) =>
    description.requestErrors(schema, body),
  );
}

function checkAnswer(description, operation, exchange) {
  if (!answerIsChecked(exchange)) return [];
  const responses = description.resolve([...operation.pointer, "responses"]).node;
  const key = responseKey(responses, exchange.status);
  if (key === undefined) {
    return [{ path: "status", problem: `${exchange.status} is not in the description` }];
  }
  const found = description.resolve([...operation.pointer, "responses", key]);
  const headers = lowerCased(exchange.response_headers);
  return [
    ...checkResponseHeaders(description, found, headers),
    ...(exchange.method === "HEAD"
      ? []
      : checkResponseBody(description, found, exchange.response_body, headers)),
  ];
}

function responseKey(responses, status) {
  const wanted = [String(status), `${String(status)[0]}XX`, "default"];
  return wanted.find((key) => key in responses);
}

function checkResponseHeaders(description, found, headers) {
  const problems = [];
  for (const name of Object.keys(found.node.headers ?? {})) {
    const header = description.resolve([...found.pointer, "headers", name]).node;
    if (header.required && !(name.toLowerCase() in headers)) {
      problems.push({ path: `answer header ${name}`, problem: "is required" });
    }
  }
  return problems;
}

function checkResponseBody(description, found, body, headers) {
  const empty = body === null || body === undefined;
  if (!found.node.content) {
    return empty
      ? []
      : [{ path: "answer $", problem: "the description has no body for this status" }];
  }
  if (empty) return [{ path: "answer $", problem: "the body is missing" }];
  return checkContent("answer", found, headers["content-type"], body, (schema) =>
    description.responseErrors(schema, body),
  );
}

function checkContent(side, found, contentType, body, validate) {
  const given = (contentType ?? "").split(";")[0].trim().toLowerCase();
  const media = Object.keys(found.node.content).find((range) => covers(range, given));
  if (media === undefined) {
    const known = Object.keys(found.node.content).join(", ");
    return [
      { path: `${side} header content-type`, problem: `is "${given}"; described is ${known}` },
    ];
  }
  if (!/[/+]json$/.test(given) || !found.node.content[media].schema) return [];
  if (typeof body === "string" && !acceptsText(found.node.content[media].schema)) {
    return [{ path: `${side} $`, problem: "is not JSON" }];
  }
  const errors = validate([...found.pointer, "content", media, "schema"]);
  return distinct(
    errors.filter(isReason).map((error) => ({
      path: `${side} ${jsonPath(error.instancePath)}`,
      problem: wording(error),
    })),
  );
}

// "must match then" only says that there are other errors.
function isReason(error) {
  return error.keyword !== "if";
}

function distinct(violations) {
  const byText = new Map(violations.map((one) => [`${one.path}: ${one.problem}`, one]));
  return [...byText.values()];
}

function covers(range, type) {
  const wanted = range.split(";")[0].trim().toLowerCase();
  if (wanted === "*/*" || wanted === type) return true;
  return wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1));
}

// The log holds bodies that parse as JSON values; text is what did not parse, or a JSON string.
function acceptsText(schema) {
  return schema.type === "string";
}

function wording(error) {
  if (error.keyword === "enum")
    return `must be one of ${JSON.stringify(error.params.allowedValues)}`;
  if (error.keyword === "additionalProperties") {
    return `must not have the property ${error.params.additionalProperty}`;
  }
  if (error.keyword === "anyOf") return `fits none of ${error.schema.length} alternatives`;
  if (error.keyword === "not") return "must not be sent in this direction (readOnly or writeOnly)";
  return error.message;
}

function jsonPath(pointer) {
  const keys = pointer.split("/").slice(1);
  return keys.reduce((path, key) => path + (/^\d+$/.test(key) ? `[${key}]` : `.${key}`), "$");
}

function lowerCased(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]));
}
