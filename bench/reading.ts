/**
 * Whether reading data overlaps with training: an epoch over images of a folder, which are decoded here, and over batches that are waited
 * for; by the side of both parts alone. The least of several rounds, in milliseconds.
 *
 *     npm run build && tsx --tsconfig tsconfig.built.json bench/reading.ts [worker]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { Input, Sequential, type Tensor, setEngine, tensor } from 'evenkeel';
import { Dataset } from 'evenkeel/data';
import { Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D, Rescaling } from 'evenkeel/layers';
import { imageDatasetFromDirectory, saveImg } from 'evenkeel/utils';

const [COUNT, ROUNDS, SIZE, BATCH] = [128, 5, 128, 16];
const worker = argv[2] === 'worker';
setEngine('auto', { worker });

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-reading-'));
for (const [label, name] of ['a', 'b'].entries()) {
  mkdirSync(join(folder, name));
  for (let i = 0; i < COUNT / 2; i++) {
    const pixel = (_: unknown, k: number): number => 127 + 100 * Math.sin(k / (37 + i + label)) + ((k * 7919) % 23);
    const image = tensor(Uint8Array.from({ length: 375 * 500 * 3 }, pixel), [375, 500, 3]);
    writeFileSync(join(folder, name, `${i}.jpg`), await saveImg(null, image, { scale: false, fileFormat: 'jpeg' }));
  }
}

const model = new Sequential([
  Input({ shape: [SIZE, SIZE, 3] }),
  new Rescaling(1 / 255),
  new Conv2D(32, 3, { activation: 'relu' }),
  new MaxPooling2D(),
  new Conv2D(64, 3, { activation: 'relu' }),
  new GlobalAveragePooling2D(),
  new Dense(2),
]);
model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });

const images: Dataset<[Tensor, Tensor]> = await imageDatasetFromDirectory(folder, {
  imageSize: SIZE,
  batchSize: BATCH,
  seed: 1,
  verbose: false,
});
const kept = await images.toArray();
const inMemory = Dataset.fromIterable(kept);
const train = async (data: Dataset<[Tensor, Tensor]>): Promise<void> => {
  await model.fit(data, { verbose: 0 });
};
await train(inMemory);

async function least(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return Math.round(best);
}

const training = await least(() => train(inMemory));
/** As much waiting as training, as for a disk or a server. */
const waiting = inMemory
  .map(async (batch) => {
    await new Promise((resolve) => setTimeout(resolve, training / kept.length));
    return batch;
  })
  .prefetch(2);
const rows = {
  images: { reading: await least(() => images.toArray()), training, both: await least(() => train(images)) },
  waiting: { reading: await least(() => waiting.toArray()), training, both: await least(() => train(waiting)) },
};
console.log(`${cpus().length} cores, the engine ${worker ? 'in a worker' : 'in this thread'}`);
console.table(rows);
rmSync(folder, { recursive: true });
process.exit(0);
