import type { Json } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import type { DataFormat } from '../../ops/windows.ts';

/** Checks an argument that must be a positive integer. @throws TypeError if it is no number, ValueError if it is another. */
export function checkPositive(who: string, argument: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  const message = `[${who}] ${argument} must be a positive integer. Received: ${argument}=${show(value)}.`;
  throw typeof value === 'number' ? new ValueError(message) : new TypeError(message);
}

/** Checks a size or a step that is given once for all spatial axes or once for each. */
export function checkPerAxis(who: string, argument: string, value: unknown, axes: number): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : new Array<unknown>(axes).fill(value);
  const message = `[${who}] ${argument} must be a positive integer, or a list of ${axes}. Received: ${argument}=${show(value)}.`;
  const numbers = list.filter((entry) => typeof entry === 'number');
  if (numbers.length !== list.length) throw new TypeError(message);
  if (list.length !== axes || numbers.some((entry) => !Number.isInteger(entry) || entry < 1))
    throw new ValueError(message);
  return numbers;
}

/** Checks an axis; whether the input has it shows when it is called. @throws TypeError if it is no integer. */
export function checkAxis(who: string, argument: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new TypeError(`[${who}] ${argument} must be an integer. Received: ${argument}=${show(value)}.`);
}

/** Where the channels are; null is Keras's own default. */
export function checkDataFormat(who: string, value: unknown): DataFormat {
  return checkChoice<DataFormat>(who, 'dataFormat', value ?? 'channels_last', ['channels_last', 'channels_first']);
}

/** Refuses an argument that Keras has and evenkeel has not, unless it is absent. */
export function refuse(who: string, argument: string, value: unknown, why: string): void {
  if (value === undefined || value === null) return;
  throw new ValueError(`[${who}] ${argument} must be null: ${why}. Received: ${argument}=${show(value)}.`);
}

/** What `serialize` gave, as a part of a config. */
export function json(serialized: object | string | null): Json {
  return typeof serialized === 'string' || serialized === null ? serialized : { ...serialized };
}
