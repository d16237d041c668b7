// The small parts that every view is made of.
import {useEffect, useRef, useState} from 'preact/hooks';
import {html} from './html.js';
import {to} from './route.js';

// One word for each kind of state; colour is never all that tells them apart.
const TONES = {
  good: ['online', 'active', 'delivered', 'ready', 'serves', 'healthy', 'all', 'passed', 'settled'],
  warn: [
    'failed_over',
    'stale',
    'switching',
    'pending',
    'suspect',
    'maintenance',
    'held',
    'unproven',
    'asked',
    'dry_run',
    'warning',
    'aborted',
  ],
  bad: [
    'offline',
    'error',
    'outage',
    'conflict',
    'dead',
    'down',
    'disputed',
    'failed',
    'critical',
    'not_ready',
  ],
};
export const toneOf = (state) =>
  Object.keys(TONES).find((tone) => TONES[tone].includes(state)) ?? 'calm';
export const words = (state) => String(state ?? '').replaceAll('_', ' ');

export const Badge = ({state, tone, children}) => html`
  <span class="badge ${tone ?? toneOf(state)}"><i aria-hidden="true"></i>
    ${children ?? words(state)}</span>`;

export const Card = ({title, side, children, kind}) => html`
  <section class=${`card ${kind ?? ''}`} aria-label=${title}>
    ${
      title &&
      html`<header><h2>${title}</h2>${side && html`<div class="side">${side}</div>`}
      </header>`
    }
    ${children}
  </section>`;

export const Head = ({title, sub, children}) => html`
  <div class="head">
    <div><h1>${title}</h1>${sub && html`<p class="sub">${sub}</p>`}</div>
    ${children && html`<div class="actions">${children}</div>`}
  </div>`;

export const Trouble = ({error}) =>
  error &&
  html`
  <div class="trouble" role="alert">
    <strong>${error.message}</strong>${error.remedy && html`<span> ${error.remedy}</span>`}
  </div>`;

export const Empty = ({children}) => html`<p class="empty">${children}</p>`;

// What a reading gives, once it is there.
export const Loaded = ({of, children}) => {
  if (of.data === undefined) {
    return of.error
      ? html`<${Trouble} error=${of.error} />`
      : html`<p class="empty" role="status">Loading</p>`;
  }
  return html`${of.error && html`<${Trouble} error=${of.error} />`}${children(of.data)}`;
};

// rows: [name, value] pairs; those without a value are left out.
export const Facts = ({rows}) => html`
  <dl class="facts">${rows
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

// columns: [title, cell(item), class]. On a phone each row becomes a card of named lines.
export const Table = ({label, columns, items, keyOf, empty}) => {
  if (items.length === 0) return html`<${Empty}>${empty ?? 'None.'}<//>`;
  return html`
    <table aria-label=${label}>
      <thead><tr>${columns.map(
        ([title, , kind]) => html`
        <th scope="col" class=${kind ?? ''}>${title}</th>`,
      )}</tr></thead>
      <tbody>${items.map(
        (item) => html`
        <tr key=${keyOf ? keyOf(item) : item.id}>${columns.map(
          ([title, cell, kind]) => html`
          <td class=${kind ?? ''} data-title=${title}>${cell(item)}</td>`,
        )}</tr>`,
      )}</tbody>
    </table>`;
};

export const ServerLink = ({name}) => html`<a href=${to('servers', name)}>${name}</a>`;
export const PoolLink = ({name}) => html`<a href=${to('pools', name)}>${name}</a>`;
export const DomainLink = ({name, shown}) =>
  html`<a href=${to('domains', name)}>${shown ?? name}</a>`;

export const listed = (names, Link, empty = 'none') =>
  names.length
    ? names.map((name, i) => html`${i > 0 && ', '}<${Link} key=${name} name=${name} />`)
    : html`<span class="muted">${empty}</span>`;

export const Labels = ({labels}) =>
  Object.entries(labels ?? {}).map(
    ([key, value]) => html`
  <span class="label" key=${key}>${key}:${value}</span>`,
  );

export const Choice = ({label, value, options, onChange}) => html`
  <label class="field inline"><span>${label}</span>
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(
        (each) => html`<option key=${each} value=${each}>${each ? words(each) : 'all'}
        </option>`,
      )}
    </select></label>`;

// Tells after a moment without typing. What is being typed stays, whatever comes meanwhile.
export const Search = ({label, value, onInput}) => {
  const [text, setText] = useState(value);
  const field = useRef(null);
  const timer = useRef(null);
  useEffect(() => {
    if (document.activeElement !== field.current) setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const typed = (event) => {
    const now = event.target.value;
    setText(now);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onInput(now.trim()), 200);
  };
  return html`<label class="field inline"><span>${label}</span>
    <input type="search" value=${text} ref=${field} onInput=${typed}
      spellcheck="false" autocomplete="off" /></label>`;
};

// The first of what was found, as children show it.
const SHOWN = 300;
export const Found = ({items, children}) => html`<${Card}>${children(items.slice(0, SHOWN))}
  ${
    items.length > SHOWN &&
    html`<p class="muted">The first ${SHOWN} of ${items.length}: search for others.</p>`
  }<//>`;

export const counted = (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`;
