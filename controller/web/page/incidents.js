// What is broken: one number for all that belongs together, and who sees to it. Messages link here,
// also when it is long over: then its events are what there is.
import {html} from './html.js';
import {at} from './api.js';
import {useLive} from './live.js';
import {to} from './route.js';
import {Time} from './time.js';
import {
  Badge,
  Card,
  DomainLink,
  Facts,
  Head,
  Loaded,
  PoolLink,
  ServerLink,
  Table,
  counted,
  listed,
} from './parts.js';
import {Actions, ordersColumn} from './order.js';
import {EventsOf} from './events.js';

const TOPICS = ['incidents', 'servers', 'pools', 'domains'];
const TONES = {info: 'calm', warning: 'warn', error: 'bad', critical: 'bad'};

const Severity = ({incident}) =>
  html`<${Badge} tone=${TONES[incident.severity]}>${incident.severity}<//>`;

const SeenTo = ({by}) =>
  by
    ? html`${by.who}${by.why && html`: ${by.why}`}, since <${Time} at=${by.since} />${
        by.until && html`, until <${Time} at=${by.until} />`
      }`
    : html`<${Badge} tone="warn">nobody yet<//>`;

const columns = () => [
  ['Incident', (incident) => html`<a href=${to('incidents', incident.id)}>${incident.id}</a>`],
  ['Severity', (incident) => html`<${Severity} incident=${incident} />`],
  ['What', (incident) => incident.sentence],
  ['Since', (incident) => html`<${Time} at=${incident.since} />`],
  ['Domains', (incident) => incident.domain_count, 'num'],
  ['Who sees to it', (incident) => html`<${SeenTo} by=${incident.acknowledged} />`],
  ...ordersColumn(
    ['acknowledgeIncident'],
    (incident, only) =>
      !incident.acknowledged &&
      html`<${Actions} of="incident" name=${incident.id} only=${only} />`,
  ),
];

export const Incidents = () => {
  const incidents = useLive(at('incidents'), TOPICS, 1000);
  return html`
    <${Head} title="Incidents" sub="What is broken now. What is over stands in the timeline." />
    <${Loaded} of=${incidents}>${({items}) => html`<${Card}>
      <${Table} label="Incidents" columns=${columns()} items=${[...items].reverse()}
        empty="Nothing is broken." /><//>`}<//>`;
};

const Records = ({incident}) => {
  const {domains, domain_count: count} = incident;
  return html`<${Card} title=${`${counted(count, 'record')} not as wanted`}>
    <ul class="lines">${domains.map(
      (name) => html`<li key=${name}><${DomainLink} name=${name} /></li>`,
    )}</ul>
    ${count > domains.length && html`<p class="muted">and ${count - domains.length} more</p>`}<//>`;
};

const factsOf = (incident) => [
  ['Who sees to it', html`<${SeenTo} by=${incident.acknowledged} />`],
  ['Since', html`<${Time} at=${incident.since} />`],
  ['Servers', listed(incident.servers, ServerLink)],
  ['Pools without a server', incident.pools.length ? listed(incident.pools, PoolLink) : ''],
  ['Escalated to', incident.escalated.join(', ')],
];

const Open = ({incident}) => html`
  <${Head} title=${incident.sentence} sub=${html`<${Severity}
    incident=${incident} /> incident ${incident.id}`}>
    <${Actions} of="incident" name=${incident.id} thing=${incident} /><//>
  <div class="pair">
    <${Card} title="How it stands"><${Facts} rows=${factsOf(incident)} /><//>
    ${incident.domain_count > 0 && html`<${Records} incident=${incident} />`}
  </div>`;

export const IncidentView = ({name}) => {
  const incident = useLive(at('incidents', name), TOPICS, 800);
  const over = incident.error?.status === 404;
  return html`
    ${
      over
        ? html`<${Head} title=${`Incident ${name}`}
            sub="There is no open incident of that number." />`
        : html`<${Loaded} of=${incident}>${(data) => html`<${Open} incident=${data} />`}<//>`
    }
    <${EventsOf} of=${{incident: name}} />`;
};
