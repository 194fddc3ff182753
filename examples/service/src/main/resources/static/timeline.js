/** The start of the times in styles, which are in seconds: so the numbers are small enough to be exact. */
const ORIGIN = Date.now();

export function seconds(time) {
  return ((time - ORIGIN) / 1000).toFixed(2);
}

const time = text => text && Date.parse(text);

export function isFailure(status) {
  return status.state === 'EXITED' && status.exitCode !== 0;
}

/**
 * Returns the states that a container was in, each with its beginning and its end. The beginning is 0 if it is unknown.
 * The last state has no end.
 */
export function stages(container) {
  const status = container.last;
  const stages = [];
  if (status?.createdAt) {
    stages.push({ state: 'created', from: time(status.createdAt) });
  }
  if (status?.startedAt) {
    stages.push({ state: 'running', from: time(status.startedAt) });
  }
  if (status?.finishedAt) {
    stages.push({ state: isFailure(status) ? 'failed' : 'exited', from: time(status.finishedAt) });
  }
  if (container.unusableSince !== undefined) {
    stages.push({ state: 'unknown', from: container.unusableSince });
  }
  // The clock may have been set back in between.
  stages.forEach((stage, i) => stage.to = stages[i + 1] && Math.max(stages[i + 1].from, stage.from));
  return stages;
}

/** Shows the states as parts of a line. The table's `--now` and `--window` determine their positions. */
export function draw(line, stages) {
  line.replaceChildren(...stages.map(stage => {
    const part = document.createElement('span');
    part.className = stage.state;
    part.style.setProperty('--from', seconds(stage.from));
    part.style.setProperty('--to', stage.to ? seconds(stage.to) : 'var(--now)');
    return part;
  }));
  const text = stages.map(stage => `${stage.state} ${clockTime(stage.from)}`.trim()).join(', ');
  line.setAttribute('aria-label', text);
  line.title = text;
}

// Created once, because creating a format takes longer than using it.
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY_AND_CLOCK = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

/** Returns a time in the reader's locale, with the date if it is not today; an empty text for 0. */
export function clockTime(time) {
  if (time === 0) {
    return '';
  }
  const today = new Date().setHours(0, 0, 0, 0);
  return (time >= today ? CLOCK : DAY_AND_CLOCK).format(time);
}
