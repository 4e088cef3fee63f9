/**
 * The batch normalization layers of a real trained network, the MobileNetV2 of the npm package nsfwjs:
 * test/golden/nsfwjs-statistics.json. The package is 25 MB, so only these weights are kept.
 *
 *     npm pack nsfwjs@4.3.0 && tar xzf nsfwjs-4.3.0.tgz
 *     node test/golden/make/nsfwjs_statistics.mjs package
 *
 * A case is a layer, in the order of the network: its config, "relu" (the maximum of the ReLU that follows, or null), and its
 * four weights, which the package stores in 8 bits: value = "min" + "scale" · byte. "about" has the license of the package.
 */
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? 'package');
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const file = (name) => require(join(folder, 'dist/models/mobilenet_v2', name));
const { modelTopology, weightsManifest } = file('model.min.js');
const bytes = Buffer.from(file('group1-shard1of1.min.js'), 'base64');

const weights = new Map();
let offset = 0;
for (const { name, shape, quantization } of weightsManifest.flatMap((group) => group.weights)) {
  const size = shape.reduce((product, each) => product * each, 1);
  const base64 = bytes.subarray(offset, offset + size).toString('base64');
  const { min, scale } = quantization;
  weights.set(name, { min, scale, bytes: { $array: { dtype: 'uint8', shape, base64 } } });
  offset += size;
}
if (offset !== bytes.length) throw new Error(`${bytes.length - offset} bytes are left`);

const layers = modelTopology.model_config.config.layers;
const cases = layers
  .filter((layer) => layer.class_name === 'BatchNormalization')
  .map(({ name, config: { momentum, epsilon, trainable } }) => {
    const next = layers.find((layer) => layer.class_name === 'ReLU' && layer.inbound_nodes[0]?.[0]?.[0] === name);
    const entries = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part) => [
      part,
      weights.get(`${name}/${part}`),
    ]);
    return { name, momentum, epsilon, trainable, relu: next?.config.max_value ?? null, ...Object.fromEntries(entries) };
  });
const about = {
  script: 'test/golden/make/nsfwjs_statistics.mjs',
  versions: { nsfwjs: version },
  license: readFileSync(join(folder, 'LICENSE'), 'utf8'),
};
const lines = cases.map((each) => JSON.stringify(each)).join(',\n');
const text = `{"about": ${JSON.stringify(about)}, "cases": [\n${lines}\n]}\n`;
writeFileSync(new URL('../nsfwjs-statistics.json', import.meta.url), text);
console.log(`${cases.length} layers`);
