import { sameShape, sizeOf } from '../../core/shape.ts';
import { storedToTensor } from '../../formats/arrays/convert-stored.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';
import type { SavedVariable } from './keras-saveable.ts';

/** Ways in which Keras quantizes layers. */
export type QuantizationMode = 'int8' | 'int4' | 'float8' | 'gptq' | 'awq';

/** The weights of a quantized layer as floating-point numbers. */
export interface DequantizedLayer {
  readonly mode: QuantizationMode;
  /** The array of each variable, in the order of the variables; null if the file lacks the zero points of a calibrated layer. */
  readonly arrays: readonly StoredArray[] | null;
}

/** The arrays of a layer by Keras's names for them. */
type Named = ReadonlyMap<string, StoredArray>;

/**
 * The weights of a quantized layer in a `.weights.h5`, where arrays are numbered in the order of Keras's
 * `variable_serialization_spec`; null if the arrays are not those of a quantized layer.
 */
export function dequantizeNumbered(
  variables: readonly SavedVariable[],
  arrays: readonly (StoredArray | undefined)[],
): DequantizedLayer | null {
  const [values] = variables;
  const given = arrays.filter((array) => array !== undefined);
  const extra = given.length - variables.length;
  if (values === undefined || extra < 1) return null;
  const own = variables.map(({ name }) => name);
  // GPTQ and AWQ store the bias before the kernel.
  const isCalibrated = given[own.length - 1]?.dtype === 'uint8';
  const hasZero = given[own.length + 1]?.dtype === (isCalibrated ? 'uint8' : 'int8');
  const zero = hasZero ? [`${values.name}_zero`] : [];
  const factors = isCalibrated && extra - zero.length === 3 ? ['awq_scales'] : [];
  const others = extra === 6 ? FLOAT8 : [`${values.name}_scale`, ...zero, ...factors, 'g_idx'];
  const names = [...(isCalibrated ? [...own].reverse() : own), ...others];
  return dequantize(variables, new Map(given.map((array, i) => [names[i] ?? String(i), array])));
}

/** The variables of float8 between the weights and the scale of the kernel. */
const FLOAT8 = ['inputs_scale', 'inputs_amax_history', 'kernel_scale'];

/**
 * The weights of a quantized layer, whose arrays have names; null if the arrays are not those of a quantized layer.
 *
 * W = q / scale for each column of a kernel and each row of embeddings, or in groups W = (q − zero) · scale; AWQ also divides
 * the rows of a kernel by `awq_scales`. Two numbers of 4 bits share a byte, the first of them in the lower half.
 */
export function dequantize(variables: readonly SavedVariable[], named: Named): DequantizedLayer | null {
  const [values] = variables;
  const stored = named.get(values?.name ?? '');
  const scale = named.get(`${values?.name ?? ''}_scale`);
  if (values === undefined || stored === undefined || scale === undefined || values.shape.length !== 2) return null;
  if (stored.dtype === 'uint8' && !named.has(`${values.name}_zero`)) {
    return { mode: named.has('awq_scales') ? 'awq' : 'gptq', arrays: null };
  }
  const found = valuesOf(values, stored, named);
  const arrays = variables.map((variable) => (variable === values ? found?.array : named.get(variable.name)));
  const isComplete = arrays.every((array): array is StoredArray => array !== undefined);
  return found === null || !isComplete ? null : { mode: found.mode, arrays };
}

interface DequantizedValues {
  readonly mode: QuantizationMode;
  readonly array: StoredArray;
}

function valuesOf(values: SavedVariable, stored: StoredArray, named: Named): DequantizedValues | null {
  if (stored.dtype === 'int8') return signedValues(values, stored, named);
  if (stored.dtype === 'uint8') return calibratedValues(values, stored, named);
  const isFloat8 = named.has('inputs_scale') && sameShape(stored.shape, values.shape);
  return isFloat8 ? { mode: 'float8', array: stored } : null;
}

/** Reads an element of a quantized matrix, or of what belongs to it. */
type Element = (row: number, column: number) => number;

