// Domains, thousands of them: searched, filtered and paged by the controller; and one with why its
// record is where it is.
import {useState} from 'preact/hooks';
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';
import {route, setQuery} from './route.js';
import {Time, ago, length} from './time.js';
import {
  Badge,
  Card,
  Choice,
  DomainLink,
  Facts,
  Head,
  Loaded,
  PoolLink,
  Search,
  Table,
} from './parts.js';
import {Actions} from './order.js';
import {EventList, EventsOf} from './events.js';
import {Forced} from './servers.js';

const STATUSES = ['', 'active', 'failed_over', 'switching', 'outage', 'conflict'];
const PAGE = 100;

const addresses = (content) => content?.addresses?.join(' ') || 'none';
const Content = ({content}) => html`<span class="mono">${addresses(content)}</span>`;

const Served = ({domain}) =>
  domain.serving
    ? html`<${Badge} state=${domain.serving.state}>
      ${domain.serving.state === 'all' ? 'served' : domain.serving.state}<//>`
    : html`<span class="muted">not asked</span>`;

const Confirmed = ({domain}) =>
  domain.record.settled
    ? html`<${Badge} tone="good">confirmed<//>`
    : html`<${Badge} tone=${domain.record.refused ? 'bad' : 'warn'}>
      ${domain.record.refused ? 'refused' : 'under way'}<//>
    <${Content} content=${domain.record.confirmed} />`;

const COLUMNS = [
  ['Domain', (domain) => html`<${DomainLink} name=${domain.name} shown=${domain.display_name} />`],
  [
    'Status',
    (domain) =>
      html`<${Badge} state=${domain.status} />${
        domain.ignored &&
        html` <${Badge}
        tone="warn">ignored<//>`
      }`,
  ],
  ['Pool', (domain) => html`<${PoolLink} name=${domain.pool.name} />`],
  ['Desired', (domain) => html`<${Content} content=${domain.record.desired} />`],
  ['Confirmed', (domain) => html`<${Confirmed} domain=${domain} />`],
  ['Served', (domain) => html`<${Served} domain=${domain} />`],
  ['Provider', (domain) => domain.provider.name],
];

export const Domains = () => {
  const {search = '', status = '', pool = '', server = '', cursor = ''} = route.value.query;
  const domains = useLive(
    withQuery(at('domains'), {search, status, pool, server, cursor, limit: PAGE}),
    ['domains', 'pools'],
    1500,
  );
  const filter = (changes) => setQuery({...changes, cursor: ''});
  return html`
    <${Head} title="Domains"><${Actions} of="domains" /><//>
    <div class="filters">
      <${Search} label="Search" value=${search} onInput=${(text) => filter({search: text})} />
      <${Choice} label="Status" value=${status} options=${STATUSES}
        onChange=${(each) => filter({status: each})} />
      <${Search} label="Pool" value=${pool} onInput=${(text) => filter({pool: text})} />
      <${Search} label="Server" value=${server} onInput=${(text) => filter({server: text})} />
    </div>
    <${Loaded} of=${domains}>${({items, next}) => html`<${Card}>
      <${Table} label="Domains" columns=${COLUMNS} items=${items}
        empty=${search || status || pool || server ? 'None fits.' : 'No domain is in care.'} />
      <div class="bar-of-buttons">
        ${cursor && html`<button onClick=${() => setQuery({cursor: ''})}>First page</button>`}
        ${next && html`<button onClick=${() => setQuery({cursor: next})}>Next ${PAGE}</button>`}
      </div><//>`}<//>`;
};

const MEMBERS = [
  ['Member', (member) => member.server],
  ['Standing', (member) => html`<${Badge} state=${member.standing} />`],
  ['Health', (member) => member.health],
  [
    'Observers',
    (member) =>
      (member.testimony ?? []).map(
        (each) => html`
    <div key=${each.by}>${each.by}: ${each.says} for ${length(each.for_s)} <span class="muted">
      ${each.found}</span></div>`,
      ),
  ],
  ['Published', (member) => member.published && html`<${Badge} tone="good">yes<//>`],
];

