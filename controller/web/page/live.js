// What is shown stays true: each reading is watched while somebody shows it, and is read again when
// the controller's stream says that its topics changed, and after every reconnection. Where there
// is no stream, all that is shown is read again every few seconds. No stream tells mere time: what
// has ages in it is read again four times a minute.
import {signal, batch} from '@preact/signals';
import {useEffect, useMemo} from 'preact/hooks';
import {Lost, dropOut, get, headers} from './api.js';

const POLL_MS = 3000;
const POLLS = 20; // before the stream is tried again
const LEAST_MS = 400; // between two readings of the same
const AGE_MS = 15000;
const LEAVE_MS = 2000; // whoever comes back within that finds it
const JOIN_MS = 10000; // a stream that does not begin is none
const SILENCE_MS = 40000; // a stream that says nothing for so long is dead
const MOST_PAUSE_MS = 30000;

// state: 'joining', 'live', 'polling', 'lost'; since when; the controller's clock ahead of ours.
export const link = signal({state: 'joining', since: Date.now()});
export const aheadMs = signal(0);
export const now = () => Date.now() + aheadMs.value;

const watched = new Map();
const inUse = () => [...watched.values()].filter((reading) => reading.users > 0);

// A refusal stands until something changes, but for one for want of room; what was lost is tried.
const passes = (error) => error instanceof Lost || error.status === 429 || error.status >= 500;

class Reading {
  constructor(path) {
    this.path = path;
    this.topics = new Set();
    this.leastMs = Infinity;
    this.users = 0;
    this.state = signal({data: undefined, error: null});
    this.busy = false;
    this.again = false;
    this.failures = 0;
    this.read = 0;
    this.timer = null;
  }

  use() {
    this.users += 1;
    watched.set(this.path, this);
    this.refresh(true);
    return () => this.leave();
  }

  leave() {
    this.users -= 1;
    setTimeout(() => {
      if (this.users > 0 || watched.get(this.path) !== this) return;
      watched.delete(this.path);
      clearTimeout(this.timer);
    }, LEAVE_MS);
  }

  // Soon; how often it is asked does not matter, and what comes during a reading makes one more.
  refresh(atOnce = false) {
    if (this.busy) this.again = true;
    else this.schedule(atOnce ? 0 : Math.max(0, this.read + this.leastMs - Date.now()));
  }

  schedule(ms) {
    const due = Date.now() + ms;
    if (this.timer !== null && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.go(), ms);
  }

  async go() {
    this.timer = null;
    this.busy = true;
    const {data: before} = this.state.value;
    let error = null;
    try {
      this.state.value = {data: await get(this.path, before), error};
    } catch (thrown) {
      error = thrown;
      this.state.value = {data: before, error};
    }
    this.busy = false;
    this.read = Date.now();
    this.failures = error ? this.failures + 1 : 0;
    if (this.users === 0) return;
    if (this.again) {
      this.again = false;
      this.refresh();
    } else if (error && passes(error)) {
      this.schedule(Math.min(500 * 2 ** this.failures, MOST_PAUSE_MS));
    }
  }

  // What costs more is read less often.
  age() {
    const aging = [...this.topics].some((topic) => /^(servers|pools)\b/.test(topic));
    if (aging && Date.now() - this.read >= 6 * this.leastMs) this.refresh();
  }

  concerns(topics) {
    return [...this.topics].some((wanted) => {
      const [topic, name] = wanted.split(':', 2);
      if (!(topic in topics)) return false;
      return name === undefined || topics[topic] === null || topics[topic].includes(name);
    });
  }
}

const readingOf = (path, topics, leastMs) => {
  if (!watched.has(path)) watched.set(path, new Reading(path));
  const reading = watched.get(path);
  topics.forEach((topic) => reading.topics.add(topic));
  reading.leastMs = Math.min(reading.leastMs, leastMs);
  return reading;
};

