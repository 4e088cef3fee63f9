/**
 * # The article's program
 *
 * The program of the article with which this project started, unchanged: two convolutions, batch normalization, pooling, and a
 * Dense layer on the pooled maps. It has no input shape: the model is built when it is first called.
 *
 * @level beginner
 * @needs nothing
 * @time 2 s
 * @playground normalization=batch
 */
import { Sequential, type Tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, MaxPooling2D } from 'evenkeel/layers';

const model = new Sequential();
model.add(new Conv2D(32, [3, 3], { activation: 'relu' }));
model.add(new Conv2D(32, [3, 3], { activation: 'relu' }));
model.add(new BatchNormalization());
model.add(new MaxPooling2D());
model.add(new Dense(1));

const bn = new BatchNormalization({ momentum: 0.0 });

// Four images of noise: the model is built for their shape at its first call.
const images = Array.from({ length: 4 }, (_, n) =>
  Array.from({ length: 12 }, (_, y) => Array.from({ length: 12 }, (_, x) => [Math.sin(n + 3 * y + 5 * x)])),
);
const output = await model.predict(images, { verbose: 0 });
console.log(`output: [${output.shape.join(', ')}]`);

const normalized = await bn.apply(output, { training: true });
console.log(`mean of what the batch normalization gives: ${mean(normalized).toFixed(6)}`);
console.log(
  `its moving mean is the batch's, for its momentum is 0: ${(bn.movingMean.value.item() - mean(output)).toFixed(6)}`,
);

model.compile({ optimizer: 'adam', loss: 'mse' });
const { history } = await model.fit(images, output, { epochs: 3, verbose: 0 });
const losses = history['loss'] ?? [];
console.log(`losses: ${losses.length}, all finite: ${losses.every(Number.isFinite)}`);
model.summary();

function mean(tensor: Tensor): number {
  return Array.from<number>(tensor.data).reduce((sum, value) => sum + value, 0) / tensor.data.length;
}
