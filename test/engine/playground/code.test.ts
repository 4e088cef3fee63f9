import { type Model, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { evenkeelCode, kerasCode } from '../../../playground/src/experiment/code.ts';
import { makeNetwork } from '../../../playground/src/experiment/make-network.ts';
import { type NormalizationName, normalizations } from '../../../playground/src/experiment/normalizations.ts';
import { type Settings, defaultSettings } from '../../../playground/src/experiment/settings.ts';
import * as evenkeel from '../../../src/index.ts';
import { takeOutput } from '../../support/fail-on-console.ts';
import { withoutImports } from '../../support/without-imports.ts';

type Compare = (x: unknown, y: unknown) => Promise<{ readonly withNormalization: Model; readonly without: Model }>;

/** The function that the code of the page exports, and the engines that it chooses. */
function programOf(settings: Settings): { readonly compare: Compare; readonly engines: readonly string[] } {
  const engines: string[] = [];
  const code = withoutImports(evenkeelCode(settings)).replace('export async function', 'async function');
  const names = { ...evenkeel, setEngine: (name: string) => engines.push(name) };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is what is tested
  const make = new Function('evenkeel', `${code}\nreturn compare;`) as (names: unknown) => Compare;
  return { compare: make(names), engines };
}

const architecture = (model: Model): unknown =>
  model.layers.map((layer) => {
    const { name, ...config } = layer.getConfig();
    return [layer.className, typeof name, config['layer'] === undefined ? config : Object.keys(config)];
  });

const names = Object.keys(normalizations) as NormalizationName[];

test.each(names)(
  'The code of the playground for %s makes the networks of the playground, and trains them',
  async (normalization) => {
    const settings: Settings = {
      ...defaultSettings,
      normalization,
      optimizer: 'SGD',
      learningRate: 0.03,
      batchSize: 4,
    };
    const x = tensor(
      Float32Array.from({ length: 4 * 784 }, (_, i) => (i % 7) / 7),
      [4, 28, 28, 1],
    );
    const { compare, engines } = programOf(settings);
    const { withNormalization, without } = await compare(x, [0, 1, 2, 3]);
    takeOutput();
    expect(engines).toEqual(['wasm']);
    expect(architecture(withNormalization)).toEqual(architecture(makeNetwork(settings, true).model));
    expect(architecture(without)).toEqual(architecture(makeNetwork(settings, false).model));
    for (const model of [withNormalization, without]) {
      expect(model.optimizer.name).toMatch(/^sgd/);
      expect(model.history!.history['loss']).toHaveLength(3);
      expect(model.history!.history['loss']!.every(Number.isFinite)).toBe(true);
    }
  },
);

test('The Python code of the playground names the layers of Keras, or says that there is none', () => {
  const lineOf = (normalization: NormalizationName): string | undefined =>
    kerasCode({ ...defaultSettings, normalization })
      .split('\n')
      .find((line) => line.includes('if normalized') || line.includes('not among'))
      ?.trim();
  expect(Object.fromEntries(names.map((name) => [name, lineOf(name)]))).toEqual({
    batch: '*([layers.BatchNormalization(momentum=0.9)] if normalized else []),',
    renorm: '# Batch renormalization is not among the layers of Keras 3. evenkeel has it.',
    ghost: '# Ghost batch normalization is not among the layers of Keras 3. evenkeel has it.',
    sync: '*([layers.BatchNormalization(momentum=0.9, synchronized=True)] if normalized else []),',
    layer: '*([layers.LayerNormalization()] if normalized else []),',
    group: '*([layers.GroupNormalization(groups=4)] if normalized else []),',
    instance: '*([layers.GroupNormalization(groups=-1)] if normalized else []),',
    rms: '*([layers.RMSNormalization()] if normalized else []),',
    unit: '*([layers.UnitNormalization()] if normalized else []),',
    spectral:
      'layers.SpectralNormalization(layers.Conv2D(32, (3, 3), activation="relu")) if normalized else layers.Conv2D(32, (3, 3), activation="relu"),',
    weight: '# Weight normalization is not among the layers of Keras 3. evenkeel has it.',
  });
});
