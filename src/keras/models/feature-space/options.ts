import { type Config, type Json, isRecord, isSerializedObject } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { Layer } from '../../layers/base/layer.ts';
import type { LayerReadContext } from '../../layers/base/serialization.ts';
import { readLayerIn } from '../../layers/serialization.ts';
import type { FeatureSpaceMode } from './feature-encoder.ts';
import { type FeatureType, type TypeDefaults, featureTypes } from './feature-types.ts';
import { Cross, type CrossOutputMode, Feature, type FeatureOutputMode } from './feature.ts';

/** Options of {@link FeatureSpace}. */
export interface FeatureSpaceOptions<Mode extends FeatureSpaceMode = FeatureSpaceMode> {
  /** The features by name: each the name of a type, or what a function such as `FeatureSpace.floatNormalized` returns. */
  readonly features: Readonly<Record<string, Feature | FeatureType>>;
  /** Whether the encoded features are concatenated to one array, or returned by name. @default 'concat' */
  readonly outputMode?: Mode | undefined;
  /** Features to cross: lists of their names, or what `FeatureSpace.cross` returns. @default null, none */
  readonly crosses?: readonly (readonly string[] | Cross)[] | null | undefined;
  /** The number of bins of crosses that are lists of names. @default 32 */
  readonly crossingDim?: number | null | undefined;
  /** The number of bins of the types `'integer_hashed'` and `'string_hashed'`. @default 32 */
  readonly hashingDim?: number | undefined;
  /** The number of bins of the type `'float_discretized'`. @default 32 */
  readonly numDiscretizationBins?: number | undefined;
  /** The name. @default 'feature_space', made unique */
  readonly name?: string | null | undefined;
}

/** The features of the option. @throws TypeError or ValueError if it has none, or another value */
export function readFeatures(who: string, given: unknown, defaults: TypeDefaults): ReadonlyMap<string, Feature> {
  if (!isRecord(given) || Object.keys(given).length === 0) {
    throw new ValueError(`[${who}] features must be a record of at least one feature. Received: ${show(given)}.`);
  }
  const entries = Object.entries(given).map(([name, value]): [string, Feature] => {
    if (value instanceof Feature) return [name, value];
    if (typeof value === 'string' && Object.hasOwn(featureTypes, value)) {
      return [name, featureTypes[value as FeatureType](name, defaults)];
    }
    const types = Object.keys(featureTypes).map(show).join(', ');
    throw new TypeError(
      `[${who}] a feature must be one of ${types}, or made by a function such as FeatureSpace.float. Received: ${show(name)}=${show(value)}.`,
    );
  });
  return new Map(entries);
}

/** The crosses of the option. @throws TypeError or ValueError if one is not of features */
export function readCrosses(
  who: string,
  given: unknown,
  crossingDim: number | null,
  features: ReadonlyMap<string, Feature>,
): readonly Cross[] {
  if (given === null || given === undefined) return [];
  if (!Array.isArray(given)) {
    throw new TypeError(`[${who}] crosses must be a list. Received: crosses=${show(given)}.`);
  }
  const crosses = given.map((value: unknown): Cross => {
    if (value instanceof Cross) return value;
    if (crossingDim !== null) return new Cross(value as readonly string[], crossingDim);
    throw new ValueError(`[${who}] crossingDim must be given with crosses. Received: crossingDim=null.`);
  });
  const taken = new Set(features.keys());
  for (const { name, featureNames } of crosses) {
    const unknown = featureNames.find((each) => !features.has(each));
    if (unknown !== undefined) {
      throw new ValueError(
        `[${who}] crosses must be of features. Received: ${show(unknown)}, which is not among ${show([...features.keys()])}.`,
      );
    }
    if (taken.has(name)) {
      throw new ValueError(
        `[${who}] the names of features and crosses must differ. Received: a second one named ${show(name)}.`,
      );
    }
    taken.add(name);
  }
  return crosses;
}

/** Keras's config of a FeatureSpace as options. @throws TypeError or ValueError if it is not one */
export function optionsOf(config: Config, context: LayerReadContext): FeatureSpaceOptions {
  const { features, output_mode: outputMode, crosses, crossing_dim: crossingDim, name } = config;
  const { hashing_dim: hashingDim, num_discretization_bins: numDiscretizationBins } = config;
  const read = (value: Json): unknown => revive(value, context);
  // The constructor checks everything that was read.
  return {
    features: isRecord(features)
      ? Object.fromEntries(Object.entries(features).map(([key, value]) => [key, read(value)]))
      : features,
    crosses: Array.isArray(crosses) ? (crosses as readonly Json[]).map(read) : crosses,
    ...{ outputMode, crossingDim, hashingDim, numDiscretizationBins, name },
  } as FeatureSpaceOptions;
}

/** The feature or the cross that a config object describes; another value as it is. */
function revive(value: Json, context: LayerReadContext): unknown {
  if (!isSerializedObject(value)) return value;
  const { class_name: name, config } = value;
  if (name === 'Cross') {
    const { feature_names: names, crossing_dim: bins, output_mode: mode } = config;
    return new Cross(names as readonly string[], bins as number, mode as CrossOutputMode);
  }
  if (name !== 'Feature') {
    throw new TypeError(`[FeatureSpace.fromConfig] class_name must be "Feature" or "Cross". Received: ${show(name)}.`);
  }
  const { dtype, preprocessor, output_mode: mode } = config;
  const read = context.readLayer ?? ((json: unknown) => readLayerIn(context, json));
  const layer = isSerializedObject(preprocessor) ? read(preprocessor) : preprocessor;
  return new Feature(dtype as string, layer as Layer, mode as FeatureOutputMode);
}
