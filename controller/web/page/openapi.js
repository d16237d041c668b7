// The API's own description: what can be ordered, with which fields. Forms are made of it, so that
// nothing is said twice. Read once it is known who is here: what he may order is part of each view.
import {signal} from '@preact/signals';
import {may} from './api.js';

export const operations = signal(null); // by operationId
let root = null;
let asked = false;

const LIMIT_MS = 10000;
const MOST_PAUSE_MS = 30000;
let pauseMs = 500;

const VERBS = ['post', 'put', 'patch', 'delete'];

export const resolve = (schema) => {
  let found = schema;
  while (found?.$ref)
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce((node, key) => node[key], root);
  if (found?.allOf) {
    const {allOf, ...own} = found;
    found = Object.assign({}, ...allOf.map(resolve), own);
  }
  return withoutNull(found ?? {});
};

// What may be null besides is left empty in a form.
const isNull = (each) => each === null || each === 'null' || each?.type === 'null';
const withoutNull = ({anyOf, ...own}) => {
  const others = anyOf?.filter((each) => !isNull(each));
  if (others?.length === 1) return {...resolve(others[0]), ...own};
  const plain = anyOf ? {...own, anyOf} : own;
  if (Array.isArray(plain.type)) plain.type = plain.type.find((each) => !isNull(each));
  if (plain.enum?.some(isNull)) plain.enum = plain.enum.filter((each) => !isNull(each));
  return plain;
};

const bodyOf = (operation) => {
  const content = operation.requestBody?.content?.['application/json'];
  return content ? resolve(content.schema) : null;
};

export async function load() {
  if (asked) return;
  asked = true;
  try {
    const signal = AbortSignal.timeout(LIMIT_MS);
    root = await (await fetch(new URL('openapi.json', import.meta.url), {signal})).json();
  } catch {
    asked = false;
    pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS);
    setTimeout(load, pauseMs);
    return;
  }
  const found = {};
  for (const [path, item] of Object.entries(root.paths)) {
    for (const verb of VERBS.filter((each) => each in item)) {
      const operation = item[verb];
      found[operation.operationId] = {
        id: operation.operationId,
        path,
        method: verb.toUpperCase(),
        summary: operation.summary,
        description: operation.description ?? '',
        body: bodyOf(operation),
        tag: operation.tags[0],
        about: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
      };
    }
  }
  operations.value = found;
}

// Whether who is here may give that order; no, as long as nothing is known of it.
export const mayOrder = (id) => Boolean(operations.value?.[id]) && may(operations.value[id]);

// Not percent-encoded, as a rehearsal wants it; encoded, as a request does.
export const pathOf = (operation, names, encode = (text) => text) =>
  operation.path.replace(/\{(\w+)\}/g, (_, name) => encode(String(names[name])));
