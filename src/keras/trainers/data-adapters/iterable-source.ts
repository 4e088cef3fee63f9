import { convert } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type Tree, mapTree } from '../../../core/tree.ts';
import type { Batch, DataSource } from './batch.ts';
import { classWeightsOf } from './class-weight.ts';
import {
  type BatchIterable,
  type FloatType,
  countRows,
  feedType,
  isTensor,
  named,
  readData,
  readWeights,
} from './read-data.ts';

export interface IterableSourceOptions {
  readonly who: string;
  readonly float: FloatType;
  readonly classWeight: ReadonlyMap<number, number> | null;
  /** Whether the batches must have targets. */
  readonly needsTargets: boolean;
}

/** Batches that somebody else makes, one after the other. */
export class IterableSource implements DataSource {
  readonly batchCount = null;
  readonly rowCount = null;
  readonly #batches: BatchIterable;
  readonly #options: IterableSourceOptions;

  constructor(batches: BatchIterable, options: IterableSourceOptions) {
    this.#batches = batches;
    this.#options = options;
  }

  async *pass(): AsyncIterator<Batch> {
    for await (const item of this.#batches as AsyncIterable<unknown>) yield readBatch(item, this.#options);
  }
}

/** Reads what an iterable gave as a batch. */
export function readBatch(item: unknown, options: IterableSourceOptions): Batch {
  const { who, float, classWeight, needsTargets } = options;
  const parts: readonly unknown[] = Array.isArray(item) ? item : [item];
  if (parts.length < 1 || parts.length > 3 || (needsTargets && parts.length < 2)) {
    throw new ValueError(
      `[${who}] an iterable must give batches [x, y] or [x, y, sampleWeight]. Received: ${Array.isArray(item) ? `a list of ${parts.length}` : show(item)}.`,
    );
  }
  const x = typed(readData(who, 'x', parts[0], float), float);
  const y = parts[1] === undefined || parts[1] === null ? null : typed(readData(who, 'y', parts[1], float), float);
  let sampleWeight = readWeights(who, parts[2], { x, float });
  if (classWeight !== null) {
    if (sampleWeight !== null) throw bothWeights(who);
    if (!isTensor(y))
      throw new ValueError(`[${who}] classWeight needs one array of targets. Received: ${show(parts[1])}.`);
    sampleWeight = classWeightsOf(who, y, classWeight, float);
  }
  const weights = sampleWeight === null ? null : typed(sampleWeight, float);
  const size = countRows(who, [...named('x', x), ...named('y', y), ...named('sampleWeight', weights)]);
  return { x, y, sampleWeight: weights, size };
}

/** Floating arrays in the model's own type. */
function typed(data: Tree<Tensor>, float: FloatType): Tree<Tensor> {
  return mapTree(data, isTensor, (each) => {
    const dtype = feedType(each.dtype, float);
    return dtype === each.dtype ? each : new Tensor(convert(each.data, dtype), each.shape, dtype);
  });
}

export function bothWeights(who: string): ValueError {
  return new ValueError(`[${who}] only one of sampleWeight and classWeight can be given. Received: both.`);
}
