// Times in the viewer's zone, with UTC beside; lengths of time in words.
import {html} from './html.js';
import {now} from './live.js';

const two = (number) => String(number).padStart(2, '0');
const DAY_MS = 86400000;

const clock = (at) => `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
const day = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
const utcClock = (at) => at.toISOString().slice(11, 19);
const utcDay = (at) => at.toISOString().slice(0, 10);

export const local = (text) => {
  const at = new Date(text);
  const near = Math.abs(now() - at) < DAY_MS && day(at) === day(new Date(now()));
  return near ? clock(at) : `${day(at)} ${clock(at)}`;
};

export const utc = (text) => {
  const at = new Date(text);
  return utcDay(at) === day(at) ? `${utcClock(at)} UTC` : `${utcDay(at)} ${utcClock(at)} UTC`;
};

// Where both are the same, it is said once.
const beside = (text) => {
  const at = new Date(text);
  return utcClock(at) === clock(at) && utcDay(at) === day(at) ? 'UTC' : utc(text);
};

export const length = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
};

export const ago = (text) => {
  const seconds = (now() - Date.parse(text)) / 1000;
  return seconds < 0 ? `in ${length(-seconds)}` : `${length(seconds)} ago`;
};

export const Time = ({at}) =>
  at
    ? html`<time datetime=${at}>${local(at)} <span class="utc">${beside(at)}</span></time>`
    : html`<span class="muted">never</span>`;

// For <input type="datetime-local">, and back.
export const toInput = (text) => {
  const at = new Date(text);
  return `${day(at)}T${clock(at)}`;
};
export const fromInput = (text) => (text ? new Date(text).toISOString() : '');
