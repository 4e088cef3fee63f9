import { ValueError, show } from '../../../core/errors.ts';
import { own } from '../../../core/own.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Trace } from '../../../compiler/graph/trace.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { TFDConcat } from '../../layers/feature-space/tfd-concat.ts';
import type { CallContext } from '../../layers/base/call-context.ts';
import { Layer } from '../../layers/base/layer.ts';
import { CategoryEncoding } from '../../layers/preprocessing/category-encoding.ts';
import { Discretization } from '../../layers/preprocessing/discretization.ts';
import { HashedCrossing } from '../../layers/preprocessing/hashed-crossing.ts';
import { Hashing } from '../../layers/preprocessing/hashing.ts';
import { IntegerLookup } from '../../layers/preprocessing/integer-lookup.ts';
import { StringLookup } from '../../layers/preprocessing/string-lookup.ts';

/** Whether encoded features are one array, or a record by the names of the features. */
export type FeatureSpaceMode = 'concat' | 'dict';

/** A preprocessed feature or cross, in a graph or symbolic. */
interface Typed {
  readonly dtype: string;
}

/** A feature or a cross, as far as its encoding is concerned. */
export interface EncodedPart {
  readonly name: string;
  /** The layer that returns the preprocessed feature, or the bins of the cross. */
  readonly layer: Layer;
  readonly outputMode: 'float' | 'int' | 'one_hot';
}

const isInteger = ({ dtype }: Typed): boolean => dtype.startsWith('int');

/** The number of categories that a preprocessor returns. @throws ValueError if it is unknown */
function categoriesOf(who: string, name: string, layer: Layer): number {
  if (layer instanceof IntegerLookup || layer instanceof StringLookup) return layer.vocabularySize();
  if (layer instanceof Discretization) return layer.numBins ?? (layer.boundaries?.length ?? 0) + 1;
  if (layer instanceof Hashing || layer instanceof HashedCrossing) return layer.numBins;
  throw new ValueError(
    `[${who}] the number of categories of a feature with outputMode "one_hot" must be known. Received: ${show(name)}, preprocessed by ${layer.who}. Choose outputMode "int".`,
  );
}

/** The encoding of preprocessed features and crosses: ones at categories, and one array or a record of all. */
export class FeatureEncoding {
  readonly oneHotEncoders: Readonly<Record<string, CategoryEncoding>>;
  readonly concat: TFDConcat | null;
  readonly #who: string;
  readonly #parts: readonly EncodedPart[];

  /** @throws ValueError if the number of categories of a feature is unknown */
  constructor(who: string, mode: FeatureSpaceMode, parts: readonly EncodedPart[]) {
    this.#who = who;
    this.#parts = parts;
    const sizes = parts.flatMap(({ name, layer, outputMode }) =>
      outputMode === 'one_hot' ? [[name, categoriesOf(who, name, layer)] as const] : [],
    );
    this.oneHotEncoders = Object.fromEntries(
      sizes.map(([name, size]) => [name, new CategoryEncoding(size, { outputMode: 'multi_hot' })]),
    );
    this.concat = mode === 'concat' ? new TFDConcat(-1) : null;
  }

  /**
   * Encodes preprocessed features.
   * @param apply calls a layer in the graph, or symbolically
   * @throws ValueError if the dtype of a feature does not fit its encoding
   */
  encode<T extends Typed>(
    preprocessed: Readonly<Record<string, T>>,
    apply: (layer: Layer, inputs: T | readonly T[]) => T,
  ): T | Record<string, T> {
    const encoded = this.#parts.map(({ name }): [string, T] => {
      const given = own(preprocessed, name) as T;
      const encoder = own(this.oneHotEncoders, name);
      if (encoder === undefined) return [name, given];
      if (isInteger(given)) return [name, apply(encoder, given)];
      throw new ValueError(
        `[${this.#who}] the preprocessor of a feature with outputMode "one_hot" must return integers. Received: ${given.dtype} for ${show(name)}. Choose outputMode "float".`,
      );
    });
    if (this.concat === null) return Object.fromEntries(encoded);
    const wrong = encoded.find(([, each]) => isInteger(each));
    if (wrong === undefined) {
      return apply(
        this.concat,
        encoded.map(([, each]) => each),
      );
    }
    throw new ValueError(
      `[${this.#who}] features must be encoded to be concatenated. Received: ${wrong[1].dtype} for ${show(wrong[0])}. Choose outputMode "one_hot" for the feature, or "dict" for the FeatureSpace.`,
    );
  }
}

/** The part of a FeatureSpace that is computed in a graph, as one program: what the host has not preprocessed, and the encoding. */
export class FeatureEncoder extends Layer {
  static override readonly className: string = 'FeatureSpace';

  override built = true;
  /** The layers that are called, in which variables are found. */
  readonly preprocessors: ReadonlyMap<string, Layer>;
  readonly #encoding: FeatureEncoding;

  /** @param preprocessors those of the features that the host has not preprocessed */
  constructor(name: string, preprocessors: ReadonlyMap<string, Layer>, encoding: FeatureEncoding) {
    super({ name });
    this.preprocessors = preprocessors;
    this.#encoding = encoding;
  }

  override call(inputs: Tree<Value>, { trace }: CallContext): Tree<Value> {
    const given = inputs as Readonly<Record<string, Value>>;
    const preprocessed = Object.entries(given).map(([name, value]): [string, Value] => {
      const layer = this.preprocessors.get(name);
      return [name, layer === undefined ? value : callIn(trace, layer, value)];
    });
    return this.#encoding.encode(Object.fromEntries(preprocessed), (layer, value) => callIn(trace, layer, value));
  }
}

/** Calls a layer in a graph. @throws ValueError if it returns several arrays */
function callIn(trace: Trace, layer: Layer, inputs: Tree<Value>): Value {
  const result = layer.applyIn(trace, inputs, false, null);
  if (isValue(result)) return result;
  throw new ValueError(`[${layer.who}] a preprocessor must return one array. Received: several.`);
}
