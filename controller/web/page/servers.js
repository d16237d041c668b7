// Servers: all of them, and one with everything that is said about it.
import {html} from './html.js';
import {at} from './api.js';
import {useLive} from './live.js';
import {route, setQuery} from './route.js';
import {Time, ago, length} from './time.js';
import {
  Badge,
  Card,
  Choice,
  DomainLink,
  Empty,
  Facts,
  Found,
  Head,
  Labels,
  Loaded,
  PoolLink,
  Search,
  ServerLink,
  Table,
  listed,
} from './parts.js';
import {Actions} from './order.js';
import {EventsOf} from './events.js';

const HEALTHS = ['', 'online', 'error', 'offline', 'stale', 'unknown'];

const fits = (server, {search = '', health = ''}) => {
  if (health && server.health !== health) return false;
  const text = [
    server.name,
    server.ipv4,
    server.ipv6 ?? '',
    ...server.pools,
    ...Object.entries(server.labels).map(([key, value]) => `${key}:${value}`),
  ]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};

const State = ({server}) => html`
  <${Badge} state=${server.health} />${
    server.maintenance &&
    html` <${Badge}
    state="maintenance" />`
  }`;

// What observers say, in one word.
const Said = ({server}) => {
  const counting = server.testimony.filter((each) => each.counts);
  if (counting.length === 0) return html`<span class="muted">no observer</span>`;
  const serving = counting.filter((each) => each.says === 'serves').length;
  const tone = serving === counting.length ? 'good' : 'bad';
  return html`<${Badge} tone=${tone}>serves for ${serving} of ${counting.length}<//>`;
};

const Ready = ({server}) => {
  const known = server.readiness.filter((each) => each.ready !== null);
  if (known.length === 0) return html`<span class="muted">not known</span>`;
  const not = known.filter((each) => !each.ready);
  if (not.length === 0) return html`<${Badge} tone="good">ready<//>`;
  return html`<${Badge} tone="bad">${not[0].sentence}<//>`;
};

const COLUMNS = [
  [
    'Server',
    (server) => html`<${ServerLink} name=${server.name} /> <${Labels} labels=${server.labels} />`,
  ],
  ['Agent', (server) => html`<${State} server=${server} />`],
  ['Service', (server) => html`<${Said} server=${server} />`],
  ['Stand-by', (server) => html`<${Ready} server=${server} />`],
  [
    'Address',
    (server) =>
      html`<span class="mono">${server.ipv4}${server.ipv6 && html`<br />${server.ipv6}`}</span>`,
  ],
  ['Seen', (server) => (server.last_seen ? ago(server.last_seen) : 'never'), 'num'],
  ['Load', (server) => (server.load === null ? '' : server.load.toFixed(2)), 'num'],
  ['Pools', (server) => listed(server.pools, PoolLink)],
];

export const Servers = () => {
  const servers = useLive(at('servers'), ['servers'], 1500);
  const {query} = route.value;
  return html`
    <${Head} title="Servers"><${Actions} of="servers" /><//>
    <div class="filters">
      <${Search} label="Search" value=${query.search ?? ''}
        onInput=${(search) => setQuery({search})} />
      <${Choice} label="Agent" value=${query.health ?? ''} options=${HEALTHS}
        onChange=${(health) => setQuery({health})} />
    </div>
    <${Loaded} of=${servers}>${({items}) => html`
      <${Found} items=${items.filter((server) => fits(server, query))}>${(found) => html`
        <${Table} label="Servers" columns=${COLUMNS} items=${found}
          empty=${items.length ? 'None of them fits.' : 'No server is registered.'} />`}
      <//>`}<//>`;
};

const TESTIMONY = [
  ['By', (each) => each.by],
  ['Says', (each) => html`<${Badge} state=${each.says} />`],
  ['Since', (each) => `${length(each.for_s)} ago`, 'num'],
  ['Found', (each) => each.found],
  ['Probe', (each) => html`<span class="muted">${each.probe}</span>`],
  [
    'Counts',
    (each) => ((each.counts ?? true) ? 'yes' : 'no: too old, or it has lost its own network'),
  ],
];

