import { isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkBoolean, checkNumber, unknownName } from '../../../core/checks.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { ConstraintIdentifier } from '../../constraints/index.ts';
import type { InitializerIdentifier } from '../../initializers/index.ts';
import type { Operand } from '../../ops/operand.ts';
import type { RegularizerIdentifier } from '../../regularizers/index.ts';
import type { LayerOptions } from '../base/layer.ts';

/** Bounds of batch renormalization's corrections r and d; what is absent does not bound. */
export interface RenormClipping {
  /** The greatest r. @default none */
  rmax?: number;
  /** The least r. @default none */
  rmin?: number;
  /** The greatest |d|. @default none */
  dmax?: number;
}

/** From the shape of the input to a scale and a bias, which must broadcast against the input. */
export type Adjustment = (shape: KnownShape) => readonly [scale: Operand, bias: Operand];

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** The axis of the channels, or several; negative ones count from the back. @default -1 */
  axis?: number | readonly number[] | undefined;
  /** How much of the moving statistics each step keeps. @default 0.99 */
  momentum?: number | undefined;
  /** Added to the variance, so that nothing is divided by zero. @default 0.001 */
  epsilon?: number | undefined;
  /** Learn an offset β. @default true */
  center?: boolean | undefined;
  /** Learn a scale γ. @default true */
  scale?: boolean | undefined;
  /** What gives β its first values. @default 'zeros' */
  betaInitializer?: InitializerIdentifier | undefined;
  /** What gives γ its first values. @default 'ones' */
  gammaInitializer?: InitializerIdentifier | undefined;
  /** What the moving mean starts with. @default 'zeros' */
  movingMeanInitializer?: InitializerIdentifier | undefined;
  /** What the moving variance starts with. @default 'ones' */
  movingVarianceInitializer?: InitializerIdentifier | undefined;
  /** A penalty on β. @default null */
  betaRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on γ. @default null */
  gammaRegularizer?: RegularizerIdentifier | null | undefined;
  /** What β must satisfy after each update. @default null */
  betaConstraint?: ConstraintIdentifier | null | undefined;
  /** What γ must satisfy after each update. @default null */
  gammaConstraint?: ConstraintIdentifier | null | undefined;
  /** Correct the batch's statistics towards the moving ones (Ioffe, 2017). @default false */
  renorm?: boolean | undefined;
  /** Bounds of the corrections. @default null, none */
  renormClipping?: RenormClipping | null | undefined;
  /** The momentum of the statistics that renorm corrects towards. @default 0.99 */
  renormMomentum?: number | undefined;
  /**
   * true: TensorFlow's fused kernel: the moving variance learns N/(N − 1) times the batch's, epsilon is at least
   * 1.001e-5, inputs have rank 4 or 5. null and false: Keras 3. @default null
   */
  fused?: boolean | null | undefined;
  /** Normalize groups of this many samples, each by its own statistics, in training. @default null, the whole batch */
  virtualBatchSize?: number | null | undefined;
  /** A scale and a bias for the normalized values, in training only. @default null */
  adjustment?: Adjustment | null | undefined;
  /** Pool the statistics of all processes that train together; no effect on one. @default false */
  synchronized?: boolean | undefined;
}

export const BATCH_NORMALIZATION_OPTIONS: readonly (keyof BatchNormalizationOptions)[] = [
  'axis',
  'momentum',
  'epsilon',
  'center',
  'scale',
  'betaInitializer',
  'gammaInitializer',
  'movingMeanInitializer',
  'movingVarianceInitializer',
  'betaRegularizer',
  'gammaRegularizer',
  'betaConstraint',
  'gammaConstraint',
  'renorm',
  'renormClipping',
  'renormMomentum',
  'fused',
  'virtualBatchSize',
  'adjustment',
  'synchronized',
];

/** The arguments that are numbers, flags and choices, checked and with their defaults. */
export interface BatchNormalizationSettings {
  readonly axis: number | readonly number[];
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly renorm: boolean;
  readonly renormClipping: Readonly<RenormClipping> | null;
  readonly renormMomentum: number;
  readonly fused: boolean | null;
  readonly virtualBatchSize: number | null;
  readonly adjustment: Adjustment | null;
  readonly synchronized: boolean;
}

/**
 * Checks the arguments by themselves and against each other.
 * @throws TypeError for a wrong type, ValueError for a combination that TensorFlow refuses.
 */
