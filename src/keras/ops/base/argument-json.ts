import { isArrayJson, readArrayJson, writeArrayJson } from '../../../core/array-json.ts';
import { isRecord, isSerializedObject } from '../../../core/config.ts';
import { show } from '../../../core/errors.ts';
import { isArrayLike, tensor } from '../../../core/tensor.ts';
import { Value } from '../../../compiler/ir/value.ts';
import { isKerasTensor } from './keras-tensor.ts';
import type { Argument } from './symbolic-arguments.ts';

/** A range of an axis, as Python's `start:stop:step`; negative indices count from the end. */
export interface Slice {
  /** The first element. @default 0 */
  readonly start?: number | null | undefined;
  /** The end of the range, exclusive. @default the end of the axis */
  readonly stop?: number | null | undefined;
  /** The distance between elements, an integer other than 0; negative ones go backward. @default 1 */
  readonly step?: number | null | undefined;
}

const SLICE_KEYS = ['start', 'stop', 'step'];

const isSlice = (value: object): value is Slice => Object.keys(value).every((key) => SLICE_KEYS.includes(key));

/**
 * An argument of a call on symbolic tensors as Keras's JSON: numbers unchanged, arrays with their types, Python's slices
 * and `...` as objects. Symbolic tensors stay.
 * @throws TypeError if the argument is of another kind.
 */
export function writeArgument(who: string, given: unknown): Argument {
  if (given === '...') return { class_name: '__ellipsis__', config: {} };
  if (isKerasTensor(given) || given === null || ['number', 'boolean', 'string'].includes(typeof given)) return given;
  if (isArrayLike(given)) {
    return writeArrayJson(tensor(given));
  }
  if (Array.isArray(given)) return given.map((entry: unknown) => writeArgument(who, entry));
  if (isRecord(given) && isSlice(given)) {
    const { start, stop, step } = given;
    return { class_name: '__slice__', config: { start: start ?? null, stop: stop ?? null, step: step ?? null } };
  }
  throw new TypeError(
    `[${who}] the arguments beside symbolic tensors must be numbers or tensors. Received: ${show(given)}. Use weights in a layer instead.`,
  );
}

/** The argument of a function for an argument in a config; the function checks it. */
export function readArgument(argument: Argument): unknown {
  if (argument instanceof Value) return argument;
  if (Array.isArray(argument)) return argument.map(readArgument);
  if (!isSerializedObject(argument)) return argument;
  if (argument.class_name === '__ellipsis__') return '...';
  if (argument.class_name === '__slice__') return argument.config;
  return isArrayJson(argument) ? readArrayJson('Operation', argument) : argument;
}
