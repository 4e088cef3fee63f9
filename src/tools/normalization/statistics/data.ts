import { checkInteger } from '../../../core/checks.ts';
import { InternalError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Graph } from '../../../compiler/graph/graph.ts';
import { Program } from '../../../compiler/program/index.ts';
import type { AnyModel } from '../../../keras/models/model.ts';
import type { Batch, DataAdapter } from '../../../keras/trainers/data-adapters/data-adapter.ts';
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

/** The inputs of a model in batches, which can be read several times if the data can. */
export class InputBatches {
  readonly #who: string;
  readonly #data: DataAdapter;
  readonly #steps: number | null;

  constructor(who: string, model: AnyModel, x: InputData, { batchSize = 32, steps }: DataOptions) {
    const size = checkInteger(who, 'batchSize', batchSize, 1);
    this.#who = who;
    this.#steps = steps === null || steps === undefined ? null : checkInteger(who, 'steps', steps, 1);
    this.#data = getDataAdapter(
      who,
      { x, y: null, sampleWeight: null, classWeight: null },
      { batchSize: size, shuffle: false, needsTargets: false, expected: () => model.expectedData },
    );
  }

  /** The first batch. */
  async first(): Promise<Batch> {
    for await (const batch of this.read()) return batch;
    throw new InternalError('a pass over data had no batch.');
  }

  /** Reads the data once. @throws ValueError if it yields no batch. */
  async *read(): AsyncGenerator<Batch, void, undefined> {
    const epoch = new EpochIterator(this.#who, this.#data, null).enumerateEpoch();
    let count = 0;
    for await (const batch of epoch) {
      yield { ...batch, y: [], sampleWeight: [] };
      count++;
      if (count === this.#steps) break;
    }
  }
}

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
