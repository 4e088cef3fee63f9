import { isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkNumber, unknownName } from '../../../core/checks.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import { type Field, type Fields, boolean, field, nullable, number } from '../../saving/fields.ts';
import { type AxisOption, axes, axesOf } from '../base/option-fields.ts';
import { weightFields } from '../base/weight-fields.ts';
import { type AffineOptions, affineFields } from './affine-layer.ts';

/** Bounds of batch renormalization's corrections r and d. A bound that is left out has no effect. */
export interface RenormClipping {
  /** The maximum of r. @default none */
  rmax?: number;
  /** The minimum of r. @default none */
  rmin?: number;
  /** The maximum of |d|. @default none */
  dmax?: number;
}

/** From the shape of the input to a scale and a bias, which must broadcast against the input. */
export type Adjustment = (shape: KnownShape) => readonly [scale: Operand, bias: Operand];

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends AffineOptions {
  /** The axis of the channels, or several; negative ones count from the last. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** The decay rate of the moving statistics. @default 0.99 */
  momentum?: number | undefined;
  /** The initializer of the moving mean. @default 'zeros' */
  movingMeanInitializer?: InitializerIdentifier | undefined;
  /** The initializer of the moving variance. @default 'ones' */
  movingVarianceInitializer?: InitializerIdentifier | undefined;
  /** Whether to correct the batch's statistics towards the moving ones (Ioffe, 2017). @default false */
  renorm?: boolean | undefined;
  /** Bounds of the corrections. @default null, none */
  renormClipping?: RenormClipping | null | undefined;
  /** The decay rate of the statistics of the correction. @default 0.99 */
  renormMomentum?: number | undefined;
  /**
   * true: as TensorFlow's fused kernel, where the batch's variance enters the moving one times N/(N − 1), epsilon is at
   * least 1.001e-5, and inputs have rank 4 or 5. null and false: as Keras 3. @default null
   */
  fused?: boolean | null | undefined;
  /** The size of the groups of samples that training normalizes separately. @default null, the whole batch */
  virtualBatchSize?: number | null | undefined;
  /** A function that returns a scale and a bias for the normalized values, in training only. @default null */
  adjustment?: Adjustment | null | undefined;
  /** Whether to pool the statistics of all processes that train together; no effect on one. @default false */
  synchronized?: boolean | undefined;
}

const CLIPPING_KEYS = ['rmax', 'rmin', 'dmax'] as const;

const clipping: Field<RenormClipping> = field({
  read: (who, option, given) => {
    if (isRecord(given)) return { ...(given as RenormClipping) };
    throw new TypeError(`[${who}] ${option} must be an object. Received: ${option}=${show(given)}.`);
  },
  write: (value) => ({ ...value }),
});

const virtualBatchSize: Field<number | null> = field({
  byDefault: null,
  read: (who, option, given) => {
    if (given === null || (typeof given === 'number' && Number.isInteger(given) && given > 0)) return given;
    throw new ValueError(
      `[${who}] ${option} must be a positive integer that divides the batch size, or null. Received: ${option}=${show(given)}.`,
    );
  },
  // Keras 3 refuses configs with this key and with `fused`, so they are written only if they have an effect.
  write: (value) => value ?? undefined,
});

const adjustment: Field<Adjustment | null> = field({
  byDefault: null,
  read: (who, option, given) => {
    if (given === null || typeof given === 'function') return given as Adjustment | null;
    throw new TypeError(
      `[${who}] ${option} must be a function from the input's shape to [scale, bias], or null. Received: ${option}=${show(given)}.`,
    );
  },
  write: (value, who) => {
    if (value === null) return undefined;
    throw new ValueError(
      `[${who}] adjustment is a function and cannot be written to a config. Leave it out before saving.`,
    );
  },
});

