import { checkChoice, checkOptions } from '../../../core/checks.ts';
import type { Config, Json } from '../../../core/config.ts';
import { type DTypeLike, DTypePolicy } from '../../../core/dtype-policy.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkName, titleOf, uniqueName } from '../../../core/names.ts';
import { type Tensor, isTensor } from '../../../core/tensor.ts';
import { type Tree, mapTree } from '../../../core/tree.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { LayerReadContext } from '../../layers/base/serialization.ts';
import { positive } from '../../layers/base/option-fields.ts';
import { Input } from '../../layers/core/input-layer.ts';
import type { TFDConcat } from '../../layers/feature-space/tfd-concat.ts';
import type { CategoryEncoding } from '../../layers/preprocessing/category-encoding.ts';
import { HashedCrossing } from '../../layers/preprocessing/hashed-crossing.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import { classNameOf } from '../../saving/class-name.ts';
import { layerFile } from '../../saving/formats/keras.ts';
import { type SaveFileOptions, saveKerasFile } from '../../saving/formats/saving-api.ts';
import type { SavableLayer } from '../../saving/keras-saveable.ts';
import { defaultContext } from '../../saving/read-context.ts';
import { type FeatureDataset, adaptFeatures, canAdapt, hasLearned } from './adapt-features.ts';
import type { FeatureData } from './feature-data.ts';
import { FeatureEncoder, FeatureEncoding, type FeatureSpaceMode } from './feature-encoder.ts';
import { FeatureTypes } from './feature-types.ts';
import type { Cross, Feature } from './feature.ts';
import { type FeatureSpaceOptions, optionsOf, readCrosses, readFeatures } from './options.ts';
import { type FeatureParts, checkRows, preprocessData, preprocessorsInGraph, withoutBatch } from './preprocess-data.ts';
import { encodeSymbolically, encodedPartsOf } from './symbolic-features.ts';

/** Encoded features: one array, or arrays by name. */
type Encoded<Mode extends FeatureSpaceMode, Array> = Mode extends 'dict' ? Record<string, Array> : Array;

const OPTIONS = [
  ...['features', 'outputMode', 'crosses', 'crossingDim', 'hashingDim', 'numDiscretizationBins', 'name'],
] as const;

/**
 * Preprocesses and encodes the columns of tabular data: numbers as they are, rescaled, normalized or in bins, categories as
 * ones at their indices, and crosses of features. It preprocesses data, and is the beginning of a model of raw data.
 *
 * Types of features: `'float'`, `'float_rescaled'`, `'float_normalized'`, `'float_discretized'`, `'integer_categorical'`,
 * `'string_categorical'`, `'integer_hashed'` and `'string_hashed'`; for their options, the functions of the class.
 *
 * Shapes: for each feature `[]`, `[batch]` or `[batch, values]` → `[batch, encoded]`, or `[encoded]` for single values. The
 * features come in the order of their names, then the crosses in that of theirs.
 *
 * @throws ValueError if there are no features, or a cross is not of features; TypeError if a type of features is unknown.
 * @example
 * const space = new utils.FeatureSpace({
 *   features: { age: 'float_normalized', city: 'string_categorical' },
 * });
 * await space.adapt({ age: [20, 30, 40, 30], city: ['Bern', 'Basel', 'Bern', 'Chur'] });
 * await space.apply({ age: [30, 30], city: ['Bern', 'Genf'] });    // [[0, 0, 1, 0, 0], [0, 1, 0, 0, 0]]
 * (await space.apply({ age: 30, city: 'Chur' })).shape;            // [5]
 * @see https://keras.io/api/utils/feature_space/
 */
export class FeatureSpace<Mode extends FeatureSpaceMode = 'concat'> extends FeatureTypes implements SavableLayer {
  static readonly className: string = 'FeatureSpace';

  /** The name. */
  readonly name: string;
  /** The type of its computation. */
  readonly dtypePolicy: DTypePolicy = new DTypePolicy('float32');
  /** Nothing: its preprocessors have the weights. */
  readonly ownWeights: readonly never[] = [];
  /** Nothing: its preprocessors have the weights. */
  readonly storedWeights: readonly never[] = [];
  /** Nothing: `adapt` learns what there is to learn. */
  readonly trainableWeights: readonly never[] = [];
  /** Nothing: its preprocessors have the weights. */
  readonly nonTrainableWeights: readonly never[] = [];
  /** The features by name. */
  readonly features: Readonly<Record<string, Feature>>;
  /** The crosses of features. */
  readonly crosses: readonly Cross[];
  /** Whether the encoded features are one array, or a record. */
  readonly outputMode: Mode;
  /** The number of bins of crosses that are lists of names. */
  readonly crossingDim: number | null;
  /** The number of bins of the types of hashed features. */
  readonly hashingDim: number;
  /** The number of bins of the type of discretized features. */
  readonly numDiscretizationBins: number;
  /** The layers that preprocess the features, by name. */
  readonly preprocessors: Readonly<Record<string, Layer>>;
  /** The layers that hash crosses, by the names of their features joined by `_X_`. */
  readonly crossers: Readonly<Record<string, HashedCrossing>>;
  /** The layers that replace indices by ones, by the names of features and crosses; known when the space has been adapted. */
  oneHotEncoders: Readonly<Record<string, CategoryEncoding>> = {};
  /** The layer that concatenates encoded features; null in the mode `'dict'`, and before the space has been adapted. */
  concat: TFDConcat | null = null;
  readonly #inputs: Readonly<Record<string, KerasTensor>>;
  readonly #parts: FeatureParts;
  readonly #adaptable: ReadonlyMap<string, Feature>;
  #isAdapted = false;
  #encoding: FeatureEncoding | null = null;
  #encoder: FeatureEncoder | null = null;
  #encodedFeatures: KerasTensor | Record<string, KerasTensor> | null = null;

