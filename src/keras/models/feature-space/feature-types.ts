import { checkOptions } from '../../../core/checks.ts';
import { uniqueName } from '../../../core/names.ts';
import { Discretization } from '../../layers/preprocessing/discretization.ts';
import { Hashing } from '../../layers/preprocessing/hashing.ts';
import { IntegerLookup } from '../../layers/preprocessing/integer-lookup.ts';
import { Normalization } from '../../layers/preprocessing/normalization.ts';
import { Rescaling, type RescalingFactor } from '../../layers/preprocessing/rescaling.ts';
import { StringLookup } from '../../layers/preprocessing/string-lookup.ts';
import { TFDIdentity } from '../../layers/feature-space/tfd-identity.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { KerasSaveable } from '../../saving/keras-saveable.ts';
import { Cross, type CrossOutputMode, Feature, type FeatureOutputMode } from './feature.ts';

/** Options of the features of a FeatureSpace. */
export interface FeatureOptions {
  /** The name of the feature, after which its preprocessor is named. @default that of the type, made unique */
  readonly name?: string | null | undefined;
}

/** Options of `FeatureSpace.floatRescaled`. */
export interface FloatRescaledOptions extends FeatureOptions {
  /** The factor. @default 1 */
  readonly scale?: RescalingFactor | undefined;
  /** The summand. @default 0 */
  readonly offset?: RescalingFactor | undefined;
}

/** Options of features that are categories. */
export interface CategoryFeatureOptions extends FeatureOptions {
  /** The form of the encoded feature: the index of its category, or a one at it. @default 'one_hot' */
  readonly outputMode?: FeatureOutputMode | undefined;
}

/** Options of `FeatureSpace.floatDiscretized`. */
export interface FloatDiscretizedOptions extends CategoryFeatureOptions {
  /** The numbers between bins, increasing, in place of a number of bins. @default null, learned by `adapt` */
  readonly binBoundaries?: readonly number[] | null | undefined;
}

/** Options of `FeatureSpace.integerCategorical` and `FeatureSpace.stringCategorical`. */
export interface CategoricalOptions extends CategoryFeatureOptions {
  /** The largest size of the vocabulary, with the index of unknown categories. @default null, unlimited */
  readonly maxTokens?: number | null | undefined;
  /** The number of indices for categories that are not in the vocabulary. @default 1 */
  readonly numOovIndices?: number | undefined;
}

/** Options of `FeatureSpace.cross`. */
export interface CrossOptions {
  /** The form of the encoded cross: its bin, or a one at it. @default 'one_hot' */
  readonly outputMode?: CrossOutputMode | undefined;
}

/** The name of a preprocessor. */
function nameFor(type: string, { name }: FeatureOptions): string {
  return `${name ?? uniqueName(type)}_preprocessor`;
}

const FEATURE = ['name'];
const CATEGORY = [...FEATURE, 'outputMode'];

/** The types of features, as functions of FeatureSpace. */
export abstract class FeatureTypes extends KerasSaveable {
  /**
   * Features of numbers as they are.
   *
   * @example
   * utils.FeatureSpace.float({ name: 'size' }).preprocessor.name;    // 'size_preprocessor'
   */
  static float(options: FeatureOptions = {}): Feature {
    checkOptions('FeatureSpace.float', options, FEATURE);
    const preprocessor = new TFDIdentity({ dtype: 'float32', name: nameFor('float', options) });
    return new Feature('float32', preprocessor, 'float');
  }

  /**
   * Features of numbers that are multiplied by `scale`, plus `offset`; see `layers.Rescaling`.
   *
   * @example
   * utils.FeatureSpace.floatRescaled({ scale: 0.5 }).outputMode;    // 'float'
   */
  static floatRescaled(options: FloatRescaledOptions = {}): Feature {
    checkOptions('FeatureSpace.floatRescaled', options, [...FEATURE, 'scale', 'offset']);
    const { scale = 1, offset = 0 } = options;
    const preprocessor = new Rescaling(scale, { offset, name: nameFor('float_rescaled', options) });
    return new Feature('float32', preprocessor, 'float');
  }

  /**
   * Features of numbers with the mean 0 and the variance 1, of which `adapt` learns the statistics; see `layers.Normalization`.
   *
   * @example
   * utils.FeatureSpace.floatNormalized().dtype;    // 'float32'
   */
  static floatNormalized(options: FeatureOptions = {}): Feature {
    checkOptions('FeatureSpace.floatNormalized', options, FEATURE);
    const preprocessor = new Normalization({ axis: -1, name: nameFor('float_normalized', options) });
    return new Feature('float32', preprocessor, 'float');
  }

  /**
   * Features of numbers that are replaced by their bins, learned by `adapt` or given; see `layers.Discretization`.
   *
   * @throws ValueError if both or neither of a number of bins and boundaries are given.
   * @example
   * utils.FeatureSpace.floatDiscretized(8).preprocessor.numBins;    // 8
   */
  static floatDiscretized(numBins: number | null, options: FloatDiscretizedOptions = {}): Feature {
    checkOptions('FeatureSpace.floatDiscretized', options, [...CATEGORY, 'binBoundaries']);
    const { binBoundaries, outputMode = 'one_hot' } = options;
    const name = nameFor('float_discretized', options);
    return new Feature('float32', new Discretization({ numBins, binBoundaries, name }), outputMode);
  }

