// The first screen, from top to bottom: how things are, what is being done, what holds and what
// lets go, what would follow if a server died now, pools, and what happened last.
import {useState} from 'preact/hooks';
import {html} from './html.js';
import {at} from './api.js';
import {useLive, link} from './live.js';
import {to} from './route.js';
import {Time} from './time.js';
import {Badge, Card, Empty, Loaded, PoolLink, Trouble, counted} from './parts.js';
import {mayOrder} from './openapi.js';
import {Actions} from './order.js';
import {EventList} from './events.js';
import {PoolTable} from './pools.js';

const FLEET = ['servers', 'pools', 'domains', 'controls'];
const SHOWN = 6;

const toneOf = (status) => {
  const {domains, held} = status;
  if (domains.outage || domains.conflict || !status.store.writable) return 'bad';
  const busy =
    domains.failed_over || domains.switching || held.held || status.domains_without_standby;
  return busy ? 'warn' : 'good';
};

const HOW = {
  live: 'live',
  polling: 'read again every few seconds',
  joining: 'live soon',
  lost: 'and nothing since',
};

const BAR = [
  ['active', 'good'],
  ['failed_over', 'warn'],
  ['switching', 'busy'],
  ['outage', 'bad'],
  ['conflict', 'bad'],
];

// The domains by status, as one bar; the numbers beside it say the same.
const StatusBar = ({domains}) =>
  domains.total > 0 &&
  html`
  <svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
    ${
      BAR.reduce(
        ({x, parts}, [status, tone]) => {
          const width = (1000 * domains[status]) / domains.total;
          parts.push(
            html`<rect key=${status} class=${tone} x=${x} y="0" width=${width} height="8" />`,
          );
          return {x: x + width, parts};
        },
        {x: 0, parts: []},
      ).parts
    }
  </svg>`;

const Count = ({number, of, unit, href, tone}) => html`
  <a class="count ${tone ?? ''}" href=${href}>
    <b>${number}${of !== undefined && html`<small> / ${of}</small>`}</b><span>${unit}</span></a>`;

const Counts = ({status}) => {
  const {servers, pools, domains} = status;
  const filtered = (state) => `${to('domains')}?status=${state}`;
  return html`<div class="counts">
    <${Count} number=${servers.online} of=${servers.total} unit="servers online"
      href=${to('servers')}
      tone=${servers.online < servers.total ? 'warn' : ''} />
    <${Count} number=${domains.active} of=${domains.total} unit="domains at their primary"
      href=${to('domains')} />
    <${Count} number=${domains.failed_over} unit="failed over" href=${filtered('failed_over')}
      tone=${domains.failed_over ? 'warn' : ''} />
    <${Count} number=${domains.outage} unit="without a server" href=${filtered('outage')}
      tone=${domains.outage ? 'bad' : ''} />
    <${Count} number=${domains.conflict} unit="in conflict" href=${filtered('conflict')}
      tone=${domains.conflict ? 'bad' : ''} />
    <${Count} number=${pools.total} unit=${pools.total === 1 ? 'pool' : 'pools'}
      href=${to('pools')} />
    ${
      // Known of everybody's together, and only to who sees everything.
      status.notifications_pending !== null &&
      html`<${Count} number=${status.notifications_pending} unit="notifications waiting"
      href=${`${to('notifications')}?state=pending`} />
    <${Count} number=${status.notifications_dead} unit="given up"
      href=${`${to('notifications')}?state=dead`}
      tone=${status.notifications_dead ? 'bad' : ''} />`
    }
  </div>`;
};

export const Sentence = ({status}) => html`
  <div class="sentence ${toneOf(status)}">
    <h1><i aria-hidden="true"></i>${status.sentence}</h1>
    <p class="sub">As of <${Time}
      at=${status.time} />, ${HOW[link.value.state]}.</p>
    <${StatusBar} domains=${status.domains} />
  </div>`;

// What needs a person and is no restraint.
const Needs = ({status}) => {
  const lines = [
    ...status.conflicts.sentences,
    ...status.unreadable_credentials.map((each) => each.problem),
    ...(status.store.writable ? [] : ['The store cannot be written: nothing is decided.']),
    ...(status.tls?.certificate.problem ? [status.tls.certificate.problem] : []),
  ];
  return (
    lines.length > 0 &&
    html`<${Card} title="Needs a person">
    <ul class="lines">${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul><//>`
  );
};

const Doing = ({status, pools}) => {
  const coming = pools.filter((pool) => pool.next);
  const behind = status.records_behind;
  return html`<${Card} title="Being done">
    ${
      coming.length === 0 &&
      behind === 0 &&
      html`<${Empty}>
      Nothing: every record is as it should be.<//>`
    }
    <ul class="lines">
      ${behind > 0 && html`<li>${counted(behind, 'record')} not yet confirmed by the provider</li>`}
      ${coming.slice(0, 20).map(
        (pool) => html`
        <li key=${pool.id}><${PoolLink} name=${pool.name} />: ${pool.next}</li>`,
      )}
    </ul><//>`;
};

