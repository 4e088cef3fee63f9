/**
 * node bench/write-networks.mjs NAME… writes the networks that benches open, as .keras files in bench/networks/: evenkeel
 * and Keras open the same ones. A file that is there already stays.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setRandomSeed } from 'evenkeel';
import { mobileNetV2, resNet50 } from './imagenet-networks.mjs';

const networks = { mobilenetv2: mobileNetV2, resnet50: resNet50 };

for (const name of process.argv.slice(2)) {
  const path = fileURLToPath(new URL(`networks/${name}.keras`, import.meta.url));
  if (existsSync(path)) continue;
  mkdirSync(new URL('networks/', import.meta.url), { recursive: true });
  setRandomSeed(1);
  await networks[name]().save(path);
}
