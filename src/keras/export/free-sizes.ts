import type { KnownShape } from '../../core/shape.ts';
import type { ExportInput } from './signature.ts';
import { uniqueAmong } from './names.ts';

/** A free size of the file, and the axes that have it. */
export interface FreeSize {
  /** ONNX's name for it: `dim_param`. */
  readonly name: string;
  readonly isBatch: boolean;
  /** The axes, as [index of the input, axis]. */
  readonly places: readonly (readonly [input: number, axis: number])[];
}

/**
 * The free sizes of inputs. All inputs have the same batch size; every other axis has its own size or, if `isShared`, that of
 * the same axis of the other inputs.
 */
export function freeSizes(inputs: readonly ExportInput[], isShared: boolean): readonly FreeSize[] {
  const found = new Map<string, { name: string; isBatch: boolean; places: [number, number][] }>();
  const taken = new Set<string>(['batch']);
  for (const [i, { name, shape }] of inputs.entries()) {
    for (const [axis, size] of shape.entries()) {
      if (size !== null) continue;
      const isBatch = axis === 0;
      const key = isBatch ? 'batch' : isShared ? `axis ${axis}` : `input ${i} axis ${axis}`;
      const known = found.get(key);
      if (known !== undefined) known.places.push([i, axis]);
      else {
        const own = isBatch ? 'batch' : uniqueAmong(taken, isShared ? `axis_${axis}` : `${name}_axis_${axis}`);
        found.set(key, { name: own, isBatch, places: [[i, axis]] });
      }
    }
  }
  return [...found.values()];
}

/** The sizes that a model is traced at, to find how its graph depends on them. */
export interface Sampling {
  readonly free: readonly FreeSize[];
  /** The first batch size. */
  readonly batch: number;
  /** The first of the other sizes, before multiplication. */
  readonly start: number;
  /** The factor of all other sizes. */
  readonly multiple: number;
}

/** Starting sizes. If one happens to be a size of the network, the next one is tried. */
const STARTS: readonly (readonly [batch: number, start: number])[] = [
  [1009, 67],
  [127, 211],
  [11, 41],
];

/**
 * The samplings to try. Some passes choose by size, so the graphs of two batch sizes can differ; then other batch sizes are
 * tried. Some networks, such as those that halve, double and concatenate, need multiples of a power of two.
 */
export function samplings(inputs: readonly ExportInput[]): readonly Sampling[] {
  const separate = freeSizes(inputs, false);
  const shared = freeSizes(inputs, true);
  const isOnlyBatch = separate.every(({ isBatch }) => isBatch);
  const ways = shared.length < separate.length ? [separate, shared] : [separate];
  const multiples = isOnlyBatch ? [1] : [1, 2, 4, 8, 16, 32];
  return ways.flatMap((free) =>
    multiples.flatMap((multiple) => STARTS.map(([batch, start]) => ({ free, batch, start, multiple }))),
  );
}

/** Seven successive numbers have all remainders modulo 2 to 7, which strides depend on. A batch has no strides. */
const SAMPLES = 7;
const SAMPLES_OF_BATCHES = 3;

/** The shapes of the inputs at each sample; a single sample if no size is free. */
export function sampleShapes(inputs: readonly ExportInput[], sampling: Sampling): readonly (readonly KnownShape[])[] {
  const { free } = sampling;
  const isOnlyBatch = free.every(({ isBatch }) => isBatch);
  const count = free.length === 0 ? 1 : isOnlyBatch ? SAMPLES_OF_BATCHES : SAMPLES;
  return Array.from({ length: count }, (_, sample) => {
    const shapes = inputs.map(({ shape }) => shape.map((size) => size ?? 0));
    for (const [i, size] of sizesOf(sampling, sample, count).entries()) {
      for (const [input, axis] of free[i]?.places ?? []) {
        const shape = shapes[input];
        if (shape !== undefined) shape[axis] = size;
      }
    }
    return shapes;
  });
}

/**
 * The free sizes at a sample. Each takes successive numbers (or multiples) in a different order from a different start, so
 * that none is a function of the others and none is a usual size of networks.
 */
export function sizesOf({ free, batch, start, multiple }: Sampling, sample: number, count: number): readonly number[] {
  return free.map(({ isBatch }, i) => {
    const turn = (sample * ((i % (count - 1)) + 1) + i * i) % count;
    return isBatch ? batch + turn : multiple * (start + 31 * i + turn);
  });
}