// What a decision was made from.
export const Evidence = ({evidence}) => html`
  <p class="lead">${evidence.rule}</p>
  <${Table} label="Evidence" columns=${MEMBERS} items=${evidence.members}
    keyOf=${(member) => member.server} />
  ${[...evidence.restraints, ...evidence.overrides].map(
    (line) => html`<p key=${line}
    class="muted">${line}</p>`,
  )}`;

export const Why = ({name, moment}) => {
  const why = useLive(
    withQuery(at('domains', name, 'explain'), {at: moment}),
    [`domains:${name}`, 'pools', 'events'],
    1500,
  );
  return html`<${Loaded} of=${why}>${(data) => html`
    ${
      data.present &&
      html`<h3>What would be decided now</h3><${Evidence} evidence=${data.present.evidence} />
      ${data.present.next && html`<p>${data.present.next}</p>`}`
    }
    ${
      data.decision &&
      html`<h3>The last decision${moment && ' until then'}</h3>
      <${EventList} events=${[data.decision.event]} />
      <details><summary>Its evidence</summary><${Evidence} evidence=${data.decision.evidence} />
        </details>`
    }
    ${data.record && html`<h3>The record</h3><${EventList} events=${[data.record]} />`}
    ${
      data.since_then.length > 0 &&
      html`<details><summary>Since then</summary>
      <${EventList} events=${data.since_then} /></details>`
    }`}<//>`;
};

const recordFacts = ({record, serving, normal_ttl_s: ttl, proxied}) => [
  [
    'Desired',
    html`<${Content} content=${record.desired} />${
      record.desired?.ttl_s &&
      html` <span
      class="muted">TTL ${record.desired.ttl_s} s</span>`
    }`,
  ],
  ['Confirmed', html`<${Content} content=${record.confirmed} />`],
  ['Served', serving && html`${serving.sentence} <span class="muted">${ago(serving.since)}</span>`],
  [
    'Old answers until',
    serving?.old_answers_until && html`<${Time} at=${serving.old_answers_until} />`,
  ],
  ['Somebody else put', record.foreign && (record.foreign.join(' ') || 'nothing: it was deleted')],
  ['Conflict', record.conflict?.sentence ?? record.problem],
  ['Proxied', proxied ? 'yes' : 'no'],
  ['Usual TTL', ttl === null ? 'as the provider chooses' : `${ttl} s`],
];

export const DomainView = ({name}) => {
  const domain = useLive(at('domains', name), [`domains:${name}`, 'pools'], 800);
  const [why, setWhy] = useState(true);
  return html`<${Loaded} of=${domain}>${(data) => html`
    <${Head} title=${data.display_name} sub=${html`<${Badge}
      state=${data.status} /> in pool <${PoolLink} name=${data.pool.name} />`}>
      <${Actions} of="domain" name=${data.name} thing=${data} /><//>
    <${Forced} title="Left alone" by=${data.ignored} />
    <div class="pair">
      <${Card} title="Record"><${Facts} rows=${recordFacts(data)} /><//>
      <${Card} title="Where it belongs"><${Facts} rows=${[
        ['Pool', html`<${PoolLink} name=${data.pool.name} />`],
        ['Provider', data.provider.name],
        ['Zone', data.zone],
        ['IPv6', data.ipv6 ? 'its AAAA record moves too' : 'no'],
        ['Why', data.reason],
        ['Adopted', data.adopted ? 'it holds what a person adopted' : ''],
      ]} /><//>
    </div>
    <${Card} title="Why it is where it is" side=${html`<button class="plain"
      onClick=${() => setWhy(!why)}>
      ${why ? 'hide' : 'show'}</button>`}>${why && html`<${Why} name=${name} moment="" />`}<//>
    <${EventsOf} of=${{domain: name}} />`}<//>`;
};
