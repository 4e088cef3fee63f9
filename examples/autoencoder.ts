/**
 * # An autoencoder that finds anomalies
 *
 * A network learns to copy windows of a signal through a bottleneck of 3 numbers. Windows as those of the training pass well;
 * a window with a fault does not, and its error gives it away. Nobody has to label faults.
 *
 * @level intermediate
 * @needs nothing
 * @time 4 s
 */
import { writeFile } from 'node:fs/promises';
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { BatchNormalization, Dense } from 'evenkeel/layers';
import { histogram } from 'evenkeel/plots';
import { Adam } from 'evenkeel/optimizers';

const epochs = 40; // quick: 4
const length = 48;

// Windows of a periodic signal with a random phase and amplitude, and some noise.
let state = 7;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
function window(hasFault: boolean): number[] {
  const [phase, amplitude] = [2 * Math.PI * random(), 0.5 + random()];
  const fault = Math.floor(random() * (length - 8));
  return Array.from({ length }, (_, t) => {
    const isStuck = hasFault && t >= fault && t < fault + 8;
    return isStuck ? 0.8 : amplitude * Math.sin((2 * Math.PI * t) / 24 + phase) + 0.05 * (random() - 0.5);
  });
}
const normal = Array.from({ length: 2048 }, () => window(false));
const [fresh, faulty] = [false, true].map((hasFault) => Array.from({ length: 512 }, () => window(hasFault)));

setRandomSeed(2);
const encoder = [new Dense(32, { activation: 'relu' }), new BatchNormalization(), new Dense(3, { name: 'bottleneck' })];
const decoder = [new Dense(32, { activation: 'relu' }), new BatchNormalization(), new Dense(length)];
const autoencoder = new Sequential([Input({ shape: [length] }), ...encoder, ...decoder]);
autoencoder.compile({ optimizer: new Adam(0.005), loss: 'mse' });
const { history } = await autoencoder.fit(normal, normal, { epochs, batchSize: 64, verbose: 0 });
console.log(
  `error in training: ${history['loss']?.[0]?.toFixed(4)} in the first epoch, ${history['loss']?.at(-1)?.toFixed(4)} in the last`,
);

/** The mean squared error of each window. */
async function errorsOf(windows: readonly number[][]): Promise<number[]> {
  const copies = (await autoencoder.predict(tensor(windows), { verbose: 0 })).toArray() as number[][];
  return windows.map((row, i) => row.reduce((sum, value, t) => sum + (value - (copies[i]?.[t] ?? 0)) ** 2, 0) / length);
}

// One normal window in a hundred may raise an alarm.
const errors = { normal: await errorsOf(fresh ?? []), faulty: await errorsOf(faulty ?? []) };
const threshold = (await errorsOf(normal)).sort((a, b) => a - b)[Math.floor(0.99 * normal.length)] ?? 0;
const alarms = (list: readonly number[]): string =>
  `${((100 * list.filter((error) => error > threshold).length) / list.length).toFixed(1)} %`;
console.log(`alarms: ${alarms(errors.faulty)} of the faulty windows, ${alarms(errors.normal)} of the normal ones`);

const plot = histogram({
  title: 'Errors of windows that the network has not seen',
  x: { label: 'logarithm of the mean squared error (base 10)' },
  series: Object.entries(errors).map(([name, values]) => ({ name, values: values.map(Math.log10) })),
});
await writeFile('autoencoder.svg', await plot.svg());