export function readSettings(
  options: BatchNormalizationOptions,
  dtype: string,
  who: string,
): BatchNormalizationSettings {
  const renorm = checkBoolean(who, 'renorm', options.renorm ?? false);
  const settings: BatchNormalizationSettings = {
    axis: readAxis(options.axis ?? -1, who),
    momentum: checkNumber(who, 'momentum', options.momentum ?? 0.99),
    epsilon: checkNumber(who, 'epsilon', options.epsilon ?? 1e-3),
    center: checkBoolean(who, 'center', options.center ?? true),
    scale: checkBoolean(who, 'scale', options.scale ?? true),
    renorm,
    renormClipping: readClipping(options.renormClipping ?? null, renorm, who),
    renormMomentum: checkNumber(who, 'renormMomentum', options.renormMomentum ?? 0.99),
    fused: options.fused === undefined || options.fused === null ? null : checkBoolean(who, 'fused', options.fused),
    virtualBatchSize: readVirtualBatchSize(options.virtualBatchSize ?? null, who),
    adjustment: readAdjustment(options.adjustment ?? null, who),
    synchronized: checkBoolean(who, 'synchronized', options.synchronized ?? false),
  };
  if (settings.virtualBatchSize !== null && settings.adjustment !== null) {
    throw new ValueError(`[${who}] virtualBatchSize and adjustment cannot be used together. Leave one of them out.`);
  }
  if (settings.fused === true) checkFused(settings, dtype, who);
  return settings;
}

function readAxis(axis: unknown, who: string): number | readonly number[] {
  const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (list.length === 0 || !list.every((entry) => typeof entry === 'number' && Number.isInteger(entry))) {
    throw new TypeError(`[${who}] axis must be an integer or a list of integers. Received: axis=${show(axis)}.`);
  }
  return Array.isArray(axis) ? ([...list] as number[]) : (axis as number);
}

const CLIPPING_KEYS = ['rmax', 'rmin', 'dmax'] as const;

function readClipping(clipping: unknown, renorm: boolean, who: string): Readonly<RenormClipping> | null {
  if (clipping === null) return null;
  if (!isRecord(clipping)) {
    throw new TypeError(`[${who}] renormClipping must be an object. Received: renormClipping=${show(clipping)}.`);
  }
  // As in Keras, bounds that nothing uses are kept as they are.
  if (!renorm) return { ...clipping };
  for (const [key, value] of Object.entries(clipping)) {
    if (!CLIPPING_KEYS.some((allowed) => allowed === key))
      throw unknownName(who, 'key of renormClipping', key, CLIPPING_KEYS);
    checkNumber(who, `renormClipping.${key}`, value);
  }
  const { rmax, rmin, dmax } = clipping as RenormClipping;
  if (rmax !== undefined && rmin !== undefined && rmax < rmin) {
    throw new ValueError(`[${who}] renormClipping.rmax must be at least rmin. Received: rmax=${rmax}, rmin=${rmin}.`);
  }
  if (dmax !== undefined && dmax < 0) {
    throw new ValueError(`[${who}] renormClipping.dmax must not be negative. Received: dmax=${dmax}.`);
  }
  return { ...clipping };
}

function readVirtualBatchSize(value: unknown, who: string): number | null {
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) {
    throw new ValueError(
      `[${who}] virtualBatchSize must be a positive integer that divides the batch size, or null. Received: virtualBatchSize=${show(value)}.`,
    );
  }
  return value;
}

function readAdjustment(value: unknown, who: string): Adjustment | null {
  if (value === null) return null;
  if (typeof value !== 'function') {
    throw new TypeError(
      `[${who}] adjustment must be a function from the input's shape to [scale, bias], or null. Received: adjustment=${show(value)}.`,
    );
  }
  return value as Adjustment;
}

/** The axes among which TensorFlow's fused kernel finds the channels. */
const FUSED_AXES = [-4, -3, -1, 1, 3, 4];

function checkFused(settings: BatchNormalizationSettings, dtype: string, who: string): void {
  const refuse = (what: string): ValueError =>
    new ValueError(`[${who}] fused: true cannot be used ${what}. Use fused: null or false.`);
  if (settings.renorm) throw refuse('with renorm');
  const axes = typeof settings.axis === 'number' ? [settings.axis] : settings.axis;
  if (axes.length > 1) throw refuse(`with several axes (received axis=${show(settings.axis)})`);
  if (!axes.every((axis) => FUSED_AXES.includes(axis))) {
    throw refuse(`with axis=${show(settings.axis)}, which is neither the last nor the first after the batch`);
  }
  if (settings.virtualBatchSize !== null) throw refuse('with virtualBatchSize');
  if (settings.adjustment !== null) throw refuse('with adjustment');
  if (settings.synchronized) throw refuse('with synchronized: true');
  if (dtype !== 'float32') throw refuse(`with dtype=${dtype}`);
}

/** @throws ValueError if the fused kernel does not take inputs of this rank with channels on this axis. */
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
