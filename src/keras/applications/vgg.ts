import { Dense, Flatten } from '../layers/index.ts';
import { application } from './application.ts';
import { conv, maxPool, pool, predictions } from './blocks.ts';
import type { Application } from './options.ts';
import { type Hashes, kernelsFile } from './weights.ts';

/** A network of five blocks, which have these numbers of convolutions. */
export function vgg(who: string, convolutions: readonly number[], hashes: Hashes): Application {
  const name = who.toLowerCase();
  return application(who, {
    size: 224,
    minSize: 32,
    name,
    layers: (image, settings) => {
      let x = image;
      for (const [i, count] of convolutions.entries()) {
        const filters = Math.min(64 * 2 ** i, 512);
        for (let j = 1; j <= count; j++) {
          x = conv(x, filters, 3, { activation: 'relu', padding: 'same', name: `block${i + 1}_conv${j}` });
        }
        x = maxPool(x, 2, { strides: 2, name: `block${i + 1}_pool` });
      }
      if (!settings.includeTop) return pool(x, settings, false);
      x = new Flatten({ name: 'flatten' }).apply(x);
      for (const fc of ['fc1', 'fc2']) x = new Dense(4096, { activation: 'relu', name: fc }).apply(x);
      return predictions(x, settings);
    },
    file: ({ includeTop }) => kernelsFile(name, name, hashes, includeTop),
  });
}
