// Where the page is: #/servers/web1?x=y as {path: ['servers', 'web1'], query: {x: 'y'}}.
import {signal} from '@preact/signals';

const read = () => {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decodeURIComponent),
    query: Object.fromEntries(new URLSearchParams(query ?? '')),
  };
};

export const route = signal(read());
addEventListener('hashchange', () => {
  route.value = read();
});

export const to = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

// Filters stand in the address, so that a view can be sent to somebody.
export const setQuery = (changes) => {
  const query = {...route.value.query, ...changes};
  const given = Object.entries(query).filter(([, value]) => value !== '' && value != null);
  const path = to(...route.value.path);
  history.replaceState(null, '', given.length ? `${path}?${new URLSearchParams(given)}` : path);
  route.value = read();
};
