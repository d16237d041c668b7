// An OpenAPI 3.0 or 3.1 description made ready for checking: finds the operation of a method and
// path, and compiles the schemas of its parameters, bodies and headers.
//
// Two copies of the document are compiled, because readOnly and writeOnly make one schema mean
// two things: what a client may not send need not be in a request, and the reverse.

import Ajv2020 from "ajv/dist/2020.js";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { narrow } from "./alternatives.mjs";

const kMethods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const kAjvOptions = {
  strict: false, // the description has keywords of its own
  allErrors: true,
  verbose: true, // errors carry the schema they come from
  logger: false,
  validateSchema: false, // what is added is a whole description and no schema
  inlineRefs: false, // most schemas are compiled for one use: starting quickly matters more
  code: { optimize: false },
};

export class Description {
  constructor(document, name) {
    if (!/^3\.[01]\./.test(String(document.openapi))) {
      throw new Error(`${name}: openapi is ${document.openapi}; 3.0 and 3.1 are understood`);
    }
    this.document_ = document;
    this.request_ = compilerFor(document, "readOnly");
    this.response_ = compilerFor(document, "writeOnly");
    this.operations_ = operationsOf(document);
  }

  // {status: "known", operation, values} | {status: "wrong method"} | {status: "unknown path"}
  find(method, path) {
    const segments = path.split("/");
    const template = this.operations_.find((one) => fit(one.segments, segments))?.template;
    if (template === undefined) return { status: "unknown path" };
    const operation = this.operations_.find(
      (one) => one.template === template && one.method === method.toLowerCase(),
    );
    if (operation === undefined) return { status: "wrong method" };
    return { status: "known", operation, values: fit(operation.segments, segments) };
  }

  // Follows $ref, also on the way; the node comes back with the pointer where it really lives.
  resolve(pointer) {
    let found = { node: this.document_, pointer: [] };
    for (const key of pointer) {
      found = { node: found.node?.[key], pointer: [...found.pointer, key] };
      if (found.node === undefined)
        throw new Error(`the description has no #${toFragment(pointer)}`);
      if (typeof found.node?.$ref === "string") found = this.resolve(fromFragment(found.node.$ref));
    }
    return found;
  }

  requestErrors(schemaPointer, value) {
    return this.request_(schemaPointer, value);
  }

  responseErrors(schemaPointer, value) {
    return this.response_(schemaPointer, value);
  }
}

function operationsOf(document) {
  const operations = [];
  for (const [template, item] of Object.entries(document.paths ?? {})) {
    for (const method of kMethods.filter((name) => item[name])) {
      operations.push({
        method,
        template,
        segments: template.split("/"),
        pointer: ["paths", template, method],
        parameterPointers: parameterPointers(item, template, method),
      });
    }
  }
  // A literal path goes before a templated one (OpenAPI 3.0.3, "Path Templating Matching").
  const braces = ({ segments }) => segments.filter((part) => part.includes("{")).length;
  return operations.sort((a, b) => braces(a) - braces(b));
}

function parameterPointers(item, template, method) {
  const own = (item[method].parameters ?? []).map((_, i) => [
    "paths",
    template,
    method,
    "parameters",
    i,
  ]);
  const shared = (item.parameters ?? []).map((_, i) => ["paths", template, "parameters", i]);
  return [...own, ...shared]; // the operation's own come first and win
}

function fit(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  const values = {};
  for (let i = 0; i < pattern.length; ++i) {
    const variable = /^\{(.+)\}$/.exec(pattern[i]);
    if (!variable) {
      if (pattern[i] !== segments[i]) return null;
    } else if (segments[i] === "") {
      return null;
    } else {
      values[variable[1]] = decoded(segments[i]);
    }
  }
  return values;
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // malformed escapes are judged as they stand
  }
}

// A function of a schema's pointer and a value that gives the errors.
function compilerFor(document, hiddenMark) {
  // 3.1 speaks JSON Schema as of 2020-12, 3.0 a dialect that is nearest to draft 4.
  const Compiler = String(document.openapi).startsWith("3.1.") ? Ajv2020 : Ajv;
  const ajv = new Compiler(kAjvOptions);
  addFormats(ajv);
  const pointers = new WeakMap();
  ajv.addSchema(adapt(document, hiddenMark, pointers, []), "description");
  const compiled = new Map();
  const validate = (pointer, value) => {
    const fragment = toFragment(pointer);
    if (!compiled.has(fragment)) {
      compiled.set(fragment, ajv.compile({ $ref: `description#${fragment}` }));
    }
    const run = compiled.get(fragment);
    return run(value) ? [] : run.errors;
  };
  return (pointer, value) =>
    narrow(validate(pointer, value), (schema) => pointers.get(schema), validate);
}

// Turns what OpenAPI adds to JSON Schema into JSON Schema, and notes where each part lives.
function adapt(node, hiddenMark, pointers, pointer) {
  if (node === null || typeof node !== "object") return node;
  if (Array.isArray(node)) {
    return node.map((item, i) => adapt(item, hiddenMark, pointers, [...pointer, i]));
  }
  if (typeof node.$ref === "string") return { $ref: node.$ref };
  const { example, examples, ...kept } = node; // data, in which "$ref" or "type" mean nothing
  const adapted = adaptEach(kept, hiddenMark, pointers, pointer);
  pointers.set(adapted, pointer);
  if (isSchemaMap(node.properties)) {
    const below = [...pointer, "properties"];
    adapted.properties = adaptEach(node.properties, hiddenMark, pointers, below);
    hide(adapted, node.properties, hiddenMark);
  }
  if (node.nullable === true && node.type === undefined) return orNull(adapted, pointers, pointer);
  return adapted;
}

function adaptEach(map, hiddenMark, pointers, pointer) {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      key,
      adapt(value, hiddenMark, pointers, [...pointer, key]),
    ]),
  );
}

function isSchemaMap(properties) {
  return properties !== null && typeof properties === "object" && !Array.isArray(properties);
}

function hide(adapted, properties, hiddenMark) {
  const hidden = Object.keys(properties).filter((name) => properties[name]?.[hiddenMark] === true);
  for (const name of hidden) adapted.properties[name] = { not: {}, description: hiddenMark };
  if (!Array.isArray(adapted.required)) return;
  adapted.required = adapted.required.filter((name) => !hidden.includes(name));
  if (adapted.required.length === 0) delete adapted.required; // draft 4 wants one or none
}

// `nullable` beside `allOf` and the like: Ajv knows it only beside `type`.
function orNull({ nullable, ...schema }, pointers, pointer) {
  pointers.set(schema, [...pointer, "then"]);
  return { if: { not: { enum: [null] } }, then: schema };
}

function toFragment(pointer) {
  const escaped = pointer.map((key) => String(key).replace(/~/g, "~0").replace(/\//g, "~1"));
  return escaped.map((key) => `/${encodeURIComponent(key)}`).join("");
}

function fromFragment(reference) {
  if (!reference.startsWith("#/"))
    throw new Error(`only references inside a file work: ${reference}`);
  const keys = reference.slice(2).split("/");
  return keys.map((key) => decodeURIComponent(key).replace(/~1/g, "/").replace(/~0/g, "~"));
}
