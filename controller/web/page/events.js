// Events as rows of a timeline.
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';
import {route, to} from './route.js';
import {Time} from './time.js';
import {Badge, Card, DomainLink, PoolLink, ServerLink, words} from './parts.js';

const BAD =
  /down|error|failed|outage_started|conflict|drift|refused|lost|expiring|not_ready|silent/;
const WARN = /failover|held|maintenance|pause|hold|switch|suspect|dry_run|shared/;
const GOOD = /up$|recovered|resolved|confirmed|served|linked|released|resumed|ended|failback/;

const toneOf = (type) => {
  if (GOOD.test(type)) return 'good';
  if (BAD.test(type)) return 'bad';
  return WARN.test(type) ? 'warn' : 'calm';
};

// An empty side is about no record.
const change = (event) => {
  const sides = [event.from, event.to].filter((each) => each !== '');
  if (sides.length === 0) return null;
  return html`<span class="mono">${sides.map((each) => each ?? 'nothing').join(' → ')}</span>`;
};

const Subject = ({event}) => html`
  ${event.domain && html`<${DomainLink} name=${event.domain.name} />`}
  ${event.pool && html`<${PoolLink} name=${event.pool.name} />`}
  ${event.server && html`<${ServerLink} name=${event.server.name} />`}`;

export const incidentLink = (id) => to('incidents', id);

// Of which the view itself tells.
const isShown = (incident) => {
  const {path, query} = route.value;
  return String(incident) === (path[0] === 'incidents' ? path[1] : query.incident);
};

export const EventRow = ({event}) => html`
  <li class="event" data-event=${event.type}>
    <${Time} at=${event.at} />
    <div>
      <${Badge} tone=${toneOf(event.type)}>${words(event.type)}<//> <${Subject} event=${event} />
      ${change(event)}
      ${event.reason && html`<span> ${event.reason}</span>`}
      ${event.detail && html`<span class="muted"> ${event.detail}</span>`}
      ${event.who && html`<span class="muted"> by ${event.who}</span>`}
      ${
        event.incident > 0 &&
        !isShown(event.incident) &&
        html`
        <a class="more" href=${incidentLink(event.incident)}>incident ${event.incident}</a>`
      }
    </div>
  </li>`;

export const EventList = ({events}) =>
  events.length
    ? html`<ol class="events">${events.map(
        (event) => html`<${EventRow} key=${event.id}
      event=${event} />`,
      )}</ol>`
    : html`<p class="empty">Nothing has happened.</p>`;

// The last of them. of: as the list of events is filtered.
export const EventsOf = ({of, title = 'Its events'}) => {
  const events = useLive(withQuery(at('events'), {limit: 30, ...of}), ['events'], 1000);
  return html`<${Card} title=${title}>${
    events.data && html`<${EventList} events=${events.data.items} />`
  }<//>`;
};
