// Which orders belong to which thing, and which of them stand open beside it. Everything else of
// an order comes from the API's description; one that is not named here is found by its path, and
// stands behind the others.
export const FIRST = {
  server: ['startMaintenance', 'endMaintenance', 'editServer'],
  servers: ['addServer'],
  pool: [
    'failoverPool',
    'failbackPool',
    'holdPool',
    'releasePool',
    'switchPool',
    'runDrill',
    'endDrill',
  ],
  pools: ['addPool'],
  domain: ['adoptDomain', 'enforceDomain'],
  domains: ['addDomain', 'moveDomains'],
  provider: ['verifyProvider', 'replaceCredential'],
  providers: ['addProvider'],
  channel: ['testChannel', 'enableChannel', 'retryChannel'],
  channels: ['addChannel'],
  notification: ['retryNotification'],
  controls: ['pauseAll', 'resumeAll'],
  incident: ['acknowledgeIncident'],
  token: ['revokeToken'],
  tokens: ['addToken'],
};

// Not for people with a page: whole documents, copies, sessions.
const LEFT_OUT = new Set([
  'rehearseOrder',
  'applyFleet',
  'makeBackup',
  'removeBackup',
  'replayPolicy',
  'logIn',
  'logOut',
]);

// Orders that are of no use to a thing in its state: PUT and DELETE of the same are one switch.
const STATE_OF = {'dry-run': 'observe'};
const isNow = (operation, thing) => {
  const last = operation.path.split('/').at(-1);
  return thing?.[STATE_OF[last] ?? last];
};

const fits = (operation, thing, all) => {
  const twin = Object.values(all).find(
    (other) =>
      other.path === operation.path &&
      other !== operation &&
      ['PUT', 'DELETE'].includes(other.method),
  );
  if (operation.path.endsWith('}') || !twin || thing === undefined) return true;
  if (operation.method === 'DELETE') return Boolean(isNow(operation, thing));
  return operation.method !== 'PUT' || !isNow(operation, thing);
};

const ONLY_WHERE = {
  adoptDomain: (domain) => domain.record.foreign || domain.record.problem || domain.ignored,
  enforceDomain: (domain) => domain.record.foreign || domain.record.problem || domain.ignored,
  failbackDomain: () => false, // its pool has it
  enableChannel: (channel) => channel.disabled,
  failbackPool: (pool) => pool.failed_over || pool.preferred,
  runDrill: (pool) => !pool.drill,
  endDrill: (pool) => pool.drill?.phase === 'away',
};

// kind: 'server' (one) or 'servers' (all of them); [those in front, those behind].
export function actionsOf(kind, thing, all) {
  const belongs = (operation) =>
    operation.about.length > 0 ? operation.about.at(-1) === kind : operation.tag === kind;
  const found = Object.values(all).filter(
    (operation) =>
      !LEFT_OUT.has(operation.id) &&
      belongs(operation) &&
      fits(operation, thing, all) &&
      (!thing || !ONLY_WHERE[operation.id] || ONLY_WHERE[operation.id](thing)),
  );
  const first = FIRST[kind] ?? [];
  const front = found
    .filter((operation) => first.includes(operation.id))
    .sort((a, b) => first.indexOf(a.id) - first.indexOf(b.id));
  const behind = found
    .filter((operation) => !first.includes(operation.id))
    .sort(
      (a, b) => a.path.endsWith('}') - b.path.endsWith('}') || a.summary.localeCompare(b.summary),
    );
  return [front, behind];
}
