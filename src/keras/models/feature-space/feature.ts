import { checkChoice } from '../../../core/checks.ts';
import type { Config } from '../../../core/config.ts';
import { DTypePolicy } from '../../../core/dtype-policy.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Layer } from '../../layers/base/layer.ts';
import { serializeLayer } from '../../layers/serialization.ts';
import { positive } from '../../layers/base/option-fields.ts';

/** The form of an encoded feature: as it is, or with a one at the index of each of its categories. */
export type FeatureOutputMode = 'float' | 'int' | 'one_hot';

/** The form of an encoded cross: its bin, or a one at it. */
export type CrossOutputMode = 'int' | 'one_hot';

/** The module of Keras that defines the classes of features, for configs. */
const MODULE = 'keras.src.layers.preprocessing.feature_space';

const serialized = (name: string, config: Config): Config => ({
  ...{ module: MODULE, class_name: name, config },
  registered_name: name,
});

/** Returns a dtype of a feature. @throws ValueError if there is none of this name */
function checkType(dtype: unknown): string {
  if (dtype === 'string') return dtype;
  if (typeof dtype === 'string') return new DTypePolicy(dtype, 'Feature').name;
  throw new TypeError(`[Feature] dtype must be the name of a dtype. Received: dtype=${show(dtype)}.`);
}

/** A feature of a FeatureSpace: its dtype, the layer that preprocesses it, and the form of its encoding. */
export class Feature {
  /** The dtype of the data: `'float32'`, `'int32'`, `'string'` or another one. */
  readonly dtype: string;
  /** The layer that preprocesses the feature. */
  readonly preprocessor: Layer;
  /** The form of the encoded feature. */
  readonly outputMode: FeatureOutputMode;

  /** Nothing: the preprocessor is a part of the FeatureSpace itself. */
  get trackedState(): readonly never[] {
    return [];
  }

  constructor(dtype: string, preprocessor: Layer, outputMode: FeatureOutputMode) {
    this.dtype = checkType(dtype);
    const given: unknown = preprocessor;
    if (!(given instanceof Layer)) {
      throw new TypeError(`[Feature] preprocessor must be a layer. Received: preprocessor=${show(given)}.`);
    }
    if (this.dtype === 'string' && !('acceptsStrings' in given && given.acceptsStrings === true)) {
      throw new ValueError(
        `[Feature] the preprocessor of strings must be a layer such as StringLookup, Hashing or TextVectorization. Received: ${given.who}.`,
      );
    }
    this.preprocessor = given;
    this.outputMode = checkChoice('Feature', 'outputMode', outputMode, ['int', 'one_hot', 'float']);
  }

  /** The arguments of the constructor as Keras's JSON. */
  getConfig(): Config {
    const { dtype, preprocessor, outputMode } = this;
    return { dtype, preprocessor: { ...serializeLayer(preprocessor) }, output_mode: outputMode };
  }

  /** Keras's JSON of the feature: its class and its config. */
  serialize(): Config {
    return serialized('Feature', this.getConfig());
  }
}

/** Features of a FeatureSpace that are crossed: their combined value is hashed into bins. */
export class Cross {
  /** The names of the features. */
  readonly featureNames: readonly string[];
  /** The number of bins. */
  readonly crossingDim: number;
  /** The form of the encoded cross. */
  readonly outputMode: CrossOutputMode;

  constructor(featureNames: readonly string[], crossingDim: number, outputMode: CrossOutputMode = 'one_hot') {
    const given: unknown = featureNames;
    const names: readonly unknown[] = Array.isArray(given) ? given : [];
    if (names.length < 2 || !names.every((each) => typeof each === 'string')) {
      const received = `Received: featureNames=${show(given)}.`;
      throw new ValueError(`[Cross] featureNames must be a list of at least two names of features. ${received}`);
    }
    this.featureNames = [...names] as string[];
    this.crossingDim = positive().read('Cross', 'crossingDim', crossingDim);
    this.outputMode = checkChoice('Cross', 'outputMode', outputMode, ['int', 'one_hot']);
  }

  /** The names of the features, joined by `_X_`. */
  get name(): string {
    return this.featureNames.join('_X_');
  }

  /** The arguments of the constructor as Keras's JSON. */
  getConfig(): Config {
    const { featureNames, crossingDim, outputMode } = this;
    return { feature_names: featureNames, crossing_dim: crossingDim, output_mode: outputMode };
  }

  /** Keras's JSON of the cross: its class and its config. */
  serialize(): Config {
    return serialized('Cross', this.getConfig());
  }
}