  constructor(options: FeatureSpaceOptions<Mode>) {
    super();
    checkOptions('FeatureSpace', options, OPTIONS);
    const { name = null, crossingDim = 32, hashingDim = 32, numDiscretizationBins = 32 } = options;
    this.name = name === null ? uniqueName('feature_space') : checkName(name, 'FeatureSpace');
    const { who } = this;
    this.outputMode = checkChoice(who, 'outputMode', options.outputMode ?? 'concat', ['concat', 'dict']) as Mode;
    this.crossingDim = crossingDim === null ? null : positive().read(who, 'crossingDim', crossingDim);
    this.hashingDim = positive().read(who, 'hashingDim', hashingDim);
    this.numDiscretizationBins = positive().read(who, 'numDiscretizationBins', numDiscretizationBins);
    const features = readFeatures(who, options.features, this);
    const entries = [...features];
    this.features = Object.fromEntries(entries);
    this.crosses = readCrosses(who, options.crosses, this.crossingDim, features);
    this.preprocessors = Object.fromEntries(entries.map(([key, { preprocessor }]) => [key, preprocessor]));
    this.crossers = Object.fromEntries(
      this.crosses.map((cross) => [cross.name, new HashedCrossing(cross.crossingDim, { name: cross.name })]),
    );
    this.#inputs = Object.fromEntries(
      entries.map(([key, { dtype }]) => [key, Input({ shape: [1], dtype: dtype as DTypeLike, name: key })]),
    );
    this.#parts = { who, features, crosses: this.crosses, crossers: this.crossers };
    this.#adaptable = new Map(entries.filter(([, { preprocessor }]) => canAdapt(preprocessor)));
  }

  /** The name of the class in configs. */
  get className(): string {
    return classNameOf(this.constructor);
  }

  /** The class and the name, for error messages. */
  get who(): string {
    return titleOf(this.className, this.name);
  }

  /** Whether the preprocessors have learned what they need. */
  get isAdapted(): boolean {
    return this.#isAdapted || this.#adaptable.size === 0;
  }

  /**
   * Adapts the preprocessors that learn from data, in one pass over it: vocabularies, bins, means and variances. Data is a record
   * of arrays, or an iterable of records, of rows or of batches; of `[x, y]`, only x is used.
   *
   * @throws TypeError or ValueError if a feature is missing or has other values. A space of which a part has learned then must
   * be adapted again.
   * @example
   * const space = new utils.FeatureSpace({ features: { size: 'float_normalized' } });
   * await space.adapt([{ size: 1 }, { size: 3 }]);
   * await space.apply({ size: [3, 2] });    // [[1], [0]]
   */
  async adapt(dataset: FeatureDataset): Promise<void> {
    const learned = new Set<string>();
    try {
      await adaptFeatures(this.who, this.#adaptable, dataset, learned);
      this.#isAdapted = true;
    } catch (error) {
      if (learned.size > 0) this.#isAdapted = false;
      throw error;
    } finally {
      // The sizes of the encodings follow from what has been learned.
      [this.#encoding, this.#encoder, this.#encodedFeatures] = [null, null, null];
    }
    this.#buildEncoding();
  }

  /** Takes note that a file contains what the preprocessors have learned. */
  restored(): void {
    this.#isAdapted = [...this.#adaptable.values()].every(({ preprocessor }) => hasLearned(preprocessor));
  }

  #buildEncoding(): FeatureEncoding {
    if (!this.isAdapted) {
      throw new ValueError(
        `[${this.who}] the features ${show([...this.#adaptable.keys()])} must be adapted first. Call await adapt(dataset).`,
      );
    }
    if (this.#encoding !== null) return this.#encoding;
    this.#encoding = new FeatureEncoding(this.who, this.outputMode, encodedPartsOf(this.#parts));
    ({ oneHotEncoders: this.oneHotEncoders, concat: this.concat } = this.#encoding);
    return this.#encoding;
  }

  /**
   * Preprocesses and encodes data: a record of arrays, of strings or numbers, or of single values for one row.
   *
   * @throws ValueError if the space has not been adapted, or a feature is missing; TypeError if a feature has other values.
   * @example
   * const features = { size: 'float', kind: utils.FeatureSpace.stringHashed(2) };
   * const space = new utils.FeatureSpace({ features, outputMode: 'dict' });
   * await space.apply({ size: [3, 4], kind: ['a', 'b'] });    // { kind: [[0, 1], [1, 0]], size: [[3], [4]] }
   * await space.apply({ size: 3, kind: 'a' });                // { kind: [0, 1], size: [3] }
   */
  async apply(data: FeatureData): Promise<Encoded<Mode, Tensor>> {
    const encoding = this.#buildEncoding();
    const { fed, isRow } = await preprocessData(this.#parts, data);
    if (this.outputMode === 'concat') checkRows(this.who, fed);
    this.#encoder ??= new FeatureEncoder(this.name, preprocessorsInGraph(this.#parts), encoding);
    const encoded: Tree<Tensor> = await this.#encoder.apply(fed);
    return (isRow ? mapTree(encoded, isTensor, withoutBatch) : encoded) as Encoded<Mode, Tensor>;
  }

  /**
   * The symbolic inputs of a model of raw data, by the names of the features.
   *
   * @throws ValueError if the space has not been adapted.
   * @example
   * const space = new utils.FeatureSpace({ features: { size: 'float', kind: 'string_hashed' }, hashingDim: 3 });
   * const outputs = new layers.Dense(1).apply(space.getEncodedFeatures());
   * const model = new Model({ inputs: space.getInputs(), outputs });
   * (await model.predict({ size: [1, 2], kind: ['a', 'b'] }, { verbose: 0 })).shape;    // [2, 1]
   */
  getInputs(): Readonly<Record<string, KerasTensor>> {
    this.#buildEncoding();
    return this.#inputs;
  }

  /**
   * The symbolic encoded features of {@link getInputs}: one tensor, or a record in the mode `'dict'`. A model that is trained on
   * what `apply` returns begins with them.
   *
   * @throws ValueError if the space has not been adapted, or an encoding does not fit the dtype of a feature.
   * @example
   * const space = new utils.FeatureSpace({ features: { size: 'float', kind: 'string_hashed' }, hashingDim: 3 });
   * space.getEncodedFeatures().shape;    // [null, 4]
   */
  getEncodedFeatures(): Encoded<Mode, KerasTensor> {
    const encoding = this.#buildEncoding();
    this.#encodedFeatures ??= encodeSymbolically(this.#parts, this.#inputs, encoding);
    return this.#encodedFeatures as Encoded<Mode, KerasTensor>;
  }

  /** The arguments of the constructor as Keras's JSON, from which `fromConfig` makes an equal space that is not adapted. */
  getConfig(): Config {
    const features = Object.entries(this.features).map(([name, feature]) => [name, feature.serialize()] as const);
    return {
      features: Object.fromEntries(features),
      output_mode: this.outputMode,
      crosses: this.crosses.map((cross) => cross.serialize()),
      crossing_dim: this.crossingDim,
      hashing_dim: this.hashingDim,
      num_discretization_bins: this.numDiscretizationBins,
    };
  }

  /** Makes a space from the result of `getConfig`, here or in Keras. */
  static fromConfig(config: Config, context: LayerReadContext = defaultContext): FeatureSpace<FeatureSpaceMode> {
    return new this<FeatureSpaceMode>(optionsOf(config, context));
  }

  /** Keras's JSON of the space: its class, its config, and the shapes for which the preprocessors were built. */
  toJSON(): Config {
    const shapes = Object.entries(this.preprocessors).map(([name, { builtShape }]): [string, Json] => [
      name,
      builtShape === null ? {} : { input_shape: builtShape as Json },
    ]);
    return {
      ...{ module: 'keras.utils', class_name: this.className, config: this.getConfig() },
      ...{ registered_name: null, build_config: Object.fromEntries(shapes) },
    };
  }

  /**
   * Writes the space to a `.keras` file, with what the preprocessors have learned, here or for Keras. `loadModel` reads it.
   *
   *     await space.save('houses.keras');
   *     const restored = await loadModel<utils.FeatureSpace>('houses.keras');
   *
   * @throws ValueError if the name has another ending. An existing file is unchanged then.
   */
  async save(path: FilePath, options: SaveFileOptions = {}): Promise<void> {
    await saveKerasFile(this.who, path, options, () => this.toBytes());
  }

  /**
   * Returns the bytes of a `.keras` file of the space, for use without a file system.
   *
   * @example
   * const space = new utils.FeatureSpace({ features: { kind: 'string_categorical' } });
   * await space.adapt({ kind: ['a', 'b', 'b'] });
   * const restored = await loadModel(await space.toBytes());
   * await restored.apply({ kind: ['b', 'c'] });    // [[0, 1, 0], [1, 0, 0]]
   */
  async toBytes(): Promise<Uint8Array> {
    return layerFile(this, this.toJSON());
  }
}

/** A FeatureSpace of either mode. */
export type AnyFeatureSpace = FeatureSpace<FeatureSpaceMode>;
