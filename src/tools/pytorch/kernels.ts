import type { Variable } from '../../compiler/ir/variable.ts';
import { Tensor } from '../../core/tensor.ts';
import { SpectralNormalization } from '../../keras/layers/normalization/spectral-normalization.ts';
import { WeightNormalization } from '../../keras/layers/normalization/weight-normalization.ts';
import type { WeightWrapper } from '../../keras/layers/normalization/weight-wrapper.ts';
import { type ReadWeight, WEIGHT_PARTS, readWeight } from './state/reparametrizations.ts';
import { type Assignment, type KernelLayout, type ModuleReader, ordered, unfit, valueFor } from './conversions.ts';
import type { FeatureOrder } from './flow.ts';

/** A kernel with its bias and its layout in PyTorch. */
export interface KernelPlace {
  readonly kernel: Variable;
  readonly bias: Variable | null;
  readonly layout: KernelLayout;
  /** The output axis of PyTorch's weight. */
  readonly outputAxis: number;
  readonly outputOrder: FeatureOrder;
  /** The wrapper that normalizes the kernel. */
  readonly wrapper: WeightWrapper | null;
}

/** The note for a kernel whose layer has more state than PyTorch's module. */
const LACKING = 'vector_u is left as it was: PyTorch has none that fits. Training finds it anew';

/** Converts a module's weight and bias. */
export function convertKernel(
  place: KernelPlace,
  reader: ModuleReader,
): { readonly values: readonly Assignment[]; readonly notes: readonly string[] } {
  const { kernel, bias, wrapper } = place;
  const read = readWeight(reader.module, place.outputAxis, reader.who) ?? unfit('has no weight');
  reader.mark(...WEIGHT_PARTS);
  if (read.weight.rank !== kernel.rank) unfit(`has a weight of ${read.weight.rank} axes, not ${kernel.rank}`);
  const { values, notes } = wrapper === null ? plain(place, read) : wrapped(place, wrapper, read);
  if (bias === null) return { values, notes };
  return { values: [...values, valueFor(bias, ordered(reader.get('bias'), place.outputOrder), 'bias')], notes };
}

interface Converted {
  readonly values: readonly Assignment[];
  readonly notes: readonly string[];
}

function plain({ kernel, layout }: KernelPlace, { weight }: ReadWeight): Converted {
  return { values: [valueFor(kernel, layout(weight), 'weight')], notes: [] };
}

function wrapped(place: KernelPlace, wrapper: WeightWrapper, read: ReadWeight): Converted {
  if (wrapper instanceof SpectralNormalization) return spectral(place, wrapper, read);
  if (wrapper instanceof WeightNormalization && wrapper.g !== null) return lengths(place, wrapper.g, read);
  return unfit(`has no counterpart of ${wrapper.className}`);
}

/** Converts to the divided kernel, which the layer stores, and u if PyTorch uses the same matrix. */
function spectral(place: KernelPlace, { vectorU }: SpectralNormalization, read: ReadWeight): Converted {
  const { values } = plain(place, read);
  if (vectorU === null) return { values, notes: [] };
  const u = read.spectralNorm?.axis === 0 && isLastAxis(place, read, 0) ? read.spectralNorm.u : null;
  if (u === null || u.size !== vectorU.size) return { values, notes: [LACKING] };
  const row = ordered(u, place.outputOrder);
  return {
    values: [...values, valueFor(vectorU, new Tensor(row.data, vectorU.shape, row.dtype), 'weight_u')],
    notes: [],
  };
}

/** Converts to directions and lengths; for a plain weight, the weight and its lengths. */
function lengths(place: KernelPlace, g: Variable, read: ReadWeight): Converted {
  const { kernel, layout } = place;
  const { weightNorm } = read;
  const directions = layout(weightNorm?.v ?? read.weight);
  const value = valueFor(kernel, directions, 'weight');
  if (weightNorm === null) {
    return { values: [value, valueFor(g, columnNorms(directions), 'weight')], notes: [] };
  }
  if (weightNorm.g.size !== g.size || (g.size > 1 && !isLastAxis(place, read, weightNorm.axis))) {
    return unfit('has a weight_g along another axis than the last one of the kernel here');
  }
  const flat = new Tensor(weightNorm.g.data, [g.size], weightNorm.g.dtype);
  return { values: [value, valueFor(g, ordered(flat, place.outputOrder), 'weight_g')], notes: [] };
}

/** Whether an axis of PyTorch's weight corresponds to the last axis of the kernel. */
function isLastAxis({ kernel, layout }: KernelPlace, { weight }: ReadWeight, axis: number): boolean {
  const count = weight.shape[axis] ?? 1;
  if (kernel.shape.at(-1) !== count) return false;
  let inner = 1;
  for (const size of weight.shape.slice(axis + 1)) inner *= size;
  // Convert the indices along the axis: each must equal the index on the last axis, up to the order of the features.
  const marks = new Tensor(
    Float64Array.from({ length: weight.size }, (_, i) => Math.floor(i / inner) % count),
    weight.shape,
  );
  const laid = layout(marks).data;
  return laid.every((mark, i) => mark === laid[i % count]) && new Set(laid.subarray(0, count)).size === count;
}

function columnNorms({ data, shape }: Tensor): Tensor {
  const columns = shape.at(-1) ?? 1;
  const squares = new Float64Array(columns);
  for (const [i, value] of data.entries()) squares[i % columns] = (squares[i % columns] ?? 0) + value * value;
  return new Tensor(squares.map(Math.sqrt), [columns]);
}
