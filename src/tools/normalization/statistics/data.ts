import { checkInteger } from '../../../core/checks.ts';
import { InternalError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { Program } from '../../../compiler/program/index.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import type { Batch } from '../../../keras/trainers/data-adapters/data-adapter.ts';
import { getDataAdapter } from '../../../keras/trainers/data-adapters/get-data-adapter.ts';
import type { BatchIterable, DataLike } from '../../../core/data.ts';
import { EpochIterator } from '../../../keras/trainers/epoch-iterator.ts';
import { batchSignature, feedsOf } from '../../../keras/trainers/steps/step-inputs.ts';

/** Data for a model: inputs, or an iterable of batches, of which targets and weights are ignored. */
export type InputData = DataLike | BatchIterable;

/** Options for reading data. */
export interface DataOptions {
  /** Rows in a batch, for data in arrays. @default 32 */
  readonly batchSize?: number | undefined;
  /** The number of batches to read. @default all */
  readonly steps?: number | null | undefined;
}

export const DATA_OPTIONS = ['batchSize', 'steps'] as const;

/** A pass over data of which the first batch has been read. */
interface StartedPass {
  readonly first: Batch;
  readonly rest: AsyncGenerator<Batch, void, undefined>;
}

/** The inputs of a model in batches, which can be read several times if the data can. */
export class InputBatches {
  readonly #epochs: EpochIterator;
  readonly #steps: number | null;
  #started: StartedPass | null = null;

  constructor(who: string, model: AnyModel, x: InputData, { batchSize = 32, steps }: DataOptions) {
    const size = checkInteger(who, 'batchSize', batchSize, 1);
    this.#steps = steps === null || steps === undefined ? null : checkInteger(who, 'steps', steps, 1);
    const data = getDataAdapter(
      who,
      { x, y: null, sampleWeight: null, classWeight: null },
      { batchSize: size, shuffle: false, needsTargets: false, expected: () => model.expectedData },
    );
    this.#epochs = new EpochIterator(who, data, null);
  }

  /** The first batch, with which the next pass begins, so that data that can be read once is not used up. */
  async first(): Promise<Batch> {
    this.#started ??= await this.#start();
    return this.#started.first;
  }

  /** Reads the data once. @throws ValueError if it yields no batch. */
  async *read(): AsyncGenerator<Batch, void, undefined> {
    const { first, rest } = this.#started ?? (await this.#start());
    this.#started = null;
    let count = 1;
    try {
      yield withoutTargets(first);
      while (count !== this.#steps) {
        const next = await rest.next();
        if (next.done === true) return;
        count++;
        yield withoutTargets(next.value);
      }
    } finally {
      await rest.return();
    }
  }

  /** Closes a pass that was started and not read. */
  async close(): Promise<void> {
    await this.#started?.rest.return();
    this.#started = null;
  }

  async #start(): Promise<StartedPass> {
    const rest = this.#epochs.enumerateEpoch();
    const first = await rest.next();
    if (first.done === true) throw new InternalError('a pass over data had no batch.');
    return { first: first.value, rest };
  }
}

const withoutTargets = (batch: Batch): Batch => ({ ...batch, y: [], sampleWeight: [] });

/** Programs that a function traces, one for each signature of a batch. */
export class BatchPrograms<T extends { readonly graph: Graph }> {
  readonly #trace: (batch: Batch) => T;
  readonly #programs = new Map<string, { readonly traced: T; readonly program: Program }>();

  constructor(trace: (batch: Batch) => T) {
    this.#trace = trace;
  }

  /** Runs the program for a batch. Returns its outputs with the trace from which it was made. */
  async run(batch: Batch): Promise<{ readonly traced: T; readonly outputs: readonly Tensor[] }> {
    const key = batchSignature(batch);
    const found = this.#programs.get(key) ?? this.#make(batch);
    this.#programs.set(key, found);
    return { traced: found.traced, outputs: await found.program.run(feedsOf(batch)) };
  }

  #make(batch: Batch): { readonly traced: T; readonly program: Program } {
    const traced = this.#trace(batch);
    return { traced, program: new Program(traced.graph) };
  }
}
