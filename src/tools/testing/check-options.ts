import { type DType, checkDType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';

/** Options of {@link checkGradients}. */
export interface CheckGradientsOptions {
  /** Whether the layer is called in training mode: batch statistics, dropout. @default true */
  readonly training?: boolean | undefined;
  /** The inputs: an array, or a list or record of tensors for several inputs. @default random numbers */
  readonly inputs?: TensorLike | readonly Tensor[] | { readonly [name: string]: Tensor } | null | undefined;
  /**
   * The dtype of the inputs; a list or record of dtypes for several. Integer inputs are drawn from 0 and 1, and not checked.
   * @default 'float32', or the dtype of `inputs`
   */
  readonly dtype?: DType | readonly DType[] | { readonly [name: string]: DType } | null | undefined;
  /** The mask of the input. @default null */
  readonly mask?: TensorLike | null | undefined;
  /** The names of the tensors to check, as in the report; frozen weights are allowed. @default null, all floating inputs and trainable weights */
  readonly only?: readonly string[] | null | undefined;
  /** The maximum number of entries to check per tensor, selected at random. @default 1000 */
  readonly entries?: number | undefined;
  /** The seed of all random numbers: inputs, dropout, and others. @default 0 */
  readonly seed?: number | undefined;
  /** The step h, multiplied by max(1, |x|). @default 1e-5 */
  readonly step?: number | undefined;
  /** The maximum relative error. @default 1e-5 */
  readonly tolerance?: number | undefined;
  /** The minimum denominator of relative errors, for small gradients. @default 1e-3 */
  readonly floor?: number | undefined;
  /**
   * The maximum random perturbation of the trainable weights, since zeros and ones can hide mistakes. The weights of the
   * layer are not changed. @default 0.1
   */
  readonly jitter?: number | undefined;
  /** Whether wrong gradients are an error; otherwise they are only reported. @default true */
  readonly throws?: boolean | undefined;
}

/** The checked options, except those that depend on the inputs. */
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

/** Checks the options. @throws TypeError for unknown options and wrong types, ValueError for impossible values */
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

/** Returns the dtype of each input; null if unspecified. */
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
      `[${who}] dtype must be one dtype, or one per input (${count}). Received: dtype=${show(given)}.`,
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