const Holding = ({status}) => html`
  <${Card} title="What holds" side=${html`<${Actions} of="controls" thing=${status.controls} />`}>
    ${status.held.restraints.length === 0 && html`<${Empty}>Nothing holds automation back.<//>`}
    <ul class="lines">${status.held.restraints.map(
      (held) => html`
      <li key=${held.kind + held.pool}>
        <${Badge} tone="warn">${held.kind.replaceAll('_', ' ')}<//>
        ${held.pool && html` <${PoolLink} name=${held.pool} />:`} ${held.why};
        <span class="muted"> ${held.lets_go}</span></li>`,
    )}
    </ul>
    ${
      status.held.count > status.held.restraints.length &&
      html`
      <p class="muted">and ${status.held.count - status.held.restraints.length} more</p>`
    }
  <//>`;

const worstFirst = (a, b) =>
  b.unserved - a.unserved ||
  b.not_ready - a.not_ready ||
  b.held - a.held ||
  b.moving - a.moving ||
  a.server.localeCompare(b.server);

const Badges = ({each}) => html`
  ${each.unserved > 0 && html`<${Badge} tone="bad">${each.unserved} without stand-by<//>`}
  ${each.not_ready > 0 && html`<${Badge} tone="bad">${each.not_ready} to one not ready<//>`}
  ${each.held > 0 && html`<${Badge} tone="warn">${each.held} held<//>`}
  ${
    each.pools_without_standby > 0 &&
    html`
    <${Badge} tone="warn">
      ${counted(each.pools_without_standby, 'pool')} without another stand-by<//>`
  }`;

// The whole sentence, with the times, comes for those that are shown.
const IfItDied = ({each}) => {
  const whole = useLive(`/api/v1/what-if?server=${encodeURIComponent(each.server)}`, FLEET, 10000);
  return html`<li>
    <span>${whole.data?.sentence ?? each.sentence}</span> <${Badges} each=${each} />
    ${whole.data?.obstacles.map((line) => html`<div class="muted" key=${line}>${line}</div>`)}
    <a class="more" href=${to('servers', each.server)}>${each.server}</a></li>`;
};

const Readiness = () => {
  const [all, setAll] = useState(false);
  const what = useLive('/api/v1/what-if?all=true', FLEET, 10000);
  return html`<${Card} title="If a server died now">
    <${Loaded} of=${what}>${(data) => {
      const servers = data.servers.filter((each) => each.pools > 0).sort(worstFirst);
      if (servers.length === 0)
        return html`<${Empty}>No server is published: nothing would move.<//>`;
      const shown = all ? servers.slice(0, 200) : servers.slice(0, SHOWN);
      return html`
        <ul class="lines readiness">${shown.map(
          (each) => html`
          <${IfItDied} key=${each.server} each=${each} />`,
        )}</ul>
        ${
          servers.length > shown.length &&
          html`<button class="plain" onClick=${() => setAll(true)}>
          Show ${servers.length - shown.length} more</button>`
        }`;
    }}<//>
  <//>`;
};

const calmLast = (a, b) =>
  Number(b.outage) - Number(a.outage) ||
  Number(b.failed_over) - Number(a.failed_over) ||
  Number(!!b.next) - Number(!!a.next) ||
  a.name.localeCompare(b.name);

const Pools = ({pools}) => {
  const shown = [...pools].sort(calmLast).slice(0, 12);
  return html`<${Card} title="Pools" side=${html`<a href=${to('pools')}>all ${pools.length}</a>`}>
    <${PoolTable} pools=${shown} /><//>`;
};

const First = ({status}) => html`
  ${
    status.domains.total === 0 &&
    mayOrder('addProvider') &&
    html`<${Card} title="Begin here"><ol class="lines">
    <li><a href=${to('providers')}>Register a provider</a>, the account that holds your zones.</li>
    <li><a href=${to('servers')}>Register two servers</a> and start their agents.</li>
    <li><a href=${to('domains')}>Take a domain into care</a>, served by both.</li></ol><//>`
  }`;

export const Overview = () => {
  const status = useLive(
    at('status'),
    [...FLEET, 'events', 'notifications', 'channels', 'providers'],
    800,
  );
  const pools = useLive(status.data ? at('pools') : null, ['pools', 'servers', 'controls'], 1000);
  const events = useLive(status.data ? `${at('events')}?limit=12` : null, ['events'], 800);
  return html`<${Loaded} of=${status}>${(data) => html`
    <${Sentence} status=${data} />
    <${Counts} status=${data} />
    <${First} status=${data} />
    <${Needs} status=${data} />
    <div class="pair">
      <${Doing} status=${data} pools=${pools.data?.items ?? []} />
      <${Holding} status=${data} />
    </div>
    <${Readiness} />
    <${Trouble} error=${pools.error} />
    ${pools.data && html`<${Pools} pools=${pools.data.items} />`}
    <${Card} title="Last events" side=${html`<a href=${to('timeline')}>timeline</a>`}>
      ${events.data && html`<${EventList} events=${events.data.items} />`}<//>`}<//>`;
};
