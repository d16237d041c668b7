// A page for others: how the domains of a token's scope are served, and what moved. The token
// stands behind the # of the link, which browsers send to nobody.
import {useEffect, useState} from 'preact/hooks';
import {html} from './html.js';
import {arrive, at} from './api.js';
import {refreshAll, useLive} from './live.js';
import {Time} from './time.js';
import {Badge, Card, Loaded, Table, Trouble, counted, toneOf} from './parts.js';

const AGAIN_MS = 10000;
const SAID = {
  active: 'served as usual',
  failed_over: 'served by a stand-by',
  switching: 'moving now',
  outage: 'no healthy server',
  conflict: 'record changed by somebody else',
};
const HAPPENED = {
  failover_triggered: 'moved to a stand-by',
  server_recovered: 'served as usual again',
  outage_started: 'no healthy server',
  outage_resolved: 'a healthy server again',
};

const DOMAINS = [
  ['Domain', (domain) => domain.display_name],
  ['Now', (domain) => html`<${Badge} state=${domain.status}>${SAID[domain.status]}<//>`],
];

const HISTORY = [
  ['When', (event) => html`<${Time} at=${event.at} />`],
  ['What', (event) => event.about ?? 'some of these'],
  ['How', (event) => HAPPENED[event.type]],
];

const Practised = ({drills: {passed, failed, last_good: good}}) => html`
  <${Card} title="Failover, practised">
    <p>${counted(passed, 'drill')} passed${good && html`, the last at <${Time} at=${good} />`}${
      failed > 0 && html`; ${failed} failed`
    }.</p><//>`;

// As that of the worst of them.
const toneOfAll = (domains) => {
  const tones = domains.map((domain) => toneOf(domain.status));
  return ['bad', 'warn'].find((tone) => tones.includes(tone)) ?? 'good';
};

export const Shown = () => {
  useEffect(() => {
    const timer = setInterval(refreshAll, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const page = useLive(at('status-page'));
  return html`<main><${Loaded} of=${page}>${({now, history, drills}) => html`
    <div class=${`sentence ${toneOfAll(now.domains)}`}><h1><i aria-hidden="true"></i>
      ${now.sentence}</h1>
      <p class="sub">As of <${Time} at=${now.time} />.</p></div>
    <${Card} title=${counted(now.domain_count, 'domain')}>
      <${Table} label="Domains" columns=${DOMAINS} items=${now.domains}
        keyOf=${(domain) => domain.name} empty="None." /><//>
    ${drills.passed + drills.failed > 0 && html`<${Practised} drills=${drills} />`}
    <${Card} title="What happened">
      <${Table} label="History" columns=${HISTORY} items=${history}
        keyOf=${(event) => `${event.at} ${event.type} ${event.about}`}
        empty="Nothing has moved." /><//>`}<//></main>`;
};

export const StatusPage = ({token}) => {
  const [state, setState] = useState({});
  useEffect(() => {
    arrive(token).then(
      () => setState({open: true}),
      (error) => setState({error}),
    );
  }, [token]);
  if (state.open) return html`<div class="alone"><${Shown} /></div>`;
  return html`<main class="login">${
    state.error ? html`<${Trouble} error=${state.error} />` : html`<p role="status">Loading</p>`
  }</main>`;
};
