// How often something took how long: a table, whose bars are for those who see.
import {html} from './html.js';

const BOUNDS_S = [0, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, Infinity];

const between = (values, [from, until]) =>
  values.filter((value) => value >= from && value < until).length;

const MINUTE_S = 60;
const spanOf = ([from, until]) => {
  const [each, unit] = from < MINUTE_S ? [1, 's'] : [MINUTE_S, 'min'];
  return until === Infinity
    ? `${from / each} ${unit} or more`
    : `${from / each} to ${until / each} ${unit}`;
};

// From the first span that has something in it to the last.
const spansOf = (values) => {
  const spans = BOUNDS_S.slice(1).map((until, i) => [BOUNDS_S[i], until]);
  const used = spans.map((span) => between(values, span) > 0);
  return spans.slice(used.indexOf(true), used.lastIndexOf(true) + 1);
};

const Bar = ({count, most}) => html`
  <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect class="busy" x="0" y="0" width=${(100 * count) / most} height="8" /></svg>`;

// series: [name, values in seconds].
export const Histogram = ({label, series}) => {
  const rows = spansOf(series.flatMap(([, values]) => values)).map((span) => [
    spanOf(span),
    series.map(([name, values]) => [name, between(values, span)]),
  ]);
  const most = Math.max(...rows.flatMap(([, counts]) => counts.map(([, count]) => count)));
  return html`<table class="histogram" aria-label=${label}>
    <thead><tr><th scope="col">Took</th>${series.map(
      ([name]) => html`<th scope="col" key=${name}>${name}</th>`,
    )}</tr></thead>
    <tbody>${rows.map(
      ([span, counts]) => html`<tr key=${span}><th scope="row">${span}</th>${counts.map(
        ([name, count]) => html`<td key=${name} data-title=${name}><div>
          <${Bar} count=${count} most=${most} /><span>${count}</span></div></td>`,
      )}</tr>`,
    )}</tbody></table>`;
};
