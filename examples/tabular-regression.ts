/**
 * # Tabular regression
 *
 * Columns in different units are brought to mean 0 and standard deviation 1 by a `Normalization` layer, which learns them from
 * the data with `adapt`. As a layer of the model, it is saved with it: whoever predicts passes the columns as they are.
 *
 * @level beginner
 * @needs nothing
 * @time 3 s
 */
import { writeFile } from 'node:fs/promises';
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { EarlyStopping } from 'evenkeel/callbacks';
import { Dense, Normalization } from 'evenkeel/layers';
import { lineChart } from 'evenkeel/plots';

const rows = 2000;
const epochs = 60; // quick: 6

// Apartments: area in m², year of construction, distance to the center in m. The price, in thousands, depends on all three.
let state = 1;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const apartments = Array.from({ length: rows }, () => [25 + 120 * random(), 1900 + 120 * random(), 15000 * random()]);
const prices = apartments.map(([area = 0, year = 0, distance = 0]) => {
  const perSquareMeter = 2 + 3 * Math.exp(-distance / 4000) + 0.01 * (year - 1900);
  return [area * perSquareMeter + 20 * (random() - 0.5)];
});

// The statistics come from the training rows alone: the others stand for data that nobody has seen.
const [trainX, testX] = [apartments.slice(0, 1600), apartments.slice(1600)];
const [trainY, testY] = [prices.slice(0, 1600), prices.slice(1600)];
const normalization = new Normalization();
await normalization.adapt(tensor(trainX));
console.log('means:', normalization.mean?.toArray());

setRandomSeed(1);
const model = new Sequential([
  Input({ shape: [3] }),
  normalization,
  new Dense(32, { activation: 'relu' }),
  new Dense(32, { activation: 'relu' }),
  new Dense(1),
]);
model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
const { history } = await model.fit(trainX, trainY, {
  epochs,
  validationSplit: 0.2,
  callbacks: [new EarlyStopping({ patience: 8, restoreBestWeights: true })],
  verbose: 0,
});

const { mae } = await model.evaluate(testX, testY, { verbose: 0 });
console.log(`epochs: ${history['loss']?.length}, mean absolute error on new apartments: ${mae?.toFixed(1)} thousand`);
const [[price = 0] = []] = (await model.predict([[80, 1990, 2000]], { verbose: 0 })).toArray() as number[][];
console.log(`80 m² of 1990, 2 km from the center: ${price.toFixed(0)} thousand`);

// The errors of both parts of the data fall together: the network does not overfit.
const errors = (name: string): readonly number[] => history[name] ?? [];
const plot = lineChart({
  title: 'Mean absolute error',
  x: { label: 'epoch' },
  y: { label: 'thousand', scale: 'log' },
  series: ['mae', 'val_mae'].map((name) => ({ name, x: errors(name).map((_, epoch) => epoch + 1), y: errors(name) })),
});
await writeFile('tabular-regression.svg', await plot.svg());