/** int8 and int4: a byte per element, or a byte for two elements of a row or (Keras 3.11) of a column. */
function signedValues({ name, shape }: SavedVariable, stored: StoredArray, named: Named): DequantizedValues | null {
  const [rows = 0, columns = 0] = shape;
  const isByRow = name === 'embeddings';
  const bytes = floats(stored, 'int32');
  const half = Math.ceil(columns / 2);
  // A single column has the same shape in both. Keras scales int8 such that the largest element of a column is ±127.
  const mayBeInt8 = sameShape(stored.shape, shape) && (columns !== 1 || bytes.some((byte) => byte < 0 || byte > 15));
  const isInt4 = !mayBeInt8 && sameShape(stored.shape, [rows, half]);
  const isByColumn = !mayBeInt8 && sameShape(stored.shape, [Math.ceil(rows / 2), columns]);
  if (!mayBeInt8 && !isInt4 && !isByColumn) return null;
  const elementOf = (): Element => {
    if (mayBeInt8) return (i, j) => bytes[i * columns + j] ?? 0;
    if (isInt4) return (i, j) => signedNibble(bytes[i * half + (j >> 1)] ?? 0, j % 2);
    return (i, j) => signedNibble(bytes[(i >> 1) * columns + j] ?? 0, i % 2);
  };
  const element = elementOf();
  const groups = groupsOf(named, name, isByRow ? [rows, columns] : [columns, rows], isByRow);
  const scale = named.get(`${name}_scale`);
  if (groups === null && (scale === undefined || !sameShape(scale.shape, [isByRow ? rows : columns]))) return null;
  const scales = scale === undefined ? [] : floats(scale);
  const value: Element =
    groups === null
      ? (i, j) => element(i, j) / (scales[isByRow ? i : j] ?? 1)
      : (i, j) => (isByRow ? groups(i, j, element(i, j)) : groups(j, i, element(i, j)));
  return { mode: mayBeInt8 ? 'int8' : 'int4', array: matrix(rows, columns, value) };
}

/** GPTQ and AWQ: the transposed kernel, a byte per element or for two elements of a column. */
function calibratedValues({ name, shape }: SavedVariable, stored: StoredArray, named: Named): DequantizedValues | null {
  const [rows = 0, columns = 0] = shape;
  const isWhole = sameShape(stored.shape, [columns, rows]);
  if (!isWhole && !sameShape(stored.shape, [Math.ceil(columns / 2), rows])) return null;
  const groups = groupsOf(named, name, [columns, rows], true);
  if (groups === null) return null;
  const bytes = floats(stored);
  const element: Element = isWhole
    ? (i, j) => bytes[j * rows + i] ?? 0
    : (i, j) => ((bytes[(j >> 1) * rows + i] ?? 0) >> (4 * (j % 2))) & 15;
  const important = named.get('awq_scales');
  if (important === undefined) {
    return { mode: 'gptq', array: matrix(rows, columns, (i, j) => groups(j, i, element(i, j))) };
  }
  if (!sameShape(important.shape, [rows])) return null;
  const factors = floats(important);
  const value: Element = (i, j) => Math.fround(groups(j, i, element(i, j))) / (factors[i] ?? 1);
  return { mode: 'awq', array: matrix(rows, columns, value) };
}

/**
 * The function from an element q to (q − zero) · scale of its group; null if there are no groups.
 * @param size the number of entries that have scales of their own, and the size of the axis that is divided into groups
 * @param isGroupLast whether the groups are the last axis of the scales
 */
function groupsOf(
  named: Named,
  name: string,
  [entries, size]: readonly [number, number],
  isGroupLast: boolean,
): ((entry: number, position: number, element: number) => number) | null {
  const [scale, zero, index] = [`${name}_scale`, `${name}_zero`, 'g_idx'].map((key) => named.get(key));
  if (scale === undefined || zero === undefined || index === undefined) return null;
  const count = scale.shape[isGroupLast ? 1 : 0] ?? 0;
  const expected = isGroupLast ? [entries, count] : [count, entries];
  const group = floats(index);
  const fits = sameShape(scale.shape, expected) && sameShape(zero.shape, expected) && sameShape(index.shape, [size]);
  if (!fits || group.some((each) => !Number.isInteger(each) || each < 0 || each >= count)) return null;
  const [scales, zeros] = [floats(scale), floats(zero)];
  return (entry, position, element) => {
    const at = isGroupLast ? entry * count + (group[position] ?? 0) : (group[position] ?? 0) * entries + entry;
    return (element - (zeros[at] ?? 0)) * (scales[at] ?? 1);
  };
}

/** `3 variables`, as part of a message about arrays of another number than a layer has. */
export function describeCount(arrays: readonly StoredArray[], noun: string): string {
  const isQuantized = arrays.some(({ dtype }) => dtype === 'int8' || dtype === 'uint8');
  const count = `${arrays.length} ${noun}${arrays.length === 1 ? '' : 's'}`;
  return isQuantized ? `${count} of a quantized layer, in an unknown arrangement` : count;
}

function signedNibble(byte: number, half: number): number {
  const nibble = (byte >> (4 * half)) & 15;
  return nibble < 8 ? nibble : nibble - 16;
}

function floats(array: StoredArray, dtype: 'float32' | 'int32' = 'float32'): Float32Array | Int32Array {
  return storedToTensor(array, dtype, 'dequantize').data as Float32Array | Int32Array;
}

function matrix(rows: number, columns: number, value: Element): StoredArray {
  const data = new Float32Array(sizeOf([rows, columns]));
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[i * columns + j] = value(i, j);
  return { kind: 'array', dtype: 'float32', shape: [rows, columns], data };
}