const READINESS = [
  ['Pool', (each) => html`<${PoolLink} name=${each.pool} />`],
  ['Serving', (each) => (each.serving ? html`<${Badge} tone="good">yes<//>` : 'stands by')],
  [
    'Ready',
    (each) => html`<${Badge} tone=${each.ready === null ? 'calm' : each.ready ? 'good' : 'bad'}>
    ${each.ready === null ? 'not known' : each.ready ? 'ready' : 'not ready'}<//>`,
  ],
  [
    'Why',
    (each) =>
      html`${each.sentence}${each.unready.map(
        (one) => html`
    <div key=${one.domain}><${DomainLink} name=${one.domain} />: <span class="muted">${one.why}
      </span></div>`,
      )}`,
  ],
];

const Forced = ({title, by}) =>
  by &&
  html`
  <div class="notice warn"><strong>${title}
    </strong> by ${by.who}${by.why && html`: ${by.why}`}, since <${Time}
      at=${by.since} />${
      by.until
        ? html`, until <${Time}
      at=${by.until} />`
        : ', until somebody ends it'
    }</div>`;

const WhatIf = ({name}) => {
  const what = useLive(
    `/api/v1/what-if?server=${encodeURIComponent(name)}`,
    ['servers', 'pools', 'domains', 'controls'],
    5000,
  );
  const columns = [
    ['Pool', (pool) => html`<${PoolLink} name=${pool.pool} />`],
    [
      'Outcome',
      (
        pool,
      ) => html`<${Badge} tone=${{moves: 'good', outage: 'bad', fallback: 'bad'}[pool.outcome]}>
      ${pool.outcome}<//>`,
    ],
    ['To', (pool) => listed(pool.to_servers, ServerLink, '')],
    ['Domains', (pool) => pool.domains.moving + pool.domains.unserved, 'num'],
    [
      'Written in',
      (pool) =>
        `${length(pool.time.until_written.best_s)} to ${length(pool.time.until_written.worst_s)}`,
    ],
    ['Held', (pool) => pool.held?.sentence ?? ''],
  ];
  return html`<${Card} title="If it died now"><${Loaded} of=${what}>${(data) => html`
    <p class="lead">${data.sentence}</p>
    ${
      data.obstacles.length > 0 &&
      html`<ul class="lines">${data.obstacles.map(
        (line) => html`
      <li key=${line}>${line}</li>`,
      )}</ul>`
    }
    ${
      data.pools.length > 0 &&
      html`<${Table} label="Pools that would move" columns=${columns}
      items=${data.pools} keyOf=${(pool) => pool.pool} />`
    }`}<//><//>`;
};

const agentFacts = (server) => [
  ['Health', html`<${Badge} state=${server.health} /> ${server.health_sentence}`],
  ['Last seen', html`<${Time} at=${server.last_seen} />`],
  ['Load', server.load?.toFixed(2)],
  ['Machine', server.agent?.hostname],
  ['Links from', server.agent?.address],
  ['Software', server.agent?.software],
  [
    'Token',
    server.token_shared?.sentence ??
      (server.token_waits ? 'a newer one waits for its first link' : null),
  ],
  ['Reported address', server.reported_address?.sentence],
];

export const ServerView = ({name}) => {
  const server = useLive(at('servers', name), [`servers:${name}`], 800);
  return html`<${Loaded} of=${server}>${(data) => html`
    <${Head} title=${data.name} sub=${html`<span class="mono">${data.ipv4} ${data.ipv6 ?? ''}
      </span> <${Labels} labels=${data.labels} />`}>
      <${Actions} of="server" name=${data.name} thing=${data} /><//>
    <${Forced} title="Maintenance" by=${data.maintenance} />
    <div class="pair">
      <${Card} title="Its agent"><${Facts} rows=${agentFacts(data)} /><//>
      <${Card} title="Its service, as others find it">
        ${
          data.testimony.length === 0 &&
          html`<${Empty}>
          Nobody has reached it: its agent's word decides alone.<//>`
        }
        ${
          data.testimony.length > 0 &&
          html`<${Table} label="Testimony" columns=${TESTIMONY} items=${data.testimony}
          keyOf=${(each) => each.by + each.probe} />`
        }
        ${
          data.found_over_ipv6.length > 0 &&
          html`<h3>Over IPv6</h3><${Table} label="Over IPv6"
          columns=${TESTIMONY.slice(1, 5)} items=${data.found_over_ipv6}
          keyOf=${(each) => each.probe} />`
        }
      <//>
    </div>
    <${Card} title="Could it take over"><${Table} label="Readiness" columns=${READINESS}
      items=${data.readiness}
      keyOf=${(each) => each.pool} empty="It is in no pool." /><//>
    <${WhatIf} name=${data.name} />
    <${EventsOf} of=${{server: name}} />`}<//>`;
};

export {Forced};
