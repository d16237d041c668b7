// Drills: switches made on purpose, to a stand-by and home again, and how long they took. What was
// measured stands beside what was estimated.
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';
import {route, setQuery, to} from './route.js';
import {Time, ago} from './time.js';
import {
  Badge,
  Card,
  Empty,
  Facts,
  Head,
  Loaded,
  PoolLink,
  Search,
  ServerLink,
  Table,
  counted,
} from './parts.js';
import {Actions} from './order.js';
import {Histogram} from './histogram.js';

const PAGE = 100;
const TOPICS = ['drills'];

const PHASE = {away: 'at the stand-by', home: 'on its way home'};

const Result = ({drill}) => html`
  ${
    drill.result
      ? html`<${Badge} state=${drill.result} />`
      : html`<${Badge} tone="warn">${PHASE[drill.phase] ?? drill.phase}<//>`
  } ${drill.reason}`;

// The provider's word that it has all records, and then that name servers give them out.
const seconds = (value) => {
  const digits = value < 1 ? 2 : value < 10 ? 1 : 0;
  return `${Number(value.toFixed(digits))} s`;
};
const Took = ({drill, leg}) => {
  const {confirmed_s: confirmed, served_s: served} = leg;
  if (confirmed === null && served === null)
    return html`<span class="muted">${drill.ended ? 'not measured' : 'not yet'}</span>`;
  return [
    confirmed !== null && `confirmed in ${seconds(confirmed)}`,
    served !== null && `served in ${seconds(served)}`,
  ]
    .filter(Boolean)
    .join(', ');
};

// What is estimated is how long the provider takes.
const Away = ({drill}) => {
  const {estimate_s: estimate, away} = drill;
  const late = estimate !== null && away.confirmed_s !== null && away.confirmed_s > estimate;
  return html`<${Took} drill=${drill} leg=${away} />${
    estimate !== null && html`<span class="muted">; estimated ${seconds(estimate)}</span>`
  } ${late && html`<${Badge} tone="warn">took longer<//>`}`;
};

const Way = ({drill}) => html`<${ServerLink} name=${drill.from} /> → <${ServerLink}
  name=${drill.to} />`;

const COLUMNS = [
  ['Begun', (drill) => html`<a href=${to('drills', drill.id)}><${Time} at=${drill.started} /></a>`],
  [
    'Pool',
    (drill) => html`<${PoolLink} name=${drill.pool} /><div><${Way} drill=${drill} /></div>`,
    'names',
  ],
  ['By', (drill) => drill.by],
  ['Result', (drill) => html`<${Result} drill=${drill} />`],
  ['To the stand-by', (drill) => html`<${Away} drill=${drill} />`],
  ['Home', (drill) => html`<${Took} drill=${drill} leg=${drill.home} />`],
];

const measuresOf = (drills, name) =>
  drills.map((drill) => drill.away[name]).filter((value) => value !== null);

const Measured = ({drills}) => {
  const confirmed = measuresOf(drills, 'confirmed_s');
  const served = measuresOf(drills, 'served_s');
  return html`<${Card} title="How long a switch to the stand-by took">
    ${
      confirmed.length + served.length === 0
        ? html`<${Empty}>None of these was measured.<//>`
        : html`<p class="muted">Of the ${counted(drills.length, 'drill')} below, from the order on.
            </p><${Histogram} label="How long a switch took" series=${[
              ['Confirmed by the provider', confirmed],
              ['Served by the name servers', served],
            ]} />`
    }<//>`;
};

export const Drills = () => {
  const {pool = '', cursor = ''} = route.value.query;
  const drills = useLive(withQuery(at('drills'), {pool, cursor, limit: PAGE}), TOPICS, 1000);
  return html`
    <${Head} title="Drills"
      sub="Pools that were moved to their stand-by on purpose and home again, the newest first." />
    <div class="filters"><${Search} label="Pool" value=${pool}
      onInput=${(text) => setQuery({pool: text, cursor: ''})} /></div>
    <${Loaded} of=${drills}>${({items, next}) => html`
      <${Measured} drills=${items} />
      <${Card} title="Drills">
        <${Table} label="Drills" columns=${COLUMNS} items=${items}
          empty=${pool ? 'None fits.' : 'None was made. A pool has the order for it.'} />
        <div class="bar-of-buttons">
          ${cursor && html`<button onClick=${() => setQuery({cursor: ''})}>Newest</button>`}
          ${
            next !== null &&
            html`<button onClick=${() => setQuery({cursor: next})}>Earlier</button>`
          }
        </div><//>`}<//>`;
};

const factsOf = (drill) => [
  ['Pool', html`<${PoolLink} name=${drill.pool} />`],
  ['From → to', html`<${Way} drill=${drill} />`],
  ['By', drill.by],
  ['Why', drill.why],
  ['Begun', html`<${Time} at=${drill.started} />`],
  ['Ended', drill.ended && html`<${Time} at=${drill.ended} />`],
  ['To the stand-by', html`<${Away} drill=${drill} />`],
  ['Home', html`<${Took} drill=${drill} leg=${drill.home} />`],
];

export const DrillView = ({name}) => {
  const drill = useLive(at('drills', name), TOPICS, 800);
  return html`<${Loaded} of=${drill}>${(data) => html`
    <${Head} title=${`Drill ${data.id} of ${data.pool}`} sub=${html`<${Result} drill=${data} />`}>
      ${
        data.ended === null &&
        html`<${Actions} of="pool" name=${data.pool} only=${['endDrill']} />`
      }
    <//>
    <${Card} title="How it went"><${Facts} rows=${factsOf(data)} /><//>`}<//>`;
};

// Of a pool: when it last went well; amber where the next is due.
export const LastDrill = ({pool}) => {
  const last = pool.last_good_drill ? ago(pool.last_good_drill) : 'never';
  return html`<${Badge} tone=${pool.drill_due ? 'warn' : 'calm'}>
    ${pool.drill_due ? `${last}, one is due` : last}<//>`;
};

export const DrillNow = ({drill}) =>
  drill &&
  html`<div class="notice warn"><strong>Drill</strong> by ${drill.by}${
    drill.why && html`: ${drill.why}`
  }, <${Way} drill=${drill} />, ${PHASE[drill.phase]}, since <${Time} at=${drill.started} />; <a
    href=${to('drills', drill.id)}>how it goes</a></div>`;
