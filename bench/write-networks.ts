/**
 * tsx bench/write-networks.ts NAME… writes the networks that benches open, as .keras files in bench/networks/: evenkeel
 * and Keras open the same files. Existing files are kept.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Model, setRandomSeed } from 'evenkeel';
import { mobileNetV2, resNet50 } from './imagenet-networks.ts';

const networks: Readonly<Record<string, () => Model>> = { mobilenetv2: mobileNetV2, resnet50: resNet50 };

for (const name of process.argv.slice(2)) {
  const path = fileURLToPath(new URL(`networks/${name}.keras`, import.meta.url));
  if (existsSync(path)) continue;
  mkdirSync(new URL('networks/', import.meta.url), { recursive: true });
  setRandomSeed(1);
  const make = networks[name];
  if (make === undefined)
    throw new Error(`There is no network ${name}; there are ${Object.keys(networks).join(', ')}.`);
  await make().save(path);
}
