import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Config, Model } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { foldBatchNormalization } from '../../../../src/tools/normalization/index.ts';
import { type MeasuredNetwork, errorOf, fill, images } from '../../../support/application-weights.ts';
import { parseGolden } from '../../../support/golden.ts';

interface Case extends MeasuredNetwork {
  readonly name: string;
  readonly network: { readonly config: Config };
}

const file = new URL('../../../golden/applications.json.gz', import.meta.url);
const { cases } = parseGolden<Case>(gunzipSync(readFileSync(file)).toString(), 'applications');

/** A config as the older files of Keras 3 have it: layers and operations without modules. */
function withoutModules(config: Config): Config {
  const { layers, ...rest } = config as Config & { readonly layers: readonly Config[] };
  return { ...rest, layers: layers.map(({ module: _module, registered_name: _name, ...entry }) => entry) };
}

describe('the networks of keras.applications', () => {
  test.each(cases)('$name predicts as in Keras', async ({ network, ...measured }) => {
    const { shapes, x, y } = measured;
    const model = Model.fromConfig(network.config);
    expect(model.weights.map(({ shape }) => shape)).toEqual(shapes);
    fill(model, measured);
    const input = images(x);
    const folded = foldBatchNormalization(model);
    expect(errorOf(await folded.predict(input, { verbose: 0 }), y)).toBeLessThan(1e-4);
    const { merged, left } = folded.foldReport;
    expect(`${merged.length} merged, ${left.length} left`).toMatchSnapshot();
    // Weights are inputs of the program for one batch, and constants, folded into each other, in that for several.
    for (const batchSize of [2, 1]) {
      const found = await model.predict(input, { batchSize, verbose: 0 });
      expect(errorOf(found, y)).toBeLessThan(1e-4);
    }
  });

  test.each(cases)('$name: the config is Keras’s', ({ network }) => {
    expect(Model.fromConfig(network.config).getConfig()).toEqual(network.config);
  });

  test.each(cases)('$name: a config of Keras 2, without modules, is read', ({ network }) => {
    expect(Model.fromConfig(withoutModules(network.config)).getConfig()).toEqual(network.config);
  });
});
