import { layers, utils } from 'evenkeel';
import type { GoldenArray } from './golden.ts';

/** A feature of a golden case: a type, or a function with its arguments; see test/golden/make/feature_space.py. */
type FeatureCase =
  | string
  | readonly [kind: string, positional: readonly unknown[], options: object]
  | readonly [kind: 'feature', dtype: string, layer: string, options: object, outputMode: utils.FeatureOutputMode];

type CrossCase =
  readonly string[] | readonly [names: readonly string[], bins: number, outputMode: utils.CrossOutputMode];

/** Encoded features of Keras. */
export type Output = GoldenArray | Readonly<Record<string, GoldenArray>>;

/** A case of test/golden/feature-space.json. */
export interface FeatureSpaceCase {
  readonly title: string;
  readonly features: Readonly<Record<string, FeatureCase>>;
  readonly crosses: readonly CrossCase[];
  readonly options: object;
  readonly adapt: Readonly<Record<string, readonly never[]>> | null;
  readonly batch: number | null;
  readonly calls: readonly (readonly [data: Readonly<Record<string, never>>, output: Output])[];
  readonly learned: Readonly<
    Record<
      string,
      {
        readonly vocabulary?: readonly (string | number)[];
        readonly boundaries?: readonly number[];
        readonly mean?: GoldenArray;
        readonly variance?: GoldenArray;
      }
    >
  >;
  readonly file?: string;
  readonly model?: string;
  readonly prediction?: GoldenArray;
}

/** A layer that has Keras's name, made with options alone. */
function layerOf(name: string, options: object): layers.Layer {
  const layerClass = (layers as unknown as Readonly<Record<string, new (options: object) => layers.Layer>>)[name]!;
  return new layerClass(options);
}

function featureOf(given: FeatureCase): utils.Feature | utils.FeatureType {
  if (typeof given === 'string') return given as utils.FeatureType;
  if (given.length === 5) {
    const [, dtype, layer, options, outputMode] = given;
    return utils.FeatureSpace.feature(dtype, layerOf(layer, options), outputMode);
  }
  const [kind, positional, options] = given;
  const make = Reflect.get(utils.FeatureSpace, kind) as (...args: readonly unknown[]) => utils.Feature;
  return make(...positional, options);
}

function crossOf(given: CrossCase): readonly string[] | utils.Cross {
  if (typeof given[0] === 'string') return given as readonly string[];
  const [names, bins, outputMode] = given as readonly [readonly string[], number, utils.CrossOutputMode];
  return utils.FeatureSpace.cross(names, bins, { outputMode });
}

/** The FeatureSpace of a case, not adapted. */
export function spaceOf({ features, crosses, options }: FeatureSpaceCase): utils.AnyFeatureSpace {
  const made = Object.entries(features).map(([name, given]) => [name, featureOf(given)] as const);
  return new utils.FeatureSpace<utils.FeatureSpaceMode>({
    features: Object.fromEntries(made),
    crosses: crosses.map(crossOf),
    ...options,
  });
}
