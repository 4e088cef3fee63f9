/* global location, Worker, ENGINE_FILES -- the second is defined by bundlers that do not write the files of the engine */
import { Input, Sequential, engineInfo, setEngine, setEngineFiles, setRandomSeed, setThreads, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, Flatten, MaxPooling2D } from 'evenkeel/layers';

async function train() {
  // What a page must say whose bundler does not know the files of the engine.
  const isUnknown = typeof ENGINE_FILES === 'string';
  if (isUnknown) setEngineFiles(new URL(ENGINE_FILES, location.href));
  const startEngine = isUnknown ? () => new Worker('./engine-worker.js', { type: 'module' }) : null;
  if (globalThis.location?.search === '?engine') setEngine('auto', { worker: startEngine ?? true });
  setRandomSeed(1);
  setThreads(2);
  const model = new Sequential([
    Input({ shape: [8, 8, 1] }),
    new Conv2D(4, 3, { activation: 'relu' }),
    new BatchNormalization(),
    new MaxPooling2D(),
    new Flatten(),
    new Dense(4, { activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  const x = tensor(
    Float32Array.from({ length: 16 * 64 }, (_, i) => Math.sin(i)),
    [16, 8, 8, 1],
  );
  const y = tensor(
    Int32Array.from({ length: 16 }, (_, i) => i % 4),
    [16],
  );
  const { history } = await model.fit(x, y, { epochs: 5, verbose: 0 });
  const bytes = await model.toBytes('keras');
  return { ...(await engineInfo()), falls: history.loss[4] < history.loss[0], bytes: bytes.length };
}

const post = globalThis.postResult ?? globalThis.postMessage.bind(globalThis);
train().then(post, (error) => {
  post(error.stack);
});
