/** The known containers, by id. */
export class Containers {
  #all = new Map();
  /** The ids, sorted. */
  #ids = [];
  /** The ids from before the current snapshot that have not been received again. */
  #unconfirmed = new Set();

  get size() {
    return this.#all.size;
  }

  get(id) {
    return this.#all.get(id);
  }

  /** Returns the sorted ids of the containers for which the function returns true. */
  filter(isWanted) {
    return this.#ids.filter(id => isWanted(this.#all.get(id)));
  }

  count(state) {
    let count = 0;
    for (const container of this.#all.values()) {
      count += container.state === state;
    }
    return count;
  }

  /** Begins a snapshot. The known containers stay until it ends. */
  begin() {
    this.#unconfirmed = new Set(this.#ids);
  }

  /** Ends the snapshot. Containers that it did not contain are deleted. */
  complete() {
    this.#unconfirmed.forEach(id => this.delete(id));
    this.#unconfirmed.clear();
  }

  /**
   * Stores a container as it was received now. While its status is unusable, the container keeps its last usable
   * status as `last`, and the time since when it is unusable as `unusableSince`. That is 0 if it was unusable from
   * the beginning.
   */
  put(received, now) {
    const known = this.#all.get(received.id);
    if (!known) {
      this.#ids.splice(this.#index(received.id), 0, received.id);
    }
    this.#unconfirmed.delete(received.id);
    this.#all.set(received.id, {
      ...received,
      last: received.current ?? known?.last,
      unusableSince: received.current ? undefined : known ? known.unusableSince ?? now : 0,
    });
  }

  delete(id) {
    if (this.#all.delete(id)) {
      this.#ids.splice(this.#index(id), 1);
    }
    this.#unconfirmed.delete(id);
  }

  /** Returns the index at which the id is, or has to be inserted. */
  #index(id) {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ids[middle] < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
