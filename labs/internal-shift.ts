import type { Model } from 'evenkeel';
import { type Digits, batches } from './data.ts';
import { gradientsOf, norm } from './networks.ts';

/** The internal covariate shift of one layer at one step. */
export interface Shift {
  /** The cosine of the angle between G and G′. */
  readonly cosine: number;
  /** ‖G − G′‖ ÷ ‖G‖. */
  readonly distance: number;
}

/**
 * Measures internal covariate shift as Santurkar et al. (2018, section 2.2): for each layer i, the gradient G of its kernel
 * at the weights of step t, and G′ after the layers before it have made their step while layer i and those after it have not,
 * both on the batch of that step.
 *
 * @returns shifts by measurement and kernel; the first kernel has no predecessors and is omitted
 * @see https://arxiv.org/abs/1805.11604
 */
export async function internalShift(
  model: Model,
  data: Digits,
  { steps, every, batchSize, seed }: { steps: number; every: number; batchSize: number; seed: number },
): Promise<Shift[][]> {
  const gradients = gradientsOf(model);
  const source = batches(data, batchSize, seed);
  const variables = model.trainableWeights;
  const kernels = variables.flatMap(({ path }, i) => (path.endsWith('kernel') ? [i] : []));
  const all: Shift[][] = [];
  for (let step = 1; step <= steps; step++) {
    const batch = source.next().value;
    if (step % every !== 0) {
      await model.trainOnBatch(batch.x, batch.y);
      continue;
    }
    const before = variables.map(({ value }) => value);
    const first = await gradients(batch);
    await model.trainOnBatch(batch.x, batch.y);
    const after = variables.map(({ value }) => value);
    const shifts: Shift[] = [];
    for (const kernel of kernels.slice(1)) {
      variables.forEach((variable, i) => variable.assign(i < kernel ? after[i]! : before[i]!));
      const second = await gradients(batch);
      shifts.push(shiftOf(first[kernel]!, second[kernel]!));
    }
    variables.forEach((variable, i) => variable.assign(after[i]!));
    all.push(shifts);
  }
  return all;
}

function shiftOf(a: Float32Array, b: Float32Array): Shift {
  const dot = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return { cosine: dot / (norm(a) * norm(b)), distance: norm(a.map((value, i) => value - b[i]!)) / norm(a) };
}
