// What happened and why, by filters; and the picture of a moment: what was known at 02:14.
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';
import {route, setQuery} from './route.js';
import {Time, fromInput, toInput} from './time.js';
import {Card, Head, Loaded, Search} from './parts.js';
import {EventList} from './events.js';
import {Why} from './domains.js';
import {Actions} from './order.js';

const PAGE = 100;
const FILTERS = ['domain', 'pool', 'server', 'type', 'incident'];

const Moment = ({label, name, value}) => html`
  <label class="field inline"><span>${label}</span><input type="datetime-local" step="1"
    value=${value ? toInput(value) : ''}
    onChange=${(event) => setQuery({[name]: fromInput(event.target.value), cursor: ''})} />
      </label>`;

// Types are typed as they are shown.
const filter = (name) => (text) =>
  setQuery({[name]: name === 'type' ? text.replaceAll(' ', '_') : text, cursor: ''});

export const Timeline = () => {
  const {query} = route.value;
  const events = useLive(
    withQuery(at('events'), {...query, limit: PAGE}),
    query.until ? [] : ['events'],
    1000,
  );
  return html`
    <${Head} title="Timeline" sub=${
      query.until
        ? html`What was known at <${Time} at=${query.until} />, the newest first.`
        : 'What happened and why, the newest first.'
    }>${query.incident && html`<${Actions} of="incident" name=${query.incident} />`}<//>
    <div class="filters">
      ${FILTERS.map(
        (name) => html`<${Search} key=${name} label=${name[0].toUpperCase() + name.slice(1)}
        value=${query[name] ?? ''} onInput=${filter(name)} />`,
      )}
      <${Moment} label="Since" name="since" value=${query.since} />
      <${Moment} label="Known at" name="until" value=${query.until} />
      ${
        Object.keys(query).length > 0 &&
        html`<button class="plain" onClick=${() => {
          location.hash = '#/timeline';
        }}>
        Clear</button>`
      }
    </div>
    ${
      query.domain &&
      query.until &&
      html`<${Card} title=${`${query.domain} then`}>
      <${Why} name=${query.domain} moment=${query.until} /><//>`
    }
    <${Loaded} of=${events}>${({items, next}) => html`<${Card}>
      <${EventList} events=${items} />
      <div class="bar-of-buttons">
        ${query.cursor && html`<button onClick=${() => setQuery({cursor: ''})}>Newest</button>`}
        ${
          next !== null &&
          items.length === PAGE &&
          html`<button
          onClick=${() => setQuery({cursor: next})}>Earlier</button>`
        }
      </div><//>`}<//>`;
};
