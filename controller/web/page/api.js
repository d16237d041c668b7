// One request to the controller, and who asks. A token becomes a session, whose cookie no script
// can read; that of a page for others lives in this variable alone and is gone with the page.
import {signal} from '@preact/signals';

let bearer = '';
// null: not known yet; false: nobody; else {name, role, scope, until, may}, as the session has it.
export const who = signal(null);

// What the controller says when it refuses (RFC 9457), as an Error.
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.detail || `The controller answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? '';
    this.remedy = body?.remedy ?? '';
    this.errors = body?.errors?.length
      ? body.errors
      : [{message: this.message, remedy: this.remedy}];
  }
}

export const headers = () => ({
  'X-Understudy': 'page',
  ...(bearer ? {Authorization: `Bearer ${bearer}`} : {}),
});

// No answer, or half of one: whether the request arrived is not known.
export class Lost extends Error {
  constructor() {
    super('The controller does not answer.');
    this.remedy = '';
    this.errors = [{message: this.message}];
  }
}

const READ_LIMIT_MS = 10000;
const ORDER_LIMIT_MS = 60000; // some of them ask a provider first

// undefined: it is no JSON, so not the controller's.
const bodyOf = async (answer) => {
  const text = await answer.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return undefined;
  }
};

const exchange = async (method, path, body, more) => {
  try {
    const answer = await fetch(path, {
      method,
      headers: {
        ...headers(),
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        ...more,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(method === 'GET' ? READ_LIMIT_MS : ORDER_LIMIT_MS),
    });
    return [answer, await bodyOf(answer)];
  } catch {
    throw new Lost();
  }
};

// Whoever counts no more is asked to log in; not before he has read what stands open: it would go.
let readers = 0;
let due = false;
export const dropOut = () => {
  if (readers > 0) due = true;
  else if (who.value) who.value = false;
};
// Until what it returns is called.
export const stayIn = () => {
  readers += 1;
  return () => {
    readers -= 1;
    if (readers > 0 || !due) return;
    due = false;
    dropOut();
  };
};

const judged = (answer, read) => {
  if (answer.ok) return read;
  if (answer.status === 401) dropOut();
  // A proxy's word for it, not the controller's.
  if ([502, 503, 504].includes(answer.status) && !read?.code) throw new Lost();
  throw new Refusal(answer.status, read);
};

// more: further headers.
export async function call(method, path, body, more = {}) {
  const found = judged(...(await exchange(method, path, body, more)));
  if (found === undefined) throw new Lost();
  return found;
}

const tags = new WeakMap();
// The ETag with which a thing was read; none of what came in a list.
export const tagOf = (thing) => (thing ? tags.get(thing) : undefined);

// before: what was read there last; the same again when nothing has changed.
export async function get(path, before) {
  const tag = tagOf(before);
  const [answer, read] = await exchange(
    'GET',
    path,
    undefined,
    tag ? {'If-None-Match': tag} : {},
  );
  if (answer.status === 304) return before;
  const found = judged(answer, read);
  const given = answer.headers.get('ETag');
  if (given && found) tags.set(found, given);
  return found;
}

export const at = (...parts) => `/api/v1/${parts.map(encodeURIComponent).join('/')}`;

export const withQuery = (path, query) => {
  const given = Object.entries(query).filter(([, value]) => value !== '' && value != null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
};

// Somebody may be here already: by a session, or because a proxy says who it is.
export async function arrive(token = '') {
  bearer = token;
  try {
    who.value = await get('/api/v1/session');
  } catch (error) {
    bearer = '';
    who.value = false;
    if (token) throw error;
  }
}

export async function logIn(token) {
  bearer = '';
  who.value = await call('POST', '/api/v1/session', {token});
}

export async function logOut() {
  await call('DELETE', '/api/v1/session').catch(() => {});
  bearer = '';
  who.value = false;
}

// Whether the controller would let who is here do that: an operation as its description has it.
export const may = ({method, path}) =>
  Boolean(who.value) && who.value.may.includes(`${method} ${path}`);
export const mayRead = (...parts) => may({method: 'GET', path: at(...parts)});
