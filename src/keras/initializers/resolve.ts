import type { Config, SerializedObject } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type ConfigObject, type CustomObjects, serializeWith } from '../saving/registry.ts';
import { type KnownShape, sameShape, showShape } from '../../core/shape.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { type Vocabulary, fromVocabulary } from '../saving/vocabulary.ts';
import { Constant, Identity, Ones, Zeros } from './constants.ts';
import { Initializer } from './initializer.ts';
import { Orthogonal } from './orthogonal.ts';
import { RandomNormal, RandomUniform, TruncatedNormal } from './random.ts';
import { STFT } from './stft.ts';
import * as scaling from './variance-scaling.ts';

/** A function that gives the first values of a weight. It cannot be written to a config. */
export type InitializerFunction = (shape: KnownShape, dtype: DType) => TensorLike;

/** What is taken wherever an initializer is. */
export type InitializerIdentifier = string | ConfigObject | Initializer | InitializerFunction;

const vocabulary: Vocabulary<Initializer> = {
  module: 'keras.initializers',
  kind: 'initializer',
  base: Initializer,
  rule: 'an initializer must be a name, a config object, an Initializer or a function',
  classes: {
    Constant,
    GlorotNormal: scaling.GlorotNormal,
    GlorotUniform: scaling.GlorotUniform,
    HeNormal: scaling.HeNormal,
    HeUniform: scaling.HeUniform,
    Identity,
    LecunNormal: scaling.LecunNormal,
    LecunUniform: scaling.LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    STFT,
    TruncatedNormal,
    VarianceScaling: scaling.VarianceScaling,
    Zeros,
  },
  aliases: {
    IdentityInitializer: 'Identity',
    OrthogonalInitializer: 'Orthogonal',
    STFTInitializer: 'STFT',
    normal: 'RandomNormal',
    one: 'Ones',
    uniform: 'RandomUniform',
    zero: 'Zeros',
  },
};

/** What stands for a function. */
class FunctionInitializer extends Initializer {
  readonly #fn: InitializerFunction;

  constructor(fn: InitializerFunction) {
    super();
    this.#fn = fn;
  }

  override call(shape: KnownShape, dtype: DType = 'float32'): Tensor {
    const given = tensor(this.#fn(shape, dtype));
    if (!sameShape(given.shape, shape)) {
      throw new ValueError(
        `[initializers] ${show(this.#fn)} must return values of the shape asked for, ${showShape(shape)}. Received: shape ${showShape(given.shape)}.`,
      );
    }
    return tensor(given, undefined, dtype);
  }

  override getConfig(): Config {
    throw new TypeError(
      `[initializers.serialize] a function cannot be written to a config. Received: ${show(this.#fn)}. Extend Initializer instead, and pass the class in customObjects to read it back.`,
    );
  }
}

/**
 * The initializer that a name, a config object, an object or a function stands for.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @example
 * initializers.get('he_normal').call([64, 10]).shape;   // [64, 10]
 * @see https://keras.io/api/layers/initializers/
 */
export function get(
  identifier: InitializerIdentifier,
  who = 'initializers.get',
  customObjects: CustomObjects = {},
): Initializer {
  return typeof identifier === 'function'
    ? new FunctionInitializer(identifier)
    : fromVocabulary(vocabulary, identifier, who, customObjects);
}

/**
 * Keras's JSON for an initializer.
 *
 * @throws TypeError if it is a function.
 * @example
 * initializers.serialize(new initializers.Zeros());
 * // { module: 'keras.initializers', class_name: 'Zeros', config: {}, registered_name: null }
 * @see https://keras.io/api/layers/initializers/
 */
export function serialize(initializer: Initializer): SerializedObject {
  return serializeWith(vocabulary, initializer);
}

/**
 * The initializer that a config object stands for; the other direction of {@link serialize}.
 *
 * @throws TypeError if there is no such initializer.
 * @example
 * initializers.deserialize(initializers.serialize(new initializers.Constant({ value: 2 }))).getConfig();   // { value: 2 }
 * @see https://keras.io/api/layers/initializers/
 */
export function deserialize(config: ConfigObject | string, customObjects: CustomObjects = {}): Initializer {
  return get(config, 'initializers.deserialize', customObjects);
}
