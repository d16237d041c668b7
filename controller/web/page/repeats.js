// An order is carried out once, however often it has to be sent: the controller knows a repeat by
// its key, for as long as it runs.
import {Lost, Refusal, call, get} from './api.js';
import {hello} from './live.js';

const PAUSES_MS = [500, 1500, 4000, 8000];

const LOOK = 'Look at what is there now before you order it again.';
const LOST = {
  message: 'It is not known whether it was carried out: the answer was lost.',
  remedy: 'Ask again: it is carried out only once.',
  again: true,
};
const RESTARTED = {
  message:
    'The answer was lost and the controller was started anew since: it is not known ' +
    'whether it was carried out.',
  remedy: LOOK,
  again: false,
};
const LOGGED_OUT = {
  message:
    'The answer was lost and your log-in counts no more: it is not known whether it was ' +
    'carried out.',
  remedy: `Log in anew. ${LOOK}`,
  again: false,
};

// Nobody knows whether the order was carried out.
export class Unknown extends Error {
  constructor({message, remedy, again}) {
    super(message);
    this.remedy = remedy;
    this.again = again;
    this.errors = [{message, remedy}];
  }
}

// What a person has confirmed: one order, one key. started: when the controller was that it was
// first sent to; sent: whether it may have arrived.
export const confirmed = () => ({
  key: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join(''),
  started: null,
  sent: false,
});

const startedNow = async () => {
  const status = await get('/api/v1/status');
  if (!status?.started) throw new Lost();
  return status.started;
};

// A controller that was started since has forgotten the keys. What else is said to that question
// is said of no order.
const mayRepeat = async (order) => {
  const started = await startedNow().catch((error) => {
    throw error.status === 401 ? new Unknown(LOGGED_OUT) : new Lost();
  });
  if (started !== order.started) throw new Unknown(RESTARTED);
};

// What is said before an order is looked at: of one that was sent before it says nothing.
const BEFORE = [401, 403, 408, 429, 503];
// While it is in work, and when the controller waits for its end no more.
const NO_END = ['in_work', 'answer_timeout'];

// Whether the controller itself said no to the order; else there is no answer yet.
const refused = (error, repeated) =>
  error instanceof Refusal &&
  error.code !== '' &&
  !NO_END.includes(error.code) &&
  !(repeated && BEFORE.includes(error.status));

const once = async (order, {method, path, body, tag}) => {
  if (order.sent) await mayRepeat(order);
  else order.started = hello.value?.started ?? (await startedNow());
  order.sent = true;
  return call(method, path, body, {
    'Idempotency-Key': order.key,
    ...(tag ? {'If-Match': tag} : {}),
  });
};

// tell: hears that the answer was lost and that the same is sent again.
export async function carryOut(order, request, tell) {
  for (const pause of [...PAUSES_MS, null]) {
    const repeated = order.sent;
    try {
      return await once(order, request);
    } catch (error) {
      if (error.code === 'answer_not_kept') return null;
      if (!order.sent || error instanceof Unknown || refused(error, repeated)) throw error;
      if (error.status === 401) throw new Unknown(LOGGED_OUT);
    }
    if (pause === null) break;
    tell('The answer was lost; asking again.');
    await new Promise((done) => {
      setTimeout(done, pause);
    });
  }
  throw new Unknown(LOST);
}
