import {
  type Constraint,
  type ConstraintIdentifier,
  get as getConstraint,
  serialize as serializeConstraint,
} from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { checkBoolean, checkNumber } from '../../../core/checks.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Variable } from '../../../compiler/graph/variable.ts';
import {
  type Initializer,
  type InitializerIdentifier,
  get as getInitializer,
  serialize as serializeInitializer,
} from '../../initializers/index.ts';
import {
  type Regularizer,
  type RegularizerIdentifier,
  get as getRegularizer,
  serialize as serializeRegularizer,
} from '../../regularizers/index.ts';
import { json } from '../base/arguments.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';

/** The options of layers that normalize, then scale and shift. */
export interface AffineOptions extends LayerOptions {
  /** Added to the variance, so that nothing is divided by zero. @default 0.001 */
  epsilon?: number | undefined;
  /** Learn an offset β. @default true */
  center?: boolean | undefined;
  /** Learn a scale γ. @default true */
  scale?: boolean | undefined;
  /** @default 'zeros' */
  betaInitializer?: InitializerIdentifier | undefined;
  /** @default 'ones' */
  gammaInitializer?: InitializerIdentifier | undefined;
  /** @default null */
  betaRegularizer?: RegularizerIdentifier | null | undefined;
  /** @default null */
  gammaRegularizer?: RegularizerIdentifier | null | undefined;
  /** @default null */
  betaConstraint?: ConstraintIdentifier | null | undefined;
  /** @default null */
  gammaConstraint?: ConstraintIdentifier | null | undefined;
}

export const AFFINE_OPTIONS: readonly (keyof AffineOptions)[] = [
  'epsilon',
  'center',
  'scale',
  'betaInitializer',
  'gammaInitializer',
  'betaRegularizer',
  'gammaRegularizer',
  'betaConstraint',
  'gammaConstraint',
];

/** What layers share that normalize, then scale by γ and shift by β. */
export abstract class AffineLayer extends Layer {
  override supportsMasking = true;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | null;
  readonly gammaRegularizer: Regularizer | null;
  readonly betaConstraint: Constraint | null;
  readonly gammaConstraint: Constraint | null;

  /** γ; null before `build` and without a scale. */
  gamma: Variable | null = null;
  /** β; null before `build` and without a center. */
  beta: Variable | null = null;

  constructor(options: AffineOptions, ownOptions: readonly string[]) {
    super(options, [...ownOptions, ...AFFINE_OPTIONS]);
    const { who } = this;
    this.epsilon = checkNumber(who, 'epsilon', options.epsilon ?? 1e-3);
    this.center = checkBoolean(who, 'center', options.center ?? true);
    this.scale = checkBoolean(who, 'scale', options.scale ?? true);
    this.betaInitializer = getInitializer(options.betaInitializer ?? 'zeros', who);
    this.gammaInitializer = getInitializer(options.gammaInitializer ?? 'ones', who);
    this.betaRegularizer = getRegularizer(options.betaRegularizer ?? null, who);
    this.gammaRegularizer = getRegularizer(options.gammaRegularizer ?? null, who);
    this.betaConstraint = getConstraint(options.betaConstraint ?? null, who);
    this.gammaConstraint = getConstraint(options.gammaConstraint ?? null, who);
  }

  /** Makes γ and β, or those of them that there are to be. */
  protected addAffine(shape: KnownShape, hasGamma: boolean = this.scale, hasBeta: boolean = this.center): void {
    if (hasGamma) {
      this.gamma = this.addWeight({
        name: 'gamma',
        shape,
        initializer: this.gammaInitializer,
        regularizer: this.gammaRegularizer,
        constraint: this.gammaConstraint,
      });
    }
    if (hasBeta) {
      this.beta = this.addWeight({
        name: 'beta',
        shape,
        initializer: this.betaInitializer,
        regularizer: this.betaRegularizer,
        constraint: this.betaConstraint,
      });
    }
  }

  /** What configs say last: where γ and β start, and what holds them. */
  protected affineConfig(): Config {
    return {
      beta_initializer: json(serializeInitializer(this.betaInitializer)),
      gamma_initializer: json(serializeInitializer(this.gammaInitializer)),
      beta_regularizer: json(serializeRegularizer(this.betaRegularizer)),
      gamma_regularizer: json(serializeRegularizer(this.gammaRegularizer)),
      beta_constraint: json(serializeConstraint(this.betaConstraint)),
      gamma_constraint: json(serializeConstraint(this.gammaConstraint)),
    };
  }
}
