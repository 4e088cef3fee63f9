import { ValueError, show } from '../../../core/errors.ts';
import { flatten } from '../../../core/tree.ts';
import type { Batch } from './data-adapter.ts';
import { type ExpectedData, isExpectedInput } from './expected-data.ts';
import { fits } from './is-batch-list.ts';
import { inFeedTypes, readBatch } from './read-batch.ts';

/** The options of reading the items of an iterable. */
export interface GeneratorDataOptions {
  readonly who: string;
  /** The data that the model expects, as it is when a batch is read: the first one may build the model. */
  readonly expected: () => ExpectedData;
  readonly classWeight: ReadonlyMap<number, number> | null;
  /** Whether every batch must have targets. */
  readonly needsTargets: boolean;
}

/** Reads an item of an iterable: `x`, `[x]`, `[x, y]` or `[x, y, sampleWeight]`. */
export function readItem(item: unknown, { who, expected, classWeight, needsTargets }: GeneratorDataOptions): Batch {
  const model = expected();
  const isParts = Array.isArray(item) && (needsTargets || !isInput(item, model));
  const parts: readonly unknown[] = isParts ? (item as readonly unknown[]) : [item];
  if (parts.length < 1 || parts.length > 3 || (needsTargets && parts.length < 2)) {
    throw new ValueError(
      `[${who}] an iterable must yield batches [x, y] or [x, y, sampleWeight]. Received: ${Array.isArray(item) ? `a list of ${parts.length}` : show(item)}.`,
    );
  }
  const [x, y, sampleWeight] = parts;
  return inFeedTypes(readBatch(who, { x, y, sampleWeight, classWeight }, model), model.float);
}

/** Whether a list is the rows of a model's only input, rather than a list `[x]` or `[x, y]`. */
function isInput(item: readonly unknown[], { inputs }: ExpectedData): boolean {
  const [only, second] = inputs === null ? [] : flatten(inputs, isExpectedInput);
  return only !== undefined && second === undefined && fits(item, only) && !fits(item[0], only);
}
