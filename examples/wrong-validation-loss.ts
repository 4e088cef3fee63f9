/**
 * # Why is my validation loss wrong?
 *
 * A training loss of almost 0, and a validation loss that is far too high, on the very same data: in inference, batch
 * normalization uses its moving statistics, and after a short training with the momentum 0.99 they are still those of the
 * beginning. `diagnoseNormalization` finds that, and `recalibrateBatchNormalization` fixes it without training.
 *
 * @level intermediate
 * @needs nothing
 * @time 2 s
 * @playground normalization=batch&momentum=0.999
 */
import { Input, Sequential, setRandomSeed } from 'evenkeel';
import { BatchNormalization, Dense, ReLU } from 'evenkeel/layers';
import { diagnoseNormalization, recalibrateBatchNormalization } from 'evenkeel/normalization';
import { Adam } from 'evenkeel/optimizers';

// Inputs with a mean of 30, as from a sensor in its own unit.
setRandomSeed(3);
const x = Array.from({ length: 512 }, (_, i) => [30 + 4 * Math.sin(i * i), 30 + 4 * Math.cos(3 * i)]);
const y = x.map(([a = 0, b = 0]) => [Math.sin((a - 30) / 2) + (b - 30) / 4]);

const model = new Sequential([
  Input({ shape: [2] }),
  new BatchNormalization({ name: 'first' }),
  new Dense(32, { useBias: false }),
  new BatchNormalization({ name: 'second' }),
  new ReLU(),
  new Dense(1),
]);
model.compile({ optimizer: new Adam(0.02), loss: 'mse' });
const { history } = await model.fit(x, y, { epochs: 6, batchSize: 32, validationData: [x, y], verbose: 0 });
console.log(
  `training loss ${history['loss']?.at(-1)?.toFixed(4)}, validation loss ${history['val_loss']?.at(-1)?.toFixed(4)}`,
);

// The diagnosis compares the moving statistics with those of the data, layer by layer.
const diagnosis = await diagnoseNormalization(model, x);
console.log(String(diagnosis));

// The moving statistics, computed from the data. No weight changes that training would change.
await recalibrateBatchNormalization(model, x);
const { loss } = await model.evaluate(x, y, { verbose: 0 });
console.log(
  `after recalibration: validation loss ${loss?.toFixed(4)}, ${(await diagnoseNormalization(model, x)).verdict}`,
);
