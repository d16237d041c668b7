// Orders from people: what can be ordered of a thing, and the dialog in which it is done.
import {signal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';
import {html} from './html.js';
import {may} from './api.js';
import {route} from './route.js';
import {mayOrder, operations} from './openapi.js';
import {actionsOf} from './actions.js';
import {words} from './parts.js';
import {Suggestions} from './suggest.js';
import {Steps, beginning} from './steps.js';

const open = signal(null); // {id, names, value, before, tag, done, anew}

// names: what the path names, {pool: 'shop'}. value: what the form begins with; more: before (what
// of that is there), tag (with which it was read), done and anew (called when it was carried out,
// and when somebody else was quicker).
export const openOrder = (id, names, value = {}, more = {}) => {
  open.value = {id, names, value, ...more};
};

const press = (operation, name, thing) => {
  const kind = operation.about.at(-1);
  const {value, ...more} = beginning(operation, thing);
  openOrder(operation.id, kind ? {[kind]: name} : {}, value, more);
};

// What who is here may give. of: the kind of thing; only: these alone.
export const Actions = ({of, name, thing, only}) => {
  if (!operations.value) return null;
  const [front, behind] = (
    only
      ? [only.map((id) => operations.value[id]), []]
      : actionsOf(of, thing, operations.value)
  ).map((each) => each.filter((operation) => operation && may(operation)));
  if (front.length + behind.length === 0) return null;
  const close = (event) => event.target.closest('details').removeAttribute('open');
  const leave = (event) => {
    if (!event.currentTarget.contains(event.relatedTarget))
      event.currentTarget.removeAttribute('open');
  };
  return html`<div class="bar-of-buttons">
    ${front.map(
      (operation) => html`<button key=${operation.id} data-order=${operation.id}
      onClick=${() => press(operation, name, thing)}>${operation.summary}</button>`,
    )}
    ${
      behind.length > 0 &&
      html`<details class="menu" onFocusOut=${leave}><summary>More</summary><ul>
      ${behind.map(
        (operation) => html`<li key=${operation.id}><button
          class=${operation.method === 'DELETE' ? 'danger' : ''}
        data-order=${operation.id}
        onClick=${(event) => {
          close(event);
          press(operation, name, thing);
        }}>${operation.summary}</button></li>`,
      )}
    </ul></details>`
    }</div>`;
};

// A column of them for a table; none where there would be nothing in it.
export const ordersColumn = (ids, cell) =>
  ids.some(mayOrder) ? [['Orders', (thing) => cell(thing, ids)]] : [];

// What it says is waited for while an order is on its way; a key that is held presses nothing.
const stay = (event) => {
  if (event.currentTarget.querySelector('[data-step=sending]')) event.preventDefault();
};
const notHeld = (event) => {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
};

// One dialog for all orders; beside it the names that its fields may take.
export const OrderDialog = () => {
  const dialog = useRef(null);
  const order = open.value;
  const operation = order && operations.value?.[order.id];
  useEffect(() => {
    if (operation && !dialog.current.open) dialog.current.showModal();
    if (!operation && dialog.current.open) dialog.current.close();
  });
  const close = () => {
    if (open.value === order) open.value = null;
  };
  // Whoever goes elsewhere has thought better of it.
  const place = route.value.path.join('/');
  useEffect(
    () => () => {
      open.value = null;
    },
    [place],
  );
  const names = order
    ? Object.entries(order.names)
        .map(([kind, name]) => `${kind} ${name}`)
        .join(', ')
    : '';
  return html`<dialog ref=${dialog} onClose=${close} aria-labelledby="order-title"
    onCancel=${stay} onKeyDown=${notHeld}>
    ${
      operation &&
      html`
      <h2 id="order-title">${operation.summary}</h2>
      ${names && html`<p class="sub">${words(names)}</p>`}
      <${Suggestions} />
      <${Steps} key=${order.id + names} order=${order} operation=${operation} close=${close} />`
    }
  </dialog>`;
};
