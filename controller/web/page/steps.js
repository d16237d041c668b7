// An order from a form over a preview to a confirmation that names it. The preview is the
// controller's own rehearsal of the very request that would be sent.
import {useEffect, useLayoutEffect, useRef, useState} from 'preact/hooks';
import {html} from './html.js';
import {at, call, get, stayIn, tagOf} from './api.js';
import {refreshAll} from './live.js';
import {to} from './route.js';
import {pathOf} from './openapi.js';
import {Fields, given, same} from './form.js';
import {Trouble, counted} from './parts.js';
import {Unknown, carryOut, confirmed} from './repeats.js';

const FRESH_MS = 800; // longer than a double click

// Orders that say of a thing that somebody has seen it: as it was shown, and no other.
const OF_WHAT_IS_SEEN = ['acknowledgeIncident'];

// Of what is there, what the form can change; with the tag by which somebody else's change is seen.
export const beginning = (operation, thing) => {
  if (thing && OF_WHAT_IS_SEEN.includes(operation.id)) {
    return {value: {}, tag: tagOf(thing), seen: `${thing.severity}: ${thing.sentence}`};
  }
  if (thing && operation.id === 'setMembers') {
    return {value: {members: thing.members.map((member) => member.name)}, tag: tagOf(thing)};
  }
  if (operation.method !== 'PATCH' || !thing) return {value: {}};
  const from = operation.path.endsWith('/policy') ? thing.policy : thing;
  const fields = Object.keys(operation.body?.properties ?? {}).filter(
    (name) => from[name] !== undefined,
  );
  const before = Object.fromEntries(fields.map((name) => [name, from[name]]));
  return {value: before, before, tag: tagOf(thing)};
};

// What was typed stays where nobody else changed the same.
const onTop = ({value, before}, next) => {
  const changed = Object.entries(next.value).filter(
    ([name, there]) => !before || !same(there, before[name]),
  );
  return {...value, ...Object.fromEntries(changed)};
};

const thingOf = (operation, names) => {
  const path = operation.path.slice(0, operation.path.indexOf('}') + 1);
  return get(pathOf({path}, names, encodeURIComponent));
};

const Moves = ({domains}) => html`
  <ul class="lines moves">${domains.slice(0, 12).map(
    (each) => html`
    <li key=${each.name}><strong>${each.name}</strong> <span
      class="mono">${each.from ?? 'nothing'} → ${each.to ?? 'nothing'}</span></li>`,
  )}
    ${domains.length > 12 && html`<li class="muted">and ${domains.length - 12} more</li>`}</ul>`;

const Moved = ({domains, later}) => html`
  <p class="lead">${
    domains.length === 0
      ? 'No record is written at once.'
      : `${counted(domains.length, 'record')} written at once:`
  }</p>
  ${domains.length > 0 && html`<${Moves} domains=${domains} />`}
  ${
    later.length > 0 &&
    html`<p class="lead">Then:</p><ul class="lines">${later.map(
      (each) => html`
      <li key=${each.pool}><strong>${each.pool}
        </strong>: ${each.next || 'nothing comes next by itself'}</li>`,
    )}</ul>`
  }`;

// Whoever comes by keyboard reads it first.
const Preview = ({found}) => {
  const shown = useRef(null);
  useEffect(() => shown.current.focus(), []);
  return html`<div class="preview" tabindex="-1" ref=${shown}>${
    found.unknown
      ? html`<p>Nothing is known beforehand of what it moves.</p>`
      : html`<${Moved} ...${found} />`
  }</div>`;
};

