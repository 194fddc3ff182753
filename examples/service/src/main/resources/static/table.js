import { clockTime, draw, isFailure, stages } from './timeline.js';

/** The largest number of rows. Nobody reads more, and a page with more would become slow. */
const MAX_ROWS = 500;

/**
 * The rows of the wanted containers. A change is shown with the next frame that the browser draws. A page in the
 * background draws no frames. When it becomes visible, it shows the newest status of each container.
 */
export class Table {
  #containers;
  #body;
  #act;
  #onShown;
  #rows = new Map();
  #changed = new Set();
  #isWanted = () => true;
  #arranged = true;
  #frame = 0;
  #owned = false;

  /**
   * @param act called with a container and `stop` or `remove`; returns a promise
   * @param onShown called after each drawing that may change them, with the number of rows and of wanted containers
   */
  constructor(containers, body, act, onShown) {
    this.#containers = containers;
    this.#body = body;
    this.#act = act;
    this.#onShown = onShown;
  }

  /** Sets whether processes can be stopped and removed here. */
  set owned(owned) {
    if (owned !== this.#owned) {
      this.#owned = owned;
      this.#rows.forEach((row, id) => this.#changed.add(id));
      this.arrange();
    }
  }

  /** Shows the containers for which the function returns true. */
  show(isWanted) {
    this.#isWanted = isWanted;
    this.arrange();
  }

  /** Notes that a container has changed. */
  change(id) {
    this.#changed.add(id);
    this.arrange();
  }

  /** Notes that containers may have been added or removed. */
  arrange() {
    this.#arranged = false;
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    if (!this.#arranged) {
      this.#arranged = true;
      this.#arrangeRows();
    }
    for (const id of this.#changed) {
      this.#rows.get(id)?.show(this.#containers.get(id), this.#owned);
    }
    this.#changed.clear();
  }

  #arrangeRows() {
    const wanted = this.#containers.filter(this.#isWanted);
    const ids = wanted.slice(0, MAX_ROWS);
    const kept = new Set(ids);
    for (const [id, row] of this.#rows) {
      if (!kept.has(id)) {
        this.#remove(id, row);
      }
    }
    let next = this.#body.firstChild;
    for (const id of ids) {
      let row = this.#rows.get(id);
      if (!row) {
        row = new Row(id, action => this.#act(this.#containers.get(id), action));
        row.show(this.#containers.get(id), this.#owned);
        this.#rows.set(id, row);
        this.#body.insertBefore(row.element, next);
      } else {
        next = row.element.nextSibling;
      }
    }
    this.#onShown(ids.length, wanted.length);
  }

  #remove(id, row) {
    if (row.element.contains(document.activeElement)) {
      // Keep the keyboard focus where the row was.
      const neighbour = row.element.nextSibling ?? row.element.previousSibling;
      (neighbour?.querySelector('button:not([hidden])') ?? this.#body.closest('[tabindex]')).focus();
    }
    row.element.remove();
    this.#rows.delete(id);
  }
}

class Row {
  element = document.createElement('tr');
  #state = document.createElement('span');
  #since = document.createElement('time');
  #details = document.createElement('td');
  #line = document.createElement('div');
  #drawn;
  #stop;
  #remove;

  constructor(id, act) {
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = id;
    this.#line.className = 'timeline';
    this.#line.setAttribute('role', 'img');
    this.#stop = button('Stop', id, () => act('stop'));
    this.#remove = button('Remove', id, () => act('remove'));
    this.#details.className = 'details';
    this.element.append(head, cell(this.#state), cell(this.#since), this.#details, cell(this.#line),
      cell(this.#stop, this.#remove));
  }

  /** Shows the content of a status only as text, because anyone may have written it. */
  show(container, owned) {
    const status = container.current;
    const marks = [status?.starting && 'starting', status?.removing && 'removing'].filter(Boolean);
    this.#state.className = `state ${status && isFailure(status) ? 'failed' : container.state.toLowerCase()}`;
    this.#state.textContent = [container.state, ...marks].join(', ');
    this.#details.textContent = details(container);
    this.#showStages(stages(container));

    const busy = document.activeElement;
    this.#stop.hidden = !owned || container.state !== 'RUNNING';
    this.#remove.hidden = !owned || container.state === 'RUNNING' || status?.starting;
    if (busy === this.#stop && this.#stop.hidden) {
      this.#remove.focus();
    }
  }

  /** Draws the stages only if they have changed, because most changes of a container do not change them. */
  #showStages(parts) {
    const drawn = JSON.stringify(parts);
    if (this.#drawn !== drawn) {
      this.#drawn = drawn;
      const since = parts.at(-1)?.from ?? 0;
      this.#since.dateTime = since ? new Date(since).toISOString() : '';
      this.#since.textContent = clockTime(since);
      draw(this.#line, parts);
    }
  }
}

function details(container) {
  const status = container.current;
  if (!status) {
    return container.problem;
  }
  const parts = [];
  if (container.state === 'RUNNING') {
    parts.push(`pid ${status.pid}`);
  } else if (container.state === 'EXITED') {
    parts.push(`code ${status.exitCode}`);
  }
  if (status.reason) {
    parts.push(status.reason);
  }
  return [parts.join(', '), status.message].filter(Boolean).join(': ');
}

function cell(...content) {
  const cell = document.createElement('td');
  cell.append(...content);
  return cell;
}

/** Creates a button. It keeps the focus while its action is in progress, and ignores clicks until then. */
function button(text, id, act) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.setAttribute('aria-label', `${text} ${id}`);
  button.addEventListener('click', async () => {
    if (button.ariaDisabled !== 'true') {
      button.ariaDisabled = 'true';
      await act();
      button.ariaDisabled = 'false';
    }
  });
  return button;
}
