import { setRandomSeed } from 'evenkeel';
import { EarlyStopping, TensorBoard } from 'evenkeel/callbacks';
import { makeModel } from './model.ts';
import { makeMoons } from './moons.ts';

setRandomSeed(1);
const train = makeMoons(1000, 1);
const test = makeMoons(500, 2);

const model = makeModel();
model.summary();
await model.fit(train.points, train.labels, {
  epochs: 40,
  batchSize: 32,
  validationSplit: 0.1,
  callbacks: [new EarlyStopping({ patience: 8, restoreBestWeights: true }), new TensorBoard('logs')],
});

const { accuracy } = await model.evaluate(test.points, test.labels, { verbose: 0 });
console.log(`accuracy on new points: ${accuracy?.toFixed(3)}`);

await model.save('model.keras');
console.log('saved model.keras');
