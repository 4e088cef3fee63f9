/** A user's program: scripts/check-package.mjs runs it in a folder where the package has just been installed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Sequential, engineInfo, setEngine, setRandomSeed } from 'evenkeel';
import { BatchNormalization, Dense } from 'evenkeel/layers';

const manifest = JSON.parse(readFileSync(new URL('node_modules/evenkeel/package.json', import.meta.url), 'utf8'));

for (const subpath of Object.keys(manifest.exports)) {
  if (subpath === './package.json') continue;
  await import(`evenkeel${subpath.slice(1)}`);
}

// The exclusive or, which no layer learns alone: describing, training and predicting on the engine that was installed, in this
// thread and in a worker.
const x = [[0, 0], [0, 1], [1, 0], [1, 1]]; // prettier-ignore
const y = [[0], [1], [1], [0]];

async function train() {
  setRandomSeed(7);
  const model = new Sequential([
    new Dense(16, { activation: 'tanh' }),
    new BatchNormalization({ momentum: 0.5 }),
    new Dense(1, { activation: 'sigmoid' }),
  ]);
  model.compile({ optimizer: { class_name: 'Adam', config: { learning_rate: 0.1 } }, loss: 'binary_crossentropy' });
  const { history } = await model.fit(x, y, { epochs: 60, batchSize: 4, verbose: 0 });
  assert(
    history.loss[0] > 0.3 && history.loss.at(-1) < 0.1,
    `the loss fell from ${history.loss[0]} to ${history.loss.at(-1)}`,
  );
  const predicted = await model.predict(x, { verbose: 0 });
  assert.deepEqual([...predicted.data].map(Math.round), [0, 1, 1, 0]);
  return history.loss;
}

const losses = await train();
const { engine } = await engineInfo();
setEngine(engine, { worker: true });
assert.deepEqual(await train(), losses);
assert.equal((await engineInfo()).worker, true);
console.log(`trained: loss ${losses[0].toFixed(3)} → ${losses.at(-1).toFixed(3)}`);