/** The options of batch normalization, in the order of Keras's config. */
export const batchNormalizationFields: Fields = {
  axis: axes(-1),
  momentum: number(0.99),
  ...affineFields,
  ...weightFields({ beta: 'zeros', gamma: 'ones' }, { initializers: { movingMean: 'zeros', movingVariance: 'ones' } }),
  synchronized: boolean(false),
  renorm: boolean(false),
  renormClipping: nullable(clipping),
  renormMomentum: number(0.99),
  virtualBatchSize,
  fused: { ...nullable(boolean()), write: (value) => (value === true ? true : undefined) },
  adjustment,
};

/** The options that restrict each other. */
interface Combination {
  readonly who: string;
  readonly dtype: string;
  readonly axis: AxisOption;
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | null;
  readonly fused: boolean | null;
  readonly virtualBatchSize: number | null;
  readonly adjustment: Adjustment | null;
  readonly synchronized: boolean;
}

/** @throws TypeError for an unknown bound; ValueError for a combination that TensorFlow refuses. */
export function checkCombination(options: Combination): void {
  // As in Keras, bounds without renorm are kept unchecked.
  if (options.renorm) checkClipping(options.who, options.renormClipping ?? {});
  if (options.virtualBatchSize !== null && options.adjustment !== null) {
    throw new ValueError(
      `[${options.who}] virtualBatchSize and adjustment cannot be used together. Leave one of them out.`,
    );
  }
  if (options.fused === true) checkFused(options);
}

function checkClipping(who: string, bounds: RenormClipping): void {
  for (const [key, value] of Object.entries(bounds)) {
    if (!CLIPPING_KEYS.some((allowed) => allowed === key))
      throw unknownName(who, 'key of renormClipping', key, CLIPPING_KEYS);
    checkNumber(who, `renormClipping.${key}`, value);
  }
  const { rmax, rmin, dmax } = bounds;
  if (rmax !== undefined && rmin !== undefined && rmax < rmin) {
    throw new ValueError(`[${who}] renormClipping.rmax must be ≥ rmin. Received: rmax=${rmax}, rmin=${rmin}.`);
  }
  if (dmax !== undefined && dmax < 0) {
    throw new ValueError(`[${who}] renormClipping.dmax must be ≥ 0. Received: dmax=${dmax}.`);
  }
}

/** The axes on which TensorFlow's fused kernel accepts the channels. */
const FUSED_AXES = [-4, -3, -1, 1, 3, 4];

function checkFused(options: Combination): void {
  const { who } = options;
  const refuse = (what: string): ValueError =>
    new ValueError(`[${who}] fused: true cannot be used ${what}. Use fused: null or false.`);
  if (options.renorm) throw refuse('with renorm');
  const chosen = axesOf(options.axis);
  if (chosen.length > 1) throw refuse(`with several axes (received axis=${show(options.axis)})`);
  if (!chosen.every((axis) => FUSED_AXES.includes(axis))) {
    throw refuse(`with axis=${show(options.axis)}, which is neither the last nor the first after the batch`);
  }
  if (options.virtualBatchSize !== null) throw refuse('with virtualBatchSize');
  if (options.adjustment !== null) throw refuse('with adjustment');
  if (options.synchronized) throw refuse('with synchronized: true');
  if (options.dtype !== 'float32') throw refuse(`with dtype=${options.dtype}`);
}

/** @throws ValueError if the fused kernel does not support inputs of this rank with channels on this axis. */
export function checkFusedInput(axis: number, rank: number, who: string): void {
  if (rank !== 4 && rank !== 5) {
    throw new ValueError(
      `[${who}] fused: true needs an input of rank 4 or 5. Received: rank ${rank}. Use fused: null or false.`,
    );
  }
  if (axis !== 1 && axis !== rank - 1) {
    throw new ValueError(
      `[${who}] fused: true needs the channels on axis 1 or ${rank - 1} of an input of rank ${rank}. Received: axis=${axis}. Use fused: null or false.`,
    );
  }
}
