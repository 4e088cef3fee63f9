/** The page of the tests. They call what it puts into the global scope. */
import * as evenkeel from 'evenkeel';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import { primitiveCases } from '../../primitives/index.ts';
import { runOnEngine } from '../../primitives/run-on-engine.ts';
import type { PrimitiveCase } from '../../primitives/case.ts';
import { files } from '../../../../src/formats/files/files-plain.ts';
import { trainArticle } from '../article.ts';
import { getText, loadPublished } from './applications.ts';
import { saveToIndexedDb, saveToLocalStorage } from './tensorflow-js.ts';

/** Runs every case of every primitive. Returns their number, and the failures by the names of the cases. */
async function conformance(): Promise<{ readonly count: number; readonly failures: Record<string, string> }> {
  const failures: Record<string, string> = {};
  let count = 0;
  for (const [primitive, cases] of Object.entries(primitiveCases)) {
    for (const one of cases as readonly PrimitiveCase<unknown>[]) {
      count++;
      try {
        await runOnEngine(primitive as PrimitiveName, one);
      } catch (error) {
        failures[`${primitive} ${one.about}`] = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return { count, failures };
}

/** Trains a line for two epochs with a logger. Returns the lines of the log. */
async function logOf(path: string): Promise<readonly string[]> {
  const { Input, Sequential, callbacks, layers } = evenkeel;
  const model = new Sequential([Input({ shape: [1] }), new layers.Dense(1, { kernelInitializer: 'zeros' })]);
  model.compile({ optimizer: new evenkeel.optimizers.SGD({ learningRate: 0 }), loss: 'mse' });
  await model.fit([[1], [2]], [[2], [4]], { epochs: 2, verbose: 0, callbacks: [new callbacks.CSVLogger(path)] });
  const bytes = await files.readFile('test', path);
  return new TextDecoder().decode(bytes).trim().split(/\r?\n/);
}

/** The longest time between two turns of the page's timers in a training of many steps, and the training's time, in milliseconds. */
async function longestGapOfTraining(): Promise<readonly [gap: number, all: number]> {
  const { Input, Sequential, layers, tensor } = evenkeel;
  const model = new Sequential([Input({ shape: [256] }), new layers.Dense(512), new layers.Dense(1)]);
  model.compile({ loss: 'mse' });
  const [x, y] = [tensor(new Float32Array(256 * 2048), [2048, 256]), tensor(new Float32Array(2048), [2048, 1])];
  const train = (): Promise<unknown> => model.fit(x, y, { batchSize: 32, verbose: 0 });
  // The first training also compiles the step.
  await train();
  const started = performance.now();
  let longest = 0;
  let last = started;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await train();
  clearInterval(timer);
  return [Math.max(longest, performance.now() - last), performance.now() - started];
}

/** Trains in a worker. Returns the engine, the losses, the page's longest gap, and the time of the training. */
async function trainInWorker(engine: evenkeel.Engine): Promise<{
  readonly info: evenkeel.EngineInfo;
  readonly losses: readonly number[];
  readonly gap: number;
  readonly time: number;
}> {
  evenkeel.setEngine(engine, { worker: true });
  const info = await evenkeel.engineInfo();
  const losses = await trainArticle('float32');
  const [gap, time] = await longestGapOfTraining();
  return { info, losses, gap, time };
}

/** Loses the GPU in a training. Returns the errors of the steps after, the weight, and the loss on another engine. */
async function loseDevice(): Promise<{
  readonly errors: readonly string[];
  readonly weights: readonly number[];
  readonly loss: unknown;
}> {
  const { Input, Sequential, layers, optimizers, setEngine } = evenkeel;
  setEngine('webgpu');
  const dense = new layers.Dense(1, { kernelInitializer: 'zeros', useBias: false });
  const model = new Sequential([Input({ shape: [2] }), dense]);
  model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.5 }), loss: 'mse' });
  const [x, y] = [[[1, 1]], [[4]]];
  const weight = (): number => model.getWeights()[0]?.data[0] ?? NaN;
  const attempt = async (work: () => Promise<unknown>): Promise<string> =>
    work().then(
      () => 'no error',
      (error: unknown) => String(error),
    );
  await model.fit(x, y, { verbose: 0 });
  const weights = [weight()];
  await model.trainOnBatch(x, y);
  const { env } = await import('onnxruntime-web/webgpu');
  const device = (await env.webgpu.device) as { destroy(): void; readonly lost: Promise<unknown> };
  device.destroy();
  await device.lost;
  const errors = [
    await attempt(() => model.trainOnBatch(x, y)),
    await attempt(() => model.syncState()),
    await attempt(() => model.fit(x, y, { verbose: 0 })),
  ];
  weights.push(weight());
  setEngine('auto');
  const { loss } = await model.trainOnBatch(x, y);
  return { errors, weights, loss };
}

/** The functions that tests call. */
export interface TestPage {
  readonly evenkeel: typeof evenkeel;
  readonly conformance: typeof conformance;
  readonly trainArticle: typeof trainArticle;
  readonly logOf: typeof logOf;
  readonly loseDevice: typeof loseDevice;
  readonly trainInWorker: typeof trainInWorker;
  readonly longestGapOfTraining: typeof longestGapOfTraining;
  readonly getText: typeof getText;
  readonly loadPublished: typeof loadPublished;
  readonly saveToIndexedDb: typeof saveToIndexedDb;
  readonly saveToLocalStorage: typeof saveToLocalStorage;
}

const page: TestPage = {
  evenkeel,
  conformance,
  trainArticle,
  logOf,
  loseDevice,
  trainInWorker,
  longestGapOfTraining,
  getText,
  loadPublished,
  saveToIndexedDb,
  saveToLocalStorage,
};
(globalThis as { page?: TestPage }).page = page;
