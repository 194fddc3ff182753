/** The known containers, by id. */
export class Containers {
  #all = new Map();
  /** The ids, sorted. */
  #ids = [];
  /** The ids from before the current snapshot that have not been received again. */
  #untold = new Set();

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
    this.#untold = new Set(this.#ids);
  }

  /** Ends the snapshot. Containers that it did not contain are deleted. */
  complete() {
    this.#untold.forEach(id => this.delete(id));
    this.#untold.clear();
  }

  /**
   * Stores a container as it was received now. While its status is unusable, the container keeps its last usable
   * status as `last`, and the time since when it is unusable as `unusableSince`. That is 0 if it was unusable from
   * the beginning.
   */
  put(told, now) {
    const known = this.#all.get(told.id);
    if (!known) {
      this.#ids.splice(this.#place(told.id), 0, told.id);
    }
    this.#untold.delete(told.id);
    this.#all.set(told.id, {
      ...told,
      last: told.current ?? known?.last,
      unusableSince: told.current ? undefined : known ? known.unusableSince ?? now : 0,
    });
  }

  delete(id) {
    if (this.#all.delete(id)) {
      this.#ids.splice(this.#place(id), 1);
    }
    this.#untold.delete(id);
  }

  /** Returns the index at which the id is, or has to be inserted. */
  #place(id) {
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
