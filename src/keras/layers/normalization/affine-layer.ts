import type { Variable } from '../../../compiler/ir/variable.ts';
import type { KnownShape } from '../../../core/shape.ts';
import type { Constraint, ConstraintIdentifier } from '../../constraints/index.ts';
import type { Initializer, InitializerIdentifier } from '../../initializers/index.ts';
import type { Regularizer, RegularizerIdentifier } from '../../regularizers/index.ts';
import { type Fields, boolean, number } from '../../saving/fields.ts';
import { Layer, type LayerOptions } from '../base/layer.ts';
import { type NormalizationParts, partOf } from '../base/traits.ts';
import { weightFields, weightParts } from '../base/weight-fields.ts';

/** Options of layers that normalize, then scale and shift. */
export interface AffineOptions extends LayerOptions {
  /** A small constant added to the variance, for numerical stability. @default 0.001 */
  epsilon?: number | undefined;
  /** Whether a learned offset β is added. @default true */
  center?: boolean | undefined;
  /** Whether to multiply by a learned scale γ. @default true */
  scale?: boolean | undefined;
  /** The initializer of β. @default 'zeros' */
  betaInitializer?: InitializerIdentifier | undefined;
  /** The initializer of γ. @default 'ones' */
  gammaInitializer?: InitializerIdentifier | undefined;
  /** A penalty on β. @default null */
  betaRegularizer?: RegularizerIdentifier | null | undefined;
  /** A penalty on γ. @default null */
  gammaRegularizer?: RegularizerIdentifier | null | undefined;
  /** A constraint on β after each update. @default null */
  betaConstraint?: ConstraintIdentifier | null | undefined;
  /** A constraint on γ after each update. @default null */
  gammaConstraint?: ConstraintIdentifier | null | undefined;
}

/** The options of normalization with a learned scale and offset, ahead of those of the two weights. */
export const affineFields: Fields = { epsilon: number(1e-3), center: boolean(true), scale: boolean(true) };

/** The options of γ and β. */
export const affineWeightFields: Fields = weightFields({ beta: 'zeros', gamma: 'ones' });

/** The base of layers that normalize, then multiply by γ and add β. */
export abstract class AffineLayer extends Layer {
  override supportsMasking = true;
  override computesInFloat32 = true;
  /** A small constant added to the variance. */
  declare readonly epsilon: number;
  /** Whether β is added. */
  declare readonly center: boolean;
  /** Whether to multiply by γ. */
  declare readonly scale: boolean;
  declare readonly betaInitializer: Initializer;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaRegularizer: Regularizer | null;
  declare readonly gammaRegularizer: Regularizer | null;
  declare readonly betaConstraint: Constraint | null;
  declare readonly gammaConstraint: Constraint | null;

  /** γ; null before `build` and with `scale: false`. */
  gamma: Variable | null = null;
  /** β; null before `build` and with `center: false`. */
  beta: Variable | null = null;

  override get normalizationParts(): NormalizationParts {
    const { epsilon, gammaInitializer, betaInitializer } = this;
    return { epsilon, gamma: partOf(this.gamma, gammaInitializer), beta: partOf(this.beta, betaInitializer) };
  }

  /** Creates γ and β, as far as the options enable them. */
  protected addAffine(shape: KnownShape, hasGamma: boolean = this.scale, hasBeta: boolean = this.center): void {
    if (hasGamma) this.gamma = this.addWeight({ name: 'gamma', shape, ...weightParts(this, 'gamma') });
    if (hasBeta) this.beta = this.addWeight({ name: 'beta', shape, ...weightParts(this, 'beta') });
  }
}
