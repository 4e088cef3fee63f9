import { sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { storedToTensor } from '../../../formats/arrays/convert-stored.ts';
import { permute } from './arrays.ts';
import type { PyTorchModule } from './modules.ts';

/** A PyTorch weight, with the parts from which it was computed, if any. */
export interface ReadWeight {
  readonly weight: Tensor;
  /** weight = g · v / ‖v‖, with one g per index of an axis. */
  readonly weightNorm: { readonly g: Tensor; readonly v: Tensor; readonly axis: number } | null;
  /** weight = original / σ; u is PyTorch's estimate of the singular vector of the axis. */
  readonly spectralNorm: { readonly u: Tensor; readonly axis: number } | null;
}

/** The names of the tensors from which a weight may be computed. */
export const WEIGHT_PARTS: readonly string[] = ['weight', 'weight_g', 'weight_v', 'weight_orig', 'weight_u'];

/**
 * Returns the weight of a module, computed from its parts under `weight_norm` or `spectral_norm`. `outputAxis` is the
 * output axis, which `spectral_norm` uses.
 *
 * @returns null if there is no weight, or its parts are inconsistent
 */
export function readWeight(module: PyTorchModule, outputAxis: number, who: string): ReadWeight | null {
  const read = (name: string): Tensor | null => {
    const found = module.tensors.get(name);
    return found === undefined ? null : storedToTensor(found, undefined, who);
  };
  const weight = read('weight');
  if (weight !== null) return { weight, weightNorm: null, spectralNorm: null };
  const [g, v, original, u] = [read('weight_g'), read('weight_v'), read('weight_orig'), read('weight_u')];
  if (g !== null && v !== null) return fromLengths(g, v);
  if (original !== null && u !== null && v !== null) return fromSpectrum(original, u, v, outputAxis);
  return null;
}

/** g · v / ‖v‖ with the norm over all axes except that of g; over all axes for a scalar g. */
function fromLengths(g: Tensor, v: Tensor): ReadWeight | null {
  const axis = g.size === 1 ? g.shape.findIndex((_, i) => v.shape[i] === 1) : g.shape.findIndex((size) => size !== 1);
  const count = v.shape[axis] ?? 1;
  if (g.size !== count || (g.size !== 1 && g.rank !== v.rank)) return null;
  const inner = sizeOf(v.shape.slice(axis + 1));
  const indexOf = (i: number): number => (g.size === 1 ? 0 : Math.floor(i / inner) % count);
  const squares = new Float64Array(count);
  for (const [i, value] of v.data.entries()) squares[indexOf(i)] = (squares[indexOf(i)] ?? 0) + value * value;
  const scales = squares.map((square, i) => (g.data[i] ?? 0) / Math.sqrt(square));
  const data = v.data.map((value, i) => value * (scales[indexOf(i)] ?? 0));
  return { weight: new Tensor(data, v.shape, v.dtype), weightNorm: { g, v, axis }, spectralNorm: null };
}

/** original / (u · W · v), where W is the weight as a matrix whose rows are the outputs. */
function fromSpectrum(original: Tensor, u: Tensor, v: Tensor, axis: number): ReadWeight | null {
  const outputs = original.shape[axis] ?? 1;
  if (u.size !== outputs || u.size * v.size !== original.size) return null;
  const others = original.shape.map((_, i) => i).filter((i) => i !== axis);
  const matrix = permute(original, [axis, ...others]).data;
  let sigma = 0;
  for (const [i, value] of matrix.entries()) {
    sigma += (u.data[Math.floor(i / v.size)] ?? 0) * value * (v.data[i % v.size] ?? 0);
  }
  const data = original.data.map((value) => value / sigma);
  return { weight: new Tensor(data, original.shape, original.dtype), weightNorm: null, spectralNorm: { u, axis } };
}
