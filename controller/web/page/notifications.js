// What was or is to be told, where it goes, and what was given up.
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';
import {route, setQuery, to} from './route.js';
import {Time} from './time.js';
import {Badge, Card, Choice, Facts, Head, Labels, Loaded, Search, Table, words} from './parts.js';
import {Actions, ordersColumn} from './order.js';
import {incidentLink} from './events.js';

const PAGE = 100;

const Payload = ({notice}) => html`
  <details><summary>${words(notice.type)}</summary><pre tabindex="0">
    ${JSON.stringify(notice.payload?.data ?? {}, null, 2)}</pre>
    ${
      notice.payload?.data?.incident &&
      html`<a
      href=${incidentLink(notice.payload.data.incident)}>incident</a>`
    }</details>`;

const columns = () => [
  ['Made', (notice) => html`<${Time} at=${notice.created} />`],
  ['What', (notice) => html`<${Payload} notice=${notice} />`],
  ['Channel', (notice) => notice.channel?.name || html`<span class="muted">removed</span>`],
  ['State', (notice) => html`<${Badge} state=${notice.state} />`],
  ['Tries', (notice) => notice.attempts, 'num'],
  [
    'Next',
    (notice) =>
      notice.state === 'pending' && notice.next_try && html`<${Time} at=${notice.next_try} />`,
  ],
  ['Last error', (notice) => notice.last_error],
  ...ordersColumn(
    ['retryNotification'],
    (notice, only) =>
      notice.state !== 'delivered' &&
      html`<${Actions} of="notification" name=${notice.id} only=${only} />`,
  ),
];

const about = (channel) =>
  Object.values(channel.settings ?? {})
    .flat()
    .join(', ');

const CHANNELS = [
  ['Channel', (channel) => html`<a href=${to('channels', channel.name)}>${channel.name}</a>`],
  ['Kind', (channel) => channel.kind],
  ['Where to', (channel) => about(channel)],
  [
    'Told',
    (channel) => (channel.types.length ? channel.types.map(words).join(', ') : 'everything'),
  ],
  [
    'State',
    (channel) =>
      channel.disabled
        ? html`<${Badge} tone="bad">disabled<//>`
        : channel.credential_problem
          ? html`<${Badge} tone="bad">no credential<//>`
          : html`<${Badge} tone="good">in use<//>`,
  ],
];

export const Notifications = () => {
  const {state = '', channel = '', cursor = ''} = route.value.query;
  const notices = useLive(
    withQuery(at('notifications'), {state, channel, cursor, limit: PAGE}),
    ['notifications', 'channels'],
    1000,
  );
  const channels = useLive(at('channels'), ['channels']);
  return html`
    <${Head} title="Notifications"><${Actions} of="channels" /><//>
    <${Card} title="Channels"><${Loaded} of=${channels}>${({items}) => html`
      <${Table} label="Channels" columns=${CHANNELS} items=${items}
        empty="Nobody is told anything: add a channel." />`}<//><//>
    <div class="filters">
      <${Choice} label="State" value=${state} options=${['', 'pending', 'delivered', 'dead']}
        onChange=${(each) => setQuery({state: each, cursor: ''})} />
      <${Search} label="Channel" value=${channel}
        onInput=${(text) => setQuery({channel: text, cursor: ''})} />
    </div>
    <${Loaded} of=${notices}>${({
      items,
      next,
    }) => html`<${Card} title=${state === 'dead' ? 'Given up' : 'Messages'}>
      <${Table} label="Notifications" columns=${columns()} items=${items} empty="None." />
      ${
        next !== null &&
        items.length === PAGE &&
        html`<div class="bar-of-buttons">
        <button onClick=${() => setQuery({cursor: next})}>Earlier</button></div>`
      }<//>`}<//>`;
};

export const ChannelView = ({name}) => {
  const channel = useLive(at('channels', name), [`channels:${name}`]);
  const notices = useLive(
    withQuery(at('notifications'), {channel: name, limit: 30}),
    ['notifications'],
    1000,
  );
  return html`<${Loaded} of=${channel}>${(data) => html`
    <${Head} title=${data.name} sub=${`${data.kind} ${about(data)}`}>
      <${Actions} of="channel" name=${data.name} thing=${data} /><//>
    ${data.credential_problem && html`<div class="notice bad">${data.credential_problem}</div>`}
    <${Card} title="What it is told"><${Facts} rows=${[
      ['Types', data.types.map(words).join(', ') || 'all'],
      ['From severity', data.severity],
      ['Pools', data.pools.join(', ') || 'all'],
      [
        'Labels',
        Object.keys(data.labels).length > 0 ? html`<${Labels} labels=${data.labels} />` : 'all',
      ],
      ['Reminds every', data.remind_every_s ? `${data.remind_every_s} s` : 'never'],
    ]} /><//>
    <${Card} title="Its messages">${
      notices.data &&
      html`<${Table} label="Notifications" columns=${columns()}
      items=${notices.data.items} empty="None yet." />`
    }<//>`}<//>`;
};
