// Parameters of a request: from text, as they travel, to the values their schemas speak of.

// Every problem with the path, query and header parameters of an exchange: {path, problem}.
export function checkParameters(description, operation, pathValues, query, headers) {
  const parameters = declared(description, operation);
  const sources = {
    path: (name) => pathValues[name],
    query: (name) => texts(query, name),
    header: (name) => headers[name.toLowerCase()],
    cookie: () => undefined, // the traffic log leaves cookies out
  };
  const problems = [];
  for (const { node, pointer } of parameters) {
    const where = `${node.in} parameter ${node.name}`;
    const given = sources[node.in](node.name);
    if (given === undefined) {
      if (node.required && node.in !== "cookie")
        problems.push({ path: where, problem: "is required" });
      continue;
    }
    problems.push(...checkValue(description, node, pointer, given, where));
  }
  return [...problems, ...undeclared(parameters, query)];
}

function declared(description, operation) {
  const known = new Map();
  for (const pointer of operation.parameterPointers) {
    const found = description.resolve(pointer);
    const key = `${found.node.in} ${found.node.name}`;
    if (!known.has(key)) known.set(key, found);
  }
  return [...known.values()];
}

function undeclared(parameters, query) {
  const names = parameters.filter(({ node }) => node.in === "query").map(({ node }) => node.name);
  const openEnded = parameters.some(({ node }) => node.style === "deepObject");
  const strangers = [...new Set(query.keys())].filter((name) => !names.includes(name));
  if (openEnded) return [];
  return strangers.map((name) => ({
    path: `query parameter ${name}`,
    problem: "is not in the description",
  }));
}

function checkValue(description, node, pointer, given, where) {
  if (!node.schema) return []; // described by `content`: no rule of its own to check
  const schema = description.resolve([...pointer, "schema"]);
  const value = parse(description, schema, given, node);
  const errors = description.requestErrors([...pointer, "schema"], value);
  return errors.map((error) => ({ path: `${where}${error.instancePath}`, problem: error.message }));
}

function texts(query, name) {
  const all = query.getAll(name);
  if (all.length === 0) return undefined;
  return all.length === 1 ? all[0] : all;
}

function parse(description, schema, given, node) {
  if (schema.node.type !== "array")
    return Array.isArray(given) ? given : scalar(typeOf(schema), given);
  const items = description.resolve([...schema.pointer, "items"]);
  const explode = node.explode ?? node.in === "query";
  const parts = explode ? [given].flat() : [given].flat().join(",").split(",");
  return parts.map((part) => scalar(typeOf(items), part));
}

function typeOf({ node }) {
  if (node.type) return node.type;
  const variants = [...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return variants.find((variant) => variant.type)?.type;
}

function scalar(type, text) {
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
  if ((type === "number" || type === "integer") && isNumber) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
