// The names that a field may take, while one is typed: the controller searches, a few at a time.
import {signal} from '@preact/signals';
import {useRef} from 'preact/hooks';
import {html} from './html.js';
import {at, withQuery} from './api.js';
import {useLive} from './live.js';

const MOST = 20;
const PAUSE_MS = 150;

const KINDS = {
  to: 'servers',
  pin: 'servers',
  pool: 'pools',
  from_pool: 'pools',
  provider: 'providers',
};

const asked = signal(null); // {kind, search}
let timer = null;

// The attributes of a field of that name.
export const suggesting = (field) => {
  const kind = KINDS[field];
  if (!kind) return {};
  const ask = (event) => {
    const search = event.target.value.trim();
    const same = asked.value?.kind === kind;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        asked.value = {kind, search};
      },
      same ? PAUSE_MS : 0,
    );
  };
  return {list: 'names', onFocus: ask, onKeyUp: ask};
};

export const Suggestions = () => {
  const last = useRef([]);
  const {kind, search} = asked.value ?? {};
  const found = useLive(kind ? withQuery(at(kind), {search, limit: MOST}) : null);
  if (found.data) last.current = found.data.items;
  return html`<datalist id="names">${last.current.map(
    (each) => html`<option key=${each.id} value=${each.name}></option>`,
  )}</datalist>`;
};