  /**
   * Features of integers that are replaced by their indices in a vocabulary, which `adapt` learns; see `layers.IntegerLookup`.
   *
   * @example
   * utils.FeatureSpace.integerCategorical({ maxTokens: 10 }).preprocessor.maxTokens;    // 10
   */
  static integerCategorical(options: CategoricalOptions = {}): Feature {
    checkOptions('FeatureSpace.integerCategorical', options, [...CATEGORY, 'maxTokens', 'numOovIndices']);
    const { maxTokens, numOovIndices, outputMode = 'one_hot' } = options;
    const name = nameFor('integer_categorical', options);
    return new Feature('int32', new IntegerLookup({ name, maxTokens, numOovIndices }), outputMode);
  }

  /**
   * Features of strings that are replaced by their indices in a vocabulary, which `adapt` learns; see `layers.StringLookup`.
   *
   * @example
   * utils.FeatureSpace.stringCategorical({ outputMode: 'int' }).outputMode;    // 'int'
   */
  static stringCategorical(options: CategoricalOptions = {}): Feature {
    checkOptions('FeatureSpace.stringCategorical', options, [...CATEGORY, 'maxTokens', 'numOovIndices']);
    const { maxTokens, numOovIndices, outputMode = 'one_hot' } = options;
    const name = nameFor('string_categorical', options);
    return new Feature('string', new StringLookup({ name, maxTokens, numOovIndices }), outputMode);
  }

  /**
   * Features of integers that are hashed into bins; see `layers.Hashing`.
   *
   * @throws ValueError if the number of bins is not positive.
   * @example
   * utils.FeatureSpace.integerHashed(16).preprocessor.numBins;    // 16
   */
  static integerHashed(numBins: number, options: CategoryFeatureOptions = {}): Feature {
    checkOptions('FeatureSpace.integerHashed', options, CATEGORY);
    const { outputMode = 'one_hot' } = options;
    return new Feature('int32', new Hashing(numBins, { name: nameFor('integer_hashed', options) }), outputMode);
  }

  /**
   * Features of strings that are hashed into bins; see `layers.Hashing`.
   *
   * @throws ValueError if the number of bins is not positive.
   * @example
   * utils.FeatureSpace.stringHashed(16).dtype;    // 'string'
   */
  static stringHashed(numBins: number, options: CategoryFeatureOptions = {}): Feature {
    checkOptions('FeatureSpace.stringHashed', options, CATEGORY);
    const { outputMode = 'one_hot' } = options;
    return new Feature('string', new Hashing(numBins, { name: nameFor('string_hashed', options) }), outputMode);
  }

  /**
   * Features of a dtype, such as `'string'`, that a given layer preprocesses.
   *
   * @throws TypeError if the preprocessor is not a layer; ValueError if it does not accept strings, and the dtype is `'string'`.
   * @example
   * const texts = new layers.TextVectorization({ outputMode: 'tf_idf' });
   * utils.FeatureSpace.feature('string', texts, 'float').outputMode;    // 'float'
   */
  static feature(dtype: string, preprocessor: Layer, outputMode: FeatureOutputMode): Feature {
    return new Feature(dtype, preprocessor, outputMode);
  }

  /**
   * A cross of features: their combined value is hashed into bins; see `layers.HashedCrossing`.
   *
   * @throws ValueError for fewer than two names, or a number of bins that is not positive.
   * @example
   * utils.FeatureSpace.cross(['kind', 'city'], 32).name;    // 'kind_X_city'
   */
  static cross(featureNames: readonly string[], crossingDim: number, options: CrossOptions = {}): Cross {
    checkOptions('FeatureSpace.cross', options, ['outputMode']);
    return new Cross(featureNames, crossingDim, options.outputMode);
  }
}

/** The defaults of features that are given by the names of their types. */
export interface TypeDefaults {
  readonly hashingDim: number;
  readonly numDiscretizationBins: number;
}

/** A type of features with its default options, by Keras's name. */
export type FeatureType =
  | 'float'
  | 'float_normalized'
  | 'float_rescaled'
  | 'float_discretized'
  | 'integer_categorical'
  | 'string_categorical'
  | 'integer_hashed'
  | 'string_hashed';

/** The features of the types with names. */
export const featureTypes: Readonly<Record<FeatureType, (name: string, defaults: TypeDefaults) => Feature>> = {
  float: (name) => FeatureTypes.float({ name }),
  float_normalized: (name) => FeatureTypes.floatNormalized({ name }),
  float_rescaled: (name) => FeatureTypes.floatRescaled({ name }),
  float_discretized: (name, { numDiscretizationBins }) =>
    FeatureTypes.floatDiscretized(numDiscretizationBins, { name }),
  integer_categorical: (name) => FeatureTypes.integerCategorical({ name }),
  string_categorical: (name) => FeatureTypes.stringCategorical({ name }),
  integer_hashed: (name, { hashingDim }) => FeatureTypes.integerHashed(hashingDim, { name }),
  string_hashed: (name, { hashingDim }) => FeatureTypes.stringHashed(hashingDim, { name }),
};
