import { type DType, checkDType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';

/** Options of {@link checkGradients}. */
export interface CheckGradientsOptions {
  /** Whether the layer is called to train: batch statistics, dropout. @default true */
  readonly training?: boolean | undefined;
  /** The data to check at: an array, or a list or record of tensors for several inputs. @default drawn at random */
  readonly inputs?: TensorLike | readonly Tensor[] | { readonly [name: string]: Tensor } | null | undefined;
  /**
   * The type of the inputs; a list or record of types for several. Those of integer types are drawn from 0 and 1, and
   * not checked. @default 'float32', or that of `inputs`
   */
  readonly dtype?: DType | readonly DType[] | { readonly [name: string]: DType } | null | undefined;
  /** Which entries of the input count. @default null, all */
  readonly mask?: TensorLike | null | undefined;
  /** Which tensors to check, named as in the report; weights that are not trained may be among them. @default null, all floating inputs and the trainable weights */
  readonly only?: readonly string[] | null | undefined;
  /** How many entries of a tensor are checked, drawn at random where it has more. @default 1000 */
  readonly entries?: number | undefined;
  /** Makes what is drawn repeat itself: inputs, dropout, and what else is random. @default 0 */
  readonly seed?: number | undefined;
  /** Half the distance of the differences, for entries up to 1 in size; it grows with larger ones. @default 1e-5 */
  readonly step?: number | undefined;
  /** The relative error that passes. @default 1e-5 */
  readonly tolerance?: number | undefined;
  /** What errors are relative to where gradients are smaller than that. @default 1e-3 */
  readonly floor?: number | undefined;
  /**
   * The trainable weights are checked at values up to this far from their own, so that no mistake hides behind zeros
   * and ones. The weights themselves stay as they are. @default 0.1
   */
  readonly jitter?: number | undefined;
  /** Whether gradients that are off are an error; else the report alone tells. @default true */
  readonly throws?: boolean | undefined;
}

/** The options, checked, but for those that need the inputs. */
export interface CheckSettings {
  readonly training: boolean;
  readonly only: readonly string[] | null;
  readonly entries: number;
  readonly seed: number;
  readonly step: number;
  readonly tolerance: number;
  readonly floor: number;
  readonly jitter: number;
  readonly throws: boolean;
}

const OPTIONS: readonly (keyof CheckGradientsOptions)[] = [
  'training',
  'inputs',
  'dtype',
  'mask',
  'only',
  'entries',
  'seed',
  'step',
  'tolerance',
  'floor',
  'jitter',
  'throws',
];

/** @throws TypeError for unknown options and wrong types, ValueError for impossible values. */
export function readCheckOptions(who: string, options: CheckGradientsOptions): CheckSettings {
  checkOptions(who, options, OPTIONS);
  const only: unknown = options.only ?? null;
  if (only !== null && !(Array.isArray(only) && only.every((name) => typeof name === 'string'))) {
    throw new TypeError(`[${who}] only must be a list of names. Received: only=${show(only)}.`);
  }
  return {
    training: checkBoolean(who, 'training', options.training ?? true),
    only,
    entries: checkInteger(who, 'entries', options.entries ?? 1000, 1),
    seed: checkInteger(who, 'seed', options.seed ?? 0, 0),
    step: checkPositive(who, 'step', options.step ?? 1e-5),
    tolerance: checkPositive(who, 'tolerance', options.tolerance ?? 1e-5),
    floor: checkPositive(who, 'floor', options.floor ?? 1e-3),
    jitter: checkNotNegative(who, 'jitter', options.jitter ?? 0.1),
    throws: checkBoolean(who, 'throws', options.throws ?? true),
  };
}

/** The type of each of several inputs; null where nobody said. */
export function readDTypes(
  who: string,
  given: CheckGradientsOptions['dtype'],
  count: number,
): readonly (DType | null)[] {
  if (given === undefined || given === null || typeof given === 'string') {
    const one = given === undefined || given === null ? null : checkDType(given, who);
    return new Array<DType | null>(count).fill(one);
  }
  const all: readonly unknown[] = Object.values(given);
  if (all.length !== count) {
    throw new ValueError(
      `[${who}] dtype must be one type, or one for each input, ${count} in all. Received: dtype=${show(given)}.`,
    );
  }
  return all.map((one) => checkDType(one, who));
}

function checkPositive(who: string, argument: string, value: unknown): number {
  const found = checkNumber(who, argument, value);
  if (found > 0) return found;
  throw new ValueError(`[${who}] ${argument} must be positive. Received: ${argument}=${found}.`);
}

function checkNotNegative(who: string, argument: string, value: unknown): number {
  const found = checkNumber(who, argument, value);
  if (found >= 0) return found;
  throw new ValueError(`[${who}] ${argument} must not be negative. Received: ${argument}=${found}.`);
}
