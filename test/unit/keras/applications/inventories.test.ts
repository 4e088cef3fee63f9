import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as applications from '../../../../src/keras/applications/index.ts';
import type { Application, ApplicationOptions } from '../../../../src/keras/applications/index.ts';
import { Input, Rescaling } from '../../../../src/keras/layers/index.ts';
import type { Model } from '../../../../src/keras/models/index.ts';
import type { KerasTensor } from '../../../../src/keras/ops/base/keras-tensor.ts';
import type { Config, Json } from '../../../../src/core/config.ts';
import { resetNames } from '../../../../src/core/names.ts';
import { sizeOf } from '../../../../src/core/shape.ts';
import { canonicalJson, digest } from '../../../support/canonical-json.ts';
import { parseGolden } from '../../../support/golden.ts';

interface Case {
  readonly function: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly name: string;
  readonly outputShape: readonly (number | null)[];
  readonly layers: number;
  readonly parameters: number;
  readonly trainable: number;
  readonly config: string;
  readonly weights: string;
  /** The name, the class and the hash of each layer; of the cases with default options. */
  readonly entries?: readonly string[];
}

const file = new URL('../../../golden/application-inventories.json.gz', import.meta.url);
const { cases } = parseGolden<Case>(gunzipSync(readFileSync(file)).toString(), 'application-inventories');

const inputTensor = ({ shape }: { readonly shape: readonly number[] }): KerasTensor =>
  new Rescaling(2).apply(Input({ shape }));

/** A config as test/golden/make/application_inventories.py normalizes it. */
function normalized(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(normalized);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>).filter(([key]) => key !== 'build_config');
  return Object.fromEntries(
    entries.map(([key, each]) => [
      key,
      key === 'axis' && Array.isArray(each) && each.length === 1 ? (each[0] as Json) : normalized(each),
    ]),
  );
}

/** The function's model with Keras's options. */
function make({ function: name, options }: Case): Model {
  const given = Object.entries(options).map(([key, value]) => {
    const option = key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [option, option === 'inputTensor' ? inputTensor(value as never) : value];
  });
  const network = applications[name as keyof typeof applications] as Application;
  return network({ ...(Object.fromEntries(given) as ApplicationOptions), weights: null });
}

interface Entry {
  readonly name: string;
  readonly class_name: string;
}

/** The layer's name, the weight's and the shape. */
const lineOf = ({ path, shape }: Model['weights'][number]): string =>
  `${path.split('/').slice(-2).join('/')} ${shape.join(',')}`;

describe('functions of applications', () => {
  test.each(cases.map((each) => [each.function, JSON.stringify(each.options), each] as const))(
    '%s with the options %s builds the model of Keras',
    (_name, _options, each) => {
      resetNames();
      const model = make(each);
      const config = normalized(model.getConfig()) as Config;
      const hash = digest(canonicalJson(config));
      // Names the layers that differ.
      if (each.entries !== undefined && hash !== each.config) {
        const entries = (config['layers'] as unknown as readonly Entry[]).map(
          (entry) => `${entry.name} ${entry.class_name} ${digest(canonicalJson(entry as unknown as Json), 6)}`,
        );
        expect(entries).toEqual(each.entries);
      }
      expect({
        function: each.function,
        options: each.options,
        name: model.name,
        outputShape: model.outputShape,
        layers: model.layers.length,
        parameters: model.countParams(),
        trainable: model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
        config: hash,
        weights: digest(model.weights.map(lineOf).join('\n')),
      }).toEqual({ ...each, entries: undefined });
    },
  );
});
