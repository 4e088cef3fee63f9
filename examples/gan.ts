/**
 * # A generative adversarial network
 *
 * A generator learns to turn noise into points of a distribution that it never sees: it learns from a discriminator, which learns
 * to tell its points from real ones. Two networks, two optimizers, and a custom loop with `valueAndGrad`.
 *
 * @level advanced
 * @needs the custom loop of [custom parts](custom-parts.ts)
 * @time 13 s
 */
import { writeFile } from 'node:fs/promises';
import { Input, Sequential, type Value, ops, setRandomSeed, tensor, valueAndGrad } from 'evenkeel';
import { BatchNormalization, Dense, LeakyReLU } from 'evenkeel/layers';
import { BinaryCrossentropy } from 'evenkeel/losses';
import { Adam } from 'evenkeel/optimizers';
import { heatMap } from 'evenkeel/plots';

const steps = 3000; // quick: 60
const [batch, noise] = [128, 8];

// The real points: a ring of 8 clouds.
let state = 5;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const realPoints = (count: number): number[][] =>
  Array.from({ length: count }, () => {
    const angle = (2 * Math.PI * Math.floor(8 * random())) / 8;
    return [Math.cos(angle) + 0.08 * gaussian(), Math.sin(angle) + 0.08 * gaussian()];
  });
const noisePoints = (count: number) => tensor(Float32Array.from({ length: count * noise }, gaussian), [count, noise]);

setRandomSeed(4);
const generator = new Sequential([
  Input({ shape: [noise] }),
  ...[64, 64].flatMap((units) => [new Dense(units), new BatchNormalization({ momentum: 0.9 }), new LeakyReLU()]),
  new Dense(2),
]);
// The discriminator has no batch normalization: real and generated points are in different batches.
const discriminator = new Sequential([
  Input({ shape: [2] }),
  ...[64, 64].flatMap((units) => [new Dense(units), new LeakyReLU()]),
  new Dense(1),
]);

const crossentropy = new BinaryCrossentropy({ fromLogits: true });
const judged = (points: Value, isReal: number) => {
  const logits = discriminator.apply(points, { training: true });
  return crossentropy.apply(ops.multiply(ops.onesLike(logits), isReal), logits);
};

// The discriminator learns to call real points 1 and generated ones 0; the generator learns to be called 1.
const discriminatorStep = valueAndGrad(
  (real: Value, z: Value) =>
    ops.add(judged(real, 0.9), judged(ops.stopGradient(generator.apply(z, { training: true })), 0)),
  { variables: discriminator.trainableWeights },
);
const generatorStep = valueAndGrad((z: Value) => judged(generator.apply(z, { training: true }), 1), {
  variables: generator.trainableWeights,
});
const optimizers = { discriminator: new Adam(0.001, 0.5), generator: new Adam(0.001, 0.5) };
for (let step = 1; step <= steps; step++) {
  const first = await discriminatorStep(tensor(realPoints(batch)), noisePoints(batch));
  await optimizers.discriminator.apply(first.variableGradients, discriminator.trainableWeights);
  const second = await generatorStep(noisePoints(batch));
  await optimizers.generator.apply(second.variableGradients, generator.trainableWeights);
  if (step % (steps / 5) === 0) {
    console.log(
      `step ${step}: loss ${first.value.item().toFixed(3)} (discriminator), ${second.value.item().toFixed(3)} (generator)`,
    );
  }
}

// Where the generated points are.
const points = (await generator.predict(noisePoints(4096), { verbose: 0 })).toArray() as number[][];
const near = points.filter(([a = 0, b = 0]) => Math.abs(Math.hypot(a, b) - 1) < 0.25).length;
const clouds = new Set(points.map(([a = 0, b = 0]) => Math.round((Math.atan2(b, a) * 8) / (2 * Math.PI)) & 7)).size;
console.log(
  `${((100 * near) / points.length).toFixed(0)} % of the generated points are near the ring, at ${clouds} of its 8 clouds`,
);

const size = 32;
const counts = Array.from({ length: size }, () => new Float32Array(size));
for (const [a = 0, b = 0] of points) {
  const [column, row] = [a, -b].map((value) => Math.floor(((value + 1.6) / 3.2) * size));
  if (counts[row!]?.[column!] !== undefined) counts[row!]![column!]!++;
}
const ticks = Array.from({ length: size }, (_, i) => String(i));
const plot = heatMap({
  title: 'The generated points',
  x: { label: 'x', values: ticks },
  y: { label: 'y', values: ticks },
  values: counts,
  label: 'points',
  format: null,
  width: 360,
  height: 360,
});
await writeFile('gan.svg', await plot.svg());