// A press of its own: whoever presses twice has not read what it says.
const Confirmation = ({operation, label, busy, onPress}) => {
  const [fresh, setFresh] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setFresh(false), FRESH_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<button type="button" disabled=${busy || fresh} onClick=${onPress}
    class=${operation.method === 'DELETE' ? 'primary danger' : 'primary'}>${label}</button>`;
};

const linkFor = (token) => `${location.origin}/${to('status', token)}`;

// Shown once: tokens and secrets, or what was found.
const Answer = ({answer, close}) => html`
  <p class="lead">Done. This is shown only now:</p>
  <pre class="answer" tabindex="0">${JSON.stringify(answer, null, 2)}</pre>
  ${
    answer.token?.role === 'guest' &&
    html`<p>A page for others, of what it may see, that they need no log-in for:
      <a href=${linkFor(answer.secret)}>${linkFor(answer.secret)}</a></p>`
  }
  <footer><button class="primary" onClick=${close}>Close</button></footer>`;

const TELLING = /token|secret|proven|retried|enrol|code/;
const tells = (answer) =>
  answer &&
  (answer.dry_run === true ||
  Object.entries(answer).some(
    ([key, value]) => TELLING.test(key) && value && !/^token_(waits|shared)$/.test(key),
  ));

// Some orders are not the engine's, and some end before it is asked.
const UNKNOWN = {unknown: true};

async function rehearse(operation, names, body) {
  const order = {method: operation.method, path: pathOf(operation, names)};
  if (body && Object.keys(body).length > 0) order.body = body;
  try {
    const found = await call('POST', at('rehearse'), order);
    return found?.domains && found.later ? found : UNKNOWN;
  } catch (error) {
    if (error.status === 501) return UNKNOWN;
    throw error;
  }
}

// What is said of no field that the form has; the others are told at their fields.
const beside = (error, {body}) =>
  (error?.errors ?? []).filter(
    (each) => !Object.keys(body?.properties ?? {}).includes(each.field?.split(/[.[]/, 1)[0]),
  );

// One order on its way: what is typed, what it would move, what came of it.
const useOrder = (order, operation, close) => {
  const [base, setBase] = useState({before: order.before, tag: order.tag, seen: order.seen});
  const [value, setValue] = useState(order.value);
  const [step, setStep] = useState({}); // error, notice; found and sent: what is to be confirmed
  const [busy, setBusy] = useState(false);
  const body = () => (operation.body ? given(value, base.before) : undefined);
  const during = async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      setStep((before) => (error instanceof Unknown ? {...before, error, notice: ''} : {error}));
    }
    setBusy(false);
  };
  const preview = () =>
    during(async () => {
      setStep({});
      // What came in a list has no tag.
      if (OF_WHAT_IS_SEEN.includes(operation.id) && !base.tag)
        setBase(beginning(operation, await thingOf(operation, order.names)));
      const found = await rehearse(operation, order.names, body());
      setStep({found, sent: confirmed()});
    });
  const showAnew = async () => {
    const next = beginning(operation, await thingOf(operation, order.names));
    setValue(onTop({value, before: base.before}, next));
    setBase(next);
    order.anew?.();
    const what = next.seen ? 'It has changed meanwhile.' : 'Somebody has changed it meanwhile.';
    setStep({notice: `${what} This is what is there now.`});
  };
  const send = async () => {
    const request = {
      method: operation.method,
      path: pathOf(operation, order.names, encodeURIComponent),
      body: body(),
      tag: base.tag,
    };
    const tell = (notice) => setStep((before) => ({...before, notice, error: null}));
    try {
      return await carryOut(step.sent, request, tell);
    } finally {
      refreshAll(true);
    }
  };
  const confirm = () =>
    during(async () => {
      try {
        const answer = await send();
        order.done?.();
        if (tells(answer)) setStep({answer});
        else close();
      } catch (error) {
        if (error.status !== 412 || !base.tag) throw error;
        await showAnew();
      }
    });
  return {value, setValue, seen: base.seen, step, setStep, busy, preview, confirm};
};

export const Steps = ({order, operation, close}) => {
  const plain = Object.keys(operation.body?.properties ?? {}).length === 0;
  const {value, setValue, seen, step, setStep, busy, preview, confirm} = useOrder(
    order,
    operation,
    close,
  );
  const {found, error, notice, answer} = step;
  const sending = found && busy;
  const unknown = error instanceof Unknown;
  const toBeRead = Boolean(sending || unknown || answer || error?.status === 401);
  useLayoutEffect(() => (toBeRead ? stayIn() : undefined), [toBeRead]);
  useEffect(() => {
    if (plain) preview();
  }, []);
  if (answer) return html`<${Answer} answer=${answer} close=${close} />`;
  const submit = (event) => {
    event.preventDefault();
    if (!found && !busy) preview();
  };
  const phase = sending ? 'sending' : found ? 'confirm' : 'fill';
  const names = Object.values(order.names).join(' ');
  const label = `${operation.summary}${names ? `: ${names}` : ''}`;
  return html`<form onSubmit=${submit} data-step=${phase}>
    ${!found && html`<p class="muted">${operation.description}</p>`}
    ${notice && html`<p class="notice warn" role="status">${notice}</p>`}
    ${seen && html`<p class="lead seen">${seen}</p>`}
    ${
      !found &&
      !plain &&
      html`<${Fields} schema=${operation.body} value=${value} set=${setValue}
      errors=${error?.errors ?? []} />`
    }
    ${beside(error, operation).map(
      (each) => html`<${Trouble} key=${each.message} error=${each} />`,
    )}
    ${found && html`<${Preview} found=${found} />`}
    <footer>
      ${
        found &&
        !plain &&
        !unknown && // another preview would be another order
        html`<button type="button" disabled=${sending}
        onClick=${() => setStep({})}>Back</button>`
      }
      <button type="button" disabled=${sending} onClick=${close}>
        ${error?.again === undefined ? 'Cancel' : 'Close'}</button>
      ${
        found
          ? error?.again !== false &&
            html`<${Confirmation} operation=${operation} busy=${busy} onPress=${confirm}
              label=${error ? `Ask again: ${label}` : label} />`
          : html`<button class="primary" disabled=${busy || (plain && !error)}>Preview</button>`
      }
    </footer></form>`;
};
