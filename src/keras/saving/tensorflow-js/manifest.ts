import { type Json, isRecord } from '../../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { isJsonList } from '../json-tree.ts';

/** The types of elements in the files of TensorFlow.js, and the sizes of an element in bytes; strings have any size. */
const SIZES: Readonly<Record<WeightType, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
  string: NaN,
};

/** The type of the elements of a weight. */
export type WeightType = 'float32' | 'int32' | 'bool' | 'uint8' | 'uint16' | 'float16' | 'complex64' | 'string';

/** The integers, or the numbers of half precision, that a file contains instead of a weight's numbers. */
export interface Quantization {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  /** A number is integer · scale + minimum; 1 and 0 for half precision. */
  readonly scale: number;
  readonly minimum: number;
}

/** The description of a weight in a manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: WeightType;
  readonly quantization: Quantization | null;
  /** Whether the weight is part of the optimizer's state. */
  readonly isOptimizer: boolean;
  /** The number of elements. */
  readonly size: number;
  /** The size in the file, in bytes; NaN for strings. */
  readonly byteLength: number;
}

/** Weights whose bytes follow each other in some files. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/**
 * The groups of a `weightsManifest`, checked.
 *
 * @throws ValueError if a name, a path, a shape, a type or a quantization is impossible, occurs twice or leaves the folder.
 */
export function readManifest(json: Json, who: string): readonly WeightGroup[] {
  if (!isJsonList(json)) {
    throw new ValueError(`[${who}] weightsManifest must be a list of groups. Received: ${show(json)}.`);
  }
  const [paths, names] = [new Set<string>(), new Set<string>()];
  return json.map((group, i) => {
    const place = `weightsManifest[${i}]`;
    const { paths: files = null, weights = null } = isRecord(group) ? group : {};
    if (!isJsonList(files) || !isJsonList(weights)) {
      throw new ValueError(`[${who}] ${place} must have lists of paths and of weights. Received: ${show(group)}.`);
    }
    return {
      paths: files.map((path) => unique(paths, checkPath(path, place, who), 'path', who)),
      weights: weights.map((weight, k) => {
        const spec = readSpec(weight, `${place}.weights[${k}]`, who);
        unique(names, `${spec.isOptimizer ? 'optimizer ' : ''}${spec.name}`, 'weight', who);
        return spec;
      }),
    };
  });
}

/** A file or a weight that occurs twice would be read twice, and a small file could stand for a large model. */
function unique(known: Set<string>, name: string, noun: string, who: string): string {
  if (known.has(name)) {
    throw new ValueError(`[${who}] each ${noun} of a weightsManifest must occur once. Received: ${show(name)} twice.`);
  }
  known.add(name);
  return name;
}

/**
 * A relative path without its leading `./`.
 * @throws ValueError if it leaves the folder, also by `%2e`, which addresses understand as a dot.
 */
function checkPath(path: Json, place: string, who: string): string {
  const plain = typeof path === 'string' ? path.replace(/^(?:\.\/)+/, '') : '';
  const [name = ''] = plain.split('?', 1);
  const parts = name.split('/').map((part) => part.replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/'));
  const isInside = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\/\0]/.test(part));
  if (isInside && !/^[a-z][a-z0-9+.-]*:/i.test(plain)) return plain;
  throw new ValueError(
    `[${who}] the paths of ${place} must be of files in the folder of model.json, or below it. Received: ${show(path)}.`,
  );
}

function readSpec(json: Json, place: string, who: string): WeightSpec {
  const spec = isRecord(json) ? (json as Readonly<Record<string, Json>>) : {};
  const { name = null, shape = null, dtype = null, quantization = null, group = null } = spec;
  if (typeof name !== 'string' || name === '') {
    throw new ValueError(`[${who}] ${place} must have a name. Received: ${show(json)}.`);
  }
  const what = `the weight ${JSON.stringify(name)}`;
  if (!isJsonList(shape) || !shape.every(isSize)) {
    throw new ValueError(`[${who}] the shape of ${what} must be a list of sizes. Received: shape=${show(shape)}.`);
  }
  if (typeof dtype !== 'string' || !isWeightType(dtype)) {
    throw new ValueError(
      `[${who}] the dtype of ${what} must be one of ${Object.keys(SIZES).join(', ')}. Received: dtype=${show(dtype)}.`,
    );
  }
  const size = shape.reduce((product: number, each) => product * (each as number), 1);
  const read = quantization === null ? null : readQuantization(quantization, dtype, what, who);
  const byteLength = size * SIZES[read?.dtype ?? dtype];
  if (!Number.isSafeInteger(size) || byteLength > Number.MAX_SAFE_INTEGER) {
    throw new ValueError(`[${who}] ${what} must have a possible size. Received: shape=${show(shape)}.`);
  }
  const isOptimizer = group === 'optimizer';
  return { name, shape: shape as readonly number[], dtype, quantization: read, isOptimizer, size, byteLength };
}

const isSize = (value: Json): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isWeightType = (name: string): name is WeightType => Object.hasOwn(SIZES, name);

function readQuantization(json: Json, of: WeightType, what: string, who: string): Quantization {
  const given = isRecord(json) ? (json as Readonly<Record<string, Json>>) : {};
  const { dtype = null, scale = null, min = null } = given;
  if (dtype === 'float16' && of === 'float32') return { dtype, scale: 1, minimum: 0 };
  const isAffine = dtype === 'uint8' || dtype === 'uint16';
  if (isAffine && isNumber(scale) && isNumber(min) && (of === 'float32' || of === 'int32')) {
    return { dtype, scale, minimum: min };
  }
  if (dtype !== null && !isAffine && dtype !== 'float16') {
    throw new NotImplementedError(
      `[${who}] weights are quantized as uint8, uint16 or float16. Received: quantization=${show(json)} of ${what}.`,
    );
  }
  throw new ValueError(
    `[${who}] the quantization of ${what} must be uint8 or uint16 of float32 or int32, with a scale and a min, or float16 of float32. Received: quantization=${show(json)}, dtype=${of}.`,
  );
}

const isNumber = (value: Json): value is number => typeof value === 'number' && Number.isFinite(value);
