// Accounts at DNS services: what they serve, and what may go wrong there.
import {html} from './html.js';
import {at} from './api.js';
import {useLive} from './live.js';
import {to} from './route.js';
import {Badge, Card, Facts, Head, Loaded, Table, words} from './parts.js';
import {Actions, ordersColumn} from './order.js';
import {EventsOf} from './events.js';

const State = ({provider}) =>
  provider.credential_problem
    ? html`<${Badge} tone="bad">${provider.credential_problem}<//>`
    : html`<${Badge} tone="good">in use<//>`;

const columns = () => [
  ['Provider', (provider) => html`<a href=${to('providers', provider.name)}>${provider.name}</a>`],
  ['Kind', (provider) => provider.kind],
  ['State', (provider) => html`<${State} provider=${provider} />`],
  ['Domains', (provider) => provider.domains, 'num'],
  ...ordersColumn(
    ['verifyProvider'],
    (provider, only) => html`<${Actions} of="provider" name=${provider.name} only=${only} />`,
  ),
];

export const Providers = () => {
  const providers = useLive(at('providers'), ['providers']);
  return html`
    <${Head} title="Providers"><${Actions} of="providers" /><//>
    <${Loaded} of=${providers}>${({items}) => html`<${Card}>
      <${Table} label="Providers" columns=${columns()} items=${items}
        empty="No provider is registered." /><//>`}<//>`;
};

// Settings, and whatever else the controller tells of it: budgets, spent calls.
const plain = (value) =>
  value && typeof value === 'object' ? JSON.stringify(value) : String(value);
const factsOf = ({id, name, kind, settings, credential_problem: problem, domains, ...others}) => [
  ['Kind', kind],
  ['State', html`<${State} provider=${{credential_problem: problem}} />`],
  ['Domains', domains],
  ...Object.entries(settings ?? {}).map(([key, value]) => [words(key), plain(value)]),
  ...Object.entries(others).map(([key, value]) => [
    words(key),
    value === null ? null : plain(value),
  ]),
];

export const ProviderView = ({name}) => {
  const provider = useLive(at('providers', name), [`providers:${name}`]);
  return html`<${Loaded} of=${provider}>${(data) => html`
    <${Head} title=${data.name} sub=${data.kind}><${Actions} of="provider"
      name=${data.name} thing=${data} /><//>
    <${Card} title="Account"><${Facts} rows=${factsOf(data)} /><//>
    <${EventsOf} title="What providers refused last" of=${{type: 'record_refused'}} />`}<//>`;
};
