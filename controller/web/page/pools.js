// Pools: all of them, and one with its members, their order, and its policy.
import {html} from './html.js';
import {at} from './api.js';
import {useLive} from './live.js';
import {route, setQuery, to} from './route.js';
import {Time} from './time.js';
import {
  Badge,
  Card,
  Facts,
  Found,
  Head,
  Loaded,
  PoolLink,
  Search,
  ServerLink,
  Table,
  listed,
} from './parts.js';
import {Actions} from './order.js';
import {MemberOrder} from './members.js';
import {EventsOf} from './events.js';
import {Forced} from './servers.js';
import {DrillNow, LastDrill} from './drills.js';

const State = ({pool}) => {
  if (pool.outage) return html`<${Badge} state="outage" />`;
  if (pool.failed_over) return html`<${Badge} state="failed_over" />`;
  return html`<${Badge} tone="good">at its primary<//>`;
};

const Overrides = ({pool}) => html`
  ${pool.hold && html`<${Badge} tone="warn">held<//>`}
  ${pool.observe && html`<${Badge} tone="warn">dry run<//>`}
  ${pool.preferred && !pool.drill && html`<${Badge} tone="warn">switched over<//>`}
  ${pool.drill && html`<${Badge} tone="warn">drill<//>`}`;

const Members = ({pool}) =>
  html`<span class="members">${pool.members.map(
    (member) => html`
  <a key=${member.id} href=${to('servers', member.name)}
    class="member ${member.serving ? 'serving' : ''}"
    title=${member.health_sentence}>
    <${Badge} state=${member.health}>${member.name}<//></a>`,
  )}</span>`;

const COLUMNS = [
  ['Pool', (pool) => html`<${PoolLink} name=${pool.name} />`],
  ['State', (pool) => html`<${State} pool=${pool} /> <${Overrides} pool=${pool} />`],
  ['Members, the primary first', (pool) => html`<${Members} pool=${pool} />`],
  [
    'Serving',
    (pool) =>
      listed(pool.serving, ServerLink, pool.target_is_fallback ? 'fallback address' : 'none'),
  ],
  [
    'Domains',
    (pool) =>
      html`<a href=${`${to('domains')}?pool=${encodeURIComponent(pool.name)}`}>${pool.domains}</a>`,
    'num',
  ],
  ['Last good drill', (pool) => html`<${LastDrill} pool=${pool} />`],
  ['Next', (pool) => pool.restraint?.sentence ?? pool.next],
];

export const PoolTable = ({pools, empty}) => html`
  <${Table} label="Pools" columns=${COLUMNS} items=${pools}
    empty=${empty ?? 'There is no pool.'} />`;

export const Pools = () => {
  const pools = useLive(at('pools'), ['pools', 'servers', 'controls'], 1500);
  const {search = ''} = route.value.query;
  const fits = (pool) =>
    [pool.name, ...pool.members.map((each) => each.name)].join(' ').includes(search.toLowerCase());
  return html`
    <${Head} title="Pools"><${Actions} of="pools" /><//>
    <div class="filters"><${Search} label="Search" value=${search}
      onInput=${(text) => setQuery({search: text})} /></div>
    <${Loaded} of=${pools}>${({items}) => html`<${Found} items=${items.filter(fits)}>
      ${(found) => html`<${PoolTable} pools=${found}
        empty=${items.length ? 'None of them fits.' : undefined} />`}<//>`}<//>`;
};

const named = (key) => key.replace(/_s$/, ' (s)').replaceAll('_', ' ');
const said = (value) =>
  value === null || value === '' ? 'none' : String(value).replaceAll('_', ' ');

export const PoolView = ({name}) => {
  const pool = useLive(at('pools', name), [`pools:${name}`, 'servers', 'controls'], 800);
  return html`<${Loaded} of=${pool}>${(data) => html`
    <${Head} title=${data.name} sub=${html`<${State} pool=${data} /> <${Overrides}
      pool=${data} /> ${data.reason}`}>
      <${Actions} of="pool" name=${data.name} thing=${data} /><//>
    <${Forced} title="Held" by=${data.hold} />
    <${Forced} title="Dry run" by=${data.observe} />
    <${Forced} title="Switched over" by=${data.drill ? null : data.preferred} />
    <${DrillNow} drill=${data.drill} />
    ${
      data.restraint &&
      html`<div class="notice warn"><strong>${data.restraint.why}
      </strong>; ${data.restraint.lets_go}</div>`
    }
    ${data.next && html`<div class="notice">${data.next}</div>`}
    <${Card} title="Members"><${MemberOrder} pool=${data} /><//>
      <${Card} title="Now"><${Facts} rows=${[
        [
          'Serving',
          listed(
            data.serving,
            ServerLink,
            data.target_is_fallback ? 'the fallback address' : 'none',
          ),
        ],
        ['Returns to', data.home],
        ['Why', data.reason],
        [
          'Domains',
          html`<a href=${`${to('domains')}?pool=${encodeURIComponent(data.name)}`}>${data.domains}
            </a>`,
        ],
        ['Failovers within the hour', data.failovers_within_the_hour],
        [
          'Last good drill',
          html`<${LastDrill} pool=${data} /> ${
            data.last_good_drill && html`<${Time} at=${data.last_good_drill} />`
          }`,
        ],
        [
          'Drills',
          html`<a href=${`${to('drills')}?pool=${encodeURIComponent(data.name)}`}>all of its own
            </a>`,
        ],
        [
          'In dry run it would serve',
          data.would_serve && (data.would_serve.join(', ') || 'the fallback address'),
        ],
      ]} /><//>
    <${Card} title="Policy" kind="wide" side=${html`<${Actions} of="pool" name=${data.name}
      thing=${data} only=${['setPolicy']} />`}>
        <${Facts}
          rows=${Object.entries(data.policy).map(([key, value]) => [named(key), said(value)])} />
          <//>
    <${EventsOf} of=${{pool: name}} />`}<//>`;
};
