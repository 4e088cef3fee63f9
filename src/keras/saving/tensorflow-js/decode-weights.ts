import { ValueError } from '../../../core/errors.ts';
import { elementsOf } from '../../../formats/arrays/elements.ts';
import { fromFloat16 } from '../../../formats/arrays/halves.ts';
import type { StoredArray, StoredType } from '../../../formats/arrays/stored.ts';
import type { WeightGroup, WeightSpec } from './manifest.ts';
import { Pieces } from './pieces.ts';

/** A weight in a file of TensorFlow.js. */
export interface FileWeight {
  readonly name: string;
  readonly isOptimizer: boolean;
  readonly dtype: string;
  /** The numbers; null for strings and complex numbers, which no layer has. */
  readonly array: StoredArray | null;
}

/**
 * The weights of a group, from the bytes of its files.
 *
 * @throws ValueError if the files have another size than the weights; nothing is allocated then.
 */
export function decodeGroup({ paths, weights }: WeightGroup, files: readonly Uint8Array[], who: string): FileWeight[] {
  const pieces = new Pieces(files);
  const sizes = weights.map(({ byteLength }) => byteLength);
  const isKnown = sizes.every((size) => !Number.isNaN(size));
  const needed = sizes.reduce((sum, size) => sum + size, 0);
  if (isKnown && needed !== pieces.left) throw wrongSize(paths, `${needed} bytes`, pieces.left, who);
  const decoded = weights.map((spec) => {
    const size = spec.dtype === 'string' ? sizeOfStrings(spec, pieces) : spec.byteLength;
    if (size > pieces.left) {
      throw wrongSize(
        paths,
        `the bytes of all weights: ${JSON.stringify(spec.name)} has ${size}`,
        Math.max(pieces.left, 0),
        who,
      );
    }
    return decode(spec, pieces.take(size));
  });
  if (pieces.left > 0) throw wrongSize(paths, `the bytes of the weights alone`, pieces.left, who);
  return decoded;
}

function wrongSize(paths: readonly string[], expected: string, left: number, who: string): ValueError {
  const names = paths.length === 0 ? 'no files' : paths.join(', ');
  return new ValueError(
    `[${who}] the files of a group of weights must contain ${expected}. Received: ${names} with ${left} bytes for them. A file may be incomplete, or of another model: copy all files again.`,
  );
}

/** Each string is preceded by its size. Infinity if the bytes end within them. */
function sizeOfStrings({ size }: WeightSpec, pieces: Pieces): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    const length = pieces.uint32At(total);
    if (length === null) return Infinity;
    total += 4 + length;
  }
  return total;
}

function decode(spec: WeightSpec, bytes: Uint8Array): FileWeight {
  const { name, isOptimizer, dtype, shape, quantization } = spec;
  if (quantization !== null) {
    return { name, isOptimizer, dtype, array: { kind: 'array', ...dequantized(spec, bytes), shape } };
  }
  if (dtype === 'string' || dtype === 'complex64') return { name, isOptimizer, dtype, array: null };
  return { name, isOptimizer, dtype, array: { kind: 'array', dtype, shape, data: elementsOf(dtype, bytes) } };
}

/** Integers · scale + minimum, in float64, and rounded to whole numbers where the weight has integers. */
function dequantized(
  { quantization, dtype }: WeightSpec,
  bytes: Uint8Array,
): { readonly dtype: StoredType; readonly data: Float32Array | Int32Array } {
  const { dtype: stored, scale, minimum } = quantization ?? { dtype: 'uint8' as const, scale: 1, minimum: 0 };
  const numbers = elementsOf(stored, bytes) as Uint8Array | Uint16Array;
  if (stored === 'float16') return { dtype: 'float32', data: Float32Array.from(numbers, fromFloat16) };
  if (dtype === 'int32') {
    return { dtype, data: Int32Array.from(numbers, (number) => Math.round(number * scale + minimum)) };
  }
  return { dtype: 'float32', data: Float32Array.from(numbers, (number) => number * scale + minimum) };
}
