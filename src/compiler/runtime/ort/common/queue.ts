/** Runs asynchronous tasks one after another; a failed task does not stop the next. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Appends a task and returns its result. */
  add<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
