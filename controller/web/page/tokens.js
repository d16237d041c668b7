// Who may do what: tokens, by role and scope.
import {html} from './html.js';
import {at} from './api.js';
import {useLive} from './live.js';
import {Time} from './time.js';
import {Badge, Card, Head, Labels, Loaded, Table} from './parts.js';
import {Actions} from './order.js';

const Scope = ({scope}) =>
  scope
    ? html`${scope.pools?.join(', ')} <${Labels} labels=${scope.labels} />`
    : html`<span class="muted">everything</span>`;

const COLUMNS = [
  ['Token', (token) => token.name],
  ['Role', (token) => token.role],
  ['Sees', (token) => html`<${Scope} scope=${token.scope} />`],
  ['From', (token) => token.sources?.join(', ') || 'anywhere'],
  ['Made', (token) => html`<${Time} at=${token.made} />`],
  ['Last used', (token) => html`<${Time} at=${token.last_used} /> ${token.last_used_from}`],
  [
    'Ends',
    (token) => {
      if (token.expired) return html`<${Badge} tone="bad">has ended<//>`;
      return token.expires ? html`<${Time} at=${token.expires} />` : 'never';
    },
  ],
  ['Orders', (token) => html`<${Actions} of="token" name=${token.id} thing=${token} />`],
];

export const Tokens = () => {
  const tokens = useLive(at('tokens'), ['tokens']);
  return html`
    <${Head} title="Tokens"
      sub="Who may see and order what. A guest's token opens a page for others, and nothing else."
      ><${Actions} of="tokens" /><//>
    <${Loaded} of=${tokens}>${({items}) => html`<${Card}>
      <${Table} label="Tokens" columns=${COLUMNS} items=${items} empty="None." /><//>`}<//>`;
};
