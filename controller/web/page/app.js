// The page: who is there, where they are, and the frame around what they see.
import {render} from 'preact';
import {useEffect, useRef} from 'preact/hooks';
import {html} from './html.js';
import {arrive, logOut, mayRead, who} from './api.js';
import {follow, hello, link} from './live.js';
import {route, to} from './route.js';
import {Time} from './time.js';
import {LogIn} from './login.js';
import {Shown, StatusPage} from './status_page.js';
import {Tokens} from './tokens.js';
import {load} from './openapi.js';
import {OrderDialog} from './order.js';
import {Overview} from './overview.js';
import {Servers, ServerView} from './servers.js';
import {Pools, PoolView} from './pools.js';
import {Domains, DomainView} from './domains.js';
import {Incidents, IncidentView} from './incidents.js';
import {DrillView, Drills} from './drills.js';
import {Timeline} from './timeline.js';
import {ChannelView, Notifications} from './notifications.js';
import {Providers, ProviderView} from './providers.js';

// Where a view's reading is not called as its address.
const READ_FROM = {'': 'status', timeline: 'events'};

// [address, name, all of them, one of them].
const VIEWS = [
  ['', 'Overview', Overview],
  ['servers', 'Servers', Servers, ServerView],
  ['pools', 'Pools', Pools, PoolView],
  ['domains', 'Domains', Domains, DomainView],
  ['incidents', 'Incidents', Incidents, IncidentView],
  ['drills', 'Drills', Drills, DrillView],
  ['timeline', 'Timeline', Timeline],
  ['notifications', 'Notifications', Notifications],
  ['providers', 'Providers', Providers, ProviderView],
  ['tokens', 'Tokens', Tokens],
];
const HIDDEN = [['channels', 'Channel', Notifications, ChannelView]];

// Of what who is here may read.
const views = () => VIEWS.filter(([address]) => mayRead(READ_FROM[address] ?? address));

const LINK = {
  joining: 'connecting',
  live: 'live',
  polling: 'asking every few seconds',
  lost: 'no connection',
};

const Link = () => html`<p class=${`link ${link.value.state}`} role="status">
  <i aria-hidden="true"></i>${LINK[link.value.state]}</p>`;

const Nav = ({current}) => html`
  <nav aria-label="Views"><ul>${views().map(
    ([address, name]) => html`<li key=${address}>
    <a href=${to(...[address].filter(Boolean))}
      aria-current=${current === address ? 'page' : undefined}>${name}</a></li>`,
  )}</ul></nav>`;

const Lost = () =>
  link.value.state === 'lost' &&
  html`
  <div class="notice bad"
    role="alert">The controller does not answer. What is shown is what was known at
    <${Time}
      at=${new Date(link.value.since).toISOString()} />; it is read again
      as soon as it does.</div>`;

const View = () => {
  const {path} = route.value;
  const found = [...VIEWS, ...HIDDEN].find(([address]) => address === (path[0] ?? ''));
  if (!found) return html`<h1>There is no such view</h1><p><a href=${to()}>Overview</a></p>`;
  const [, , All, One] = found;
  return path[1] && One ? html`<${One} key=${path[1]} name=${path[1]} />` : html`<${All} />`;
};

// Whoever comes by keyboard or screen reader begins in the new view.
const Main = () => {
  const main = useRef(null);
  const shown = useRef(null);
  const place = route.value.path.join('/');
  useEffect(() => {
    if (shown.current !== null && shown.current !== place) {
      main.current.focus({preventScroll: true});
      scrollTo(0, 0);
    }
    shown.current = place;
    document.title = place ? `${route.value.path.at(-1)} · Understudy` : 'Understudy';
  }, [place]);
  return html`<main id="main" tabindex="-1" ref=${main}><${Lost} /><${View} /></main>`;
};

const Frame = () => {
  useEffect(() => {
    load();
    return follow();
  }, []);
  const toMain = (event) => {
    event.preventDefault();
    document.getElementById('main').focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${toMain}>To the content</a>
    <header class="side-bar">
      <a class="brand" href=${to()}><img src=${new URL('icon.svg', import.meta.url)} alt=""
        width="22" height="22" /> Understudy</a>
      <${Nav} current=${route.value.path[0] ?? ''} />
      <div class="foot"><${Link} />
        <p>${who.value.name} <span class="muted">(${who.value.role})</span>
          <button class="plain" onClick=${logOut}>Log out</button></p>
        <p class="muted">${hello.value?.version} <a
          href=${new URL('licences.txt', import.meta.url)}>licences</a></p></div>
    </header>
    <${Main} /><${OrderDialog} />`;
};

const App = () => {
  const [place, token] = route.value.path;
  const others = place === 'status' && token;
  useEffect(() => {
    if (!others) arrive();
  }, [others]);
  if (others) return html`<${StatusPage} token=${token} />`;
  if (who.value === null) return html`<main class="login"><p role="status">Loading</p></main>`;
  if (!who.value) return html`<${LogIn} />`;
  if (!mayRead('status')) return html`<div class="alone"><${Shown} /></div>`;
  return html`<${Frame} />`;
};

render(html`<${App} />`, document.getElementById('app'));
