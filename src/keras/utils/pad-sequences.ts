import { checkChoice, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { type DType, allocate, checkDType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.ts';

/** Options of {@link padSequences}. */
export interface PadSequencesOptions {
  /** The length of all sequences. @default null, that of the longest */
  readonly maxlen?: number | null | undefined;
  /** The type of the result. @default 'int32' */
  readonly dtype?: DType | undefined;
  /** Whether short sequences are filled before or after their entries. @default 'pre' */
  readonly padding?: 'pre' | 'post' | undefined;
  /** Whether long sequences lose entries at their beginning or at their end. @default 'pre' */
  readonly truncating?: 'pre' | 'post' | undefined;
  /** The value of the entries that are added. @default 0 */
  readonly value?: number | undefined;
}

const WHO = 'utils.padSequences';

/**
 * Sequences of different lengths as one array: short ones are filled, and long ones are cut.
 *
 * Shapes: a list of arrays `[length, …]` → `[sequences, maxlen, …]`.
 * @throws ValueError if the entries of the sequences have different shapes; TypeError if the argument is not a list.
 * @example
 * utils.padSequences([[1], [2, 3], [4, 5, 6]]);                                  // [[0, 0, 1], [0, 2, 3], [4, 5, 6]]
 * utils.padSequences([[1], [2, 3], [4, 5, 6]], { maxlen: 2, padding: 'post' });  // [[1, 0], [2, 3], [5, 6]]
 * @see https://keras.io/api/utils/python_utils/#pad_sequences-function
 */
export function padSequences(sequences: readonly TensorLike[], options: PadSequencesOptions = {}): Tensor {
  checkOptions(WHO, options, ['maxlen', 'dtype', 'padding', 'truncating', 'value']);
  if (!Array.isArray(sequences)) {
    throw new TypeError(`[${WHO}] sequences must be a list of arrays. Received: sequences=${show(sequences)}.`);
  }
  const dtype = checkDType(options.dtype ?? 'int32', WHO);
  const padding = checkChoice(WHO, 'padding', options.padding ?? 'pre', ['pre', 'post']);
  const truncating = checkChoice(WHO, 'truncating', options.truncating ?? 'pre', ['pre', 'post']);
  const value = checkNumber(WHO, 'value', options.value ?? 0);
  const arrays = sequences.map((sequence) => tensor(sequence as TensorLike, undefined, dtype));
  const inner = arrays.find(({ size }) => size > 0)?.shape.slice(1) ?? [];
  const bad = arrays.findIndex(
    ({ rank, shape, size }) => rank === 0 || (size > 0 && !sameShape(shape.slice(1), inner)),
  );
  if (bad !== -1) {
    throw new ValueError(
      `[${WHO}] all sequences must have entries of shape ${showShape(inner)}. Received: shape ${showShape(arrays[bad]?.shape ?? [])} at ${bad}.`,
    );
  }
  const longest = Math.max(0, ...arrays.map(({ shape }) => shape[0] ?? 0));
  const length = checkInteger(WHO, 'maxlen', options.maxlen ?? longest, 0);
  const entry = sizeOf(inner);
  const data = allocate(dtype, arrays.length * length * entry).fill(value);
  for (const [i, array] of arrays.entries()) {
    const given = array.size === 0 ? 0 : (array.shape[0] ?? 0);
    const kept = Math.min(given, length);
    const from = truncating === 'pre' ? given - kept : 0;
    const at = padding === 'pre' ? length - kept : 0;
    data.set(array.data.subarray(from * entry, (from + kept) * entry), (i * length + at) * entry);
  }
  return new Tensor(data, [arrays.length, length, ...inner], dtype);
}
