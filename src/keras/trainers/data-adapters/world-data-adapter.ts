import { ValueError } from '../../../core/errors.ts';
import { world } from '../../../core/world.ts';
import type { Batch, DataAdapter } from './data-adapter.ts';

/**
 * Batches of which each process of the world reads a part: a step has the rows of all of them. It goes on until the last process has
 * no further batch; the others then take part with a row that does not count.
 */
export class WorldDataAdapter implements DataAdapter {
  readonly batchCount = null;
  readonly rowCount = null;
  readonly #who: string;
  readonly #data: DataAdapter;

  constructor(who: string, data: DataAdapter) {
    this.#who = who;
    this.#data = data;
  }

  get isEndless(): boolean {
    return this.#data.isEndless ?? false;
  }

  async onEpochBegin(): Promise<void> {
    await this.#data.onEpochBegin?.();
  }

  async onEpochEnd(): Promise<void> {
    await this.#data.onEpochEnd?.();
  }

  get known(): Iterable<Batch> | null {
    return this.#data.known;
  }

  examples(): Iterable<Batch> {
    return this.#data.examples();
  }

  async *pass(): AsyncIterator<Batch> {
    const pass = this.#data.pass();
    let last: Batch | null = null;
    try {
      for (;;) {
        const item = await pass.next();
        const own = item.done === true ? null : item.value;
        const numbers = Int32Array.of(own === null ? 0 : 1, own?.size ?? 0);
        await world().allReduce(numbers);
        const [present = 0, of = 0] = numbers;
        if (present === 0) return;
        last = own ?? last;
        if (last === null) {
          throw new ValueError(
            `[${this.#who}] the iterable of each process must yield a batch. Received: none in process ${world().rank}. Give each process a part of the data.`,
          );
        }
        yield own === null ? withoutWeight(last, of) : { ...own, share: { rows: own.size, of } };
      }
    } finally {
      await pass.return?.();
    }
  }
}

/** A batch that does not count. */
const withoutWeight = (batch: Batch, of: number): Batch => ({ ...batch, share: { rows: 0, of } });