// Topics as the stream has them; 'servers:web1' for one thing. path null: nothing is read.
export function useLive(path, topics = [], leastMs = LEAST_MS) {
  const reading = useMemo(
    () => (path === null ? null : readingOf(path, topics, leastMs)),
    [path],
  );
  useEffect(() => reading?.use(), [reading]);
  return reading === null ? {data: undefined, error: null} : reading.state.value;
}

export function refreshAll(atOnce = false) {
  for (const reading of inUse()) reading.refresh(atOnce);
}

const changed = (topics) => {
  for (const reading of inUse()) if (reading.concerns(topics)) reading.refresh();
};

const enter = (state) => {
  if (link.value.state !== state) link.value = {state, since: Date.now()};
};

export const hello = signal(null);

const heard = (event, data) => {
  if (event === 'hello') {
    batch(() => {
      aheadMs.value = Date.parse(data.now) - Date.now();
      hello.value = data;
      enter('live');
    });
    refreshAll(true);
  } else if (event === 'changed') {
    changed(data.topics);
  }
};

const told = (message) => {
  const lines = message.split('\n');
  const field = (name) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim())
      .join('\n');
  if (field('data')) heard(field('event'), JSON.parse(field('data')));
};

// Server-sent events, read by hand: EventSource sends no header, so no bearer token. As long as
// they come; tells with what status they began (0: not at all) and whether anything was heard.
async function listen(ended) {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  ended.addEventListener('abort', stop);
  let silence = setTimeout(stop, JOIN_MS);
  const outcome = {status: 0, joined: false};
  try {
    const answer = await fetch('/api/v1/stream', {
      headers: {...headers(), Accept: 'text/event-stream'},
      signal: stopped.signal,
      cache: 'no-store',
    });
    outcome.status = answer.status;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (answer.ok) {
      const {done, value} = await reader.read();
      if (done) break;
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
      const messages = (text + value).split('\n\n');
      text = messages.pop();
      messages.forEach(told);
      outcome.joined = outcome.joined || messages.length > 0;
    }
  } catch {
    // It broke off; what was found until then is told.
  }
  clearTimeout(silence);
  ended.removeEventListener('abort', stop);
  stop();
  return outcome;
}

const answers = () =>
  get('/healthz').then(
    () => true,
    (error) => !(error instanceof Lost),
  );

const pause = (ms, ended) =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    ended.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });

// From one state to another only by what was found: 'live' by a word of the stream, 'lost' when
// nobody answers, 'polling' when the controller does and its stream does not.
async function goOn(ended) {
  let tries = 0; // since the stream was last there
  let misses = 0; // of the stream, while the controller answered
  let polls = 0;
  while (!ended.aborted) {
    let outcome = null;
    if (polls === 0) {
      outcome = await listen(ended);
      if (outcome.status === 401) dropOut();
      if (outcome.joined) tries = misses = 0;
    }
    const there = !ended.aborted && (await answers());
    if (ended.aborted) return;
    if (!there) {
      enter('lost');
      misses = polls = 0;
    } else if (outcome && !outcome.joined) {
      misses += 1;
      if (outcome.status > 0 || misses > 2) polls = POLLS;
      if (link.value.state === 'lost') tries = 0;
    }
    if (polls > 0) {
      polls -= 1;
      enter('polling');
      refreshAll();
    }
    await pause(polls > 0 ? POLL_MS : Math.min(250 * 2 ** tries, 5000), ended);
    tries += 1;
  }
}

const keepAges = () => {
  if (!document.hidden) inUse().forEach((reading) => reading.age());
};

// As long as the page is open. Returns what ends it; what was read is then forgotten.
export function follow() {
  const ended = new AbortController();
  const ages = setInterval(keepAges, AGE_MS);
  document.addEventListener('visibilitychange', keepAges);
  goOn(ended.signal);
  return () => {
    ended.abort();
    clearInterval(ages);
    document.removeEventListener('visibilitychange', keepAges);
    watched.forEach((reading) => clearTimeout(reading.timer));
    watched.clear();
    link.value = {state: 'joining', since: Date.now()};
  };
}
