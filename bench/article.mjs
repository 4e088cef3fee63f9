import { Sequential } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';

/** The article's network, not built yet. bench/startup.mjs needs it without the networks that are written in TypeScript. */
export function article() {
  return new Sequential([
    new Conv2D(32, 3, { activation: 'relu' }),
    new Conv2D(32, 3, { activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(10, { activation: 'softmax' }),
  ]);
}
