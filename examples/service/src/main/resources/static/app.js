import { Containers } from './containers.js';
import { follow } from './stream.js';
import { Table } from './table.js';
import { seconds } from './timeline.js';

const TICK_MS = 1_000;
const STATES = ['CREATED', 'RUNNING', 'EXITED', 'UNKNOWN'];

const one = selector => document.querySelector(selector);
const filters = one('#filters');
const startForm = one('#start');
const tokenForm = one('#token');
const table = one('table');

const containers = new Containers();
const rows = new Table(containers, one('tbody'), act, showNumbers);

/** How far the node's clock is ahead of this browser's clock, in milliseconds. */
let ahead = 0;
const now = () => Date.now() + ahead;

// The connection

follow('events', {
  snapshot(node) {
    setClock(node.now);
    containers.begin();
    showNode(node);
    showConnection('reading');
  },
  container(received) {
    containers.put(received, now());
    rows.change(received.id);
  },
  deleted({ id }) {
    containers.delete(id);
    rows.arrange();
  },
  complete() {
    containers.complete();
    rows.arrange();
    showConnection('live');
  },
  away({ reason }) {
    showConnection('away', `cannot be followed: ${reason}`);
  },
  alive(received) {
    setClock(received.now);
  },
}, () => showConnection('reconnecting'));

/** Changes the text only if it differs, because a screen reader reads it aloud after each change. */
function showConnection(state, text = state) {
  const connection = one('#connection');
  if (connection.textContent !== text) {
    connection.dataset.state = state;
    connection.textContent = text;
  }
}

function showNode({ root, owned, tokenNeeded }) {
  one('#root').textContent = owned ? root : `${root}, followed`;
  rows.owned = owned;
  startForm.hidden = !owned;
  tokenForm.hidden = !owned || !tokenNeeded || Boolean(token());
}

// The time

function setClock(time) {
  ahead = Date.parse(time) - Date.now();
  tick();
}

function tick() {
  table.style.setProperty('--now', seconds(now()));
}

setInterval(tick, TICK_MS);

// What is shown

function showNumbers(shown, wanted) {
  for (const state of STATES) {
    one(`[data-count=${state}]`).textContent = containers.count(state);
  }
  const number = wanted === containers.size ? `${wanted}` : `${wanted} of ${containers.size}`;
  const limit = shown < wanted ? `; the first ${shown} are shown` : '';
  one('#shown').textContent = containers.size === 0 ? 'There are no containers.' : `${number} containers${limit}.`;
}

/** Keeps the filters in the page's address, so that the address can be stored and shared. */
function filter() {
  const chosen = new FormData(filters);
  const prefix = chosen.get('prefix');
  const states = new Set(chosen.getAll('state'));
  const length = filters.elements.window;
  table.style.setProperty('--window', length.value);
  one('#axis').textContent = `${length.selectedOptions[0].text} ago`;
  rows.show(container => container.id.startsWith(prefix) && states.has(container.state));

  const address = new URL(location);
  address.search = new URLSearchParams({
    ...prefix && { prefix },
    ...states.size < STATES.length && { state: [...states].join() },
    ...!length.selectedOptions[0].defaultSelected && { window: length.value },
  });
  history.replaceState(null, '', address);
}

/** Takes the filters from the page's address. Ignores values that no control has, as in an address typed by hand. */
function restoreFilters() {
  const kept = new URLSearchParams(location.search);
  filters.elements.prefix.value = kept.get('prefix') ?? '';
  // An empty text is the list of no state.
  const states = kept.get('state')?.split(',').filter(state => state === '' || STATES.includes(state)) ?? [];
  if (states.length > 0) {
    filters.elements.state.forEach(box => box.checked = states.includes(box.value));
  }
  const length = filters.elements.window;
  if ([...length.options].some(option => option.value === kept.get('window'))) {
    length.value = kept.get('window');
  }
}

filters.addEventListener('input', filter);
filters.addEventListener('submit', event => event.preventDefault());

// The actions

function token() {
  return sessionStorage.getItem('token');
}

/** Moves the token from the address, which the service has printed, to the storage of this tab. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem('token', given);
    history.replaceState(null, '', location.pathname + location.search);
  }
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      ...token() && { Authorization: `Bearer ${token()}` },
      ...body && { 'Content-Type': 'application/json' },
    },
    body: body && JSON.stringify(body),
  });
  if (response.status === 401) {
    sessionStorage.removeItem('token');
    tokenForm.hidden = false;
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.title ?? `the answer is ${response.status}`);
  }
}

/** Shows whether the action succeeded. The table shows its effect. */
async function report(what, action) {
  try {
    await action;
    one('#result').textContent = `${what}: done.`;
    return true;
  } catch (failure) {
    one('#result').textContent = `${what}: ${failure.message}.`;
    return false;
  }
}

async function act(container, action) {
  const path = `containers/${encodeURIComponent(container.id)}`;
  if (action === 'stop') {
    await report(`Stop ${container.id}`, call('POST', `${path}/stop`));
  } else if (container.current || confirm(`The status of ${container.id} cannot be used. Remove it all the same?`)) {
    await report(`Remove ${container.id}`, call('DELETE', path));
  }
}

startForm.addEventListener('submit', async event => {
  event.preventDefault();
  const { id, command } = startForm.elements;
  const body = { command: ['sh', '-c', command.value] };
  if (await report(`Start ${id.value}`, call('PUT', `containers/${encodeURIComponent(id.value)}`, body))) {
    startForm.reset();
  }
});

tokenForm.addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem('token', tokenForm.elements.token.value);
  tokenForm.reset();
  tokenForm.hidden = true;
});

takeToken();
restoreFilters();
filter();
tick();
