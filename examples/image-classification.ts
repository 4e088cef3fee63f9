/**
 * # Image classification from a folder
 *
 * Images in a folder for each class, as files, are read in batches while the network trains. Augmentation layers flip, rotate and
 * shift them in training, and pass them unchanged afterwards.
 *
 * @level beginner
 * @needs nothing
 * @time 22 s
 */
import { mkdir } from 'node:fs/promises';
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import {
  BatchNormalization,
  Conv2D,
  Dense,
  GlobalAveragePooling2D,
  MaxPooling2D,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  ReLU,
  Rescaling,
} from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';
import { imageDatasetFromDirectory, imgToArray, loadImg, saveImg } from 'evenkeel/utils';

const epochs = 15; // quick: 6
const imagesOfClass = 120; // quick: 40
const size = 32;

// Images for the example: discs, squares and crosses on colored grounds, in folders as photographs would be.
let state = 17;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const shapes: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.35 && Math.max(Math.abs(x), Math.abs(y)) < 1,
  disc: (x, y) => Math.hypot(x, y) < 0.9,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.8,
};
for (const [name, isInside] of Object.entries(shapes)) {
  await mkdir(`images/${name}`, { recursive: true });
  for (let i = 0; i < imagesOfClass; i++) {
    const [cx, cy, r] = [10 + 12 * random(), 10 + 12 * random(), 5 + 4 * random()];
    const colors = [130, 20].map((darkest) => [0, 1, 2].map(() => darkest + 100 * random()));
    const pixels = Array.from({ length: size * size }, (_, at) => {
      const color = isInside(((at % size) - cx) / r, (Math.floor(at / size) - cy) / r) ? colors[0] : colors[1];
      return (color ?? []).map((value) => value + 30 * (random() - 0.5));
    });
    await saveImg(`images/${name}/${i}.png`, tensor(new Float32Array(pixels.flat()), [size, size, 3]), {
      scale: false,
    });
  }
}

// Batches of the files, with the labels of their folders. A fifth of the files is kept for validation. The decoded images fit
// into memory: `cache` keeps them for the next epoch.
const [training, validation] = await imageDatasetFromDirectory('images', {
  imageSize: size,
  batchSize: 30,
  validationSplit: 0.2,
  subset: 'both',
  seed: 1,
  verbose: false,
});
const classes = training.classNames ?? [];

setRandomSeed(18);
const model = new Sequential([
  Input({ shape: [size, size, 3] }),
  new RandomFlip('horizontal'),
  new RandomRotation(0.1),
  new RandomTranslation(0.1, 0.1),
  new Rescaling(1 / 255),
  ...[16, 32, 64].flatMap((filters) => [
    new Conv2D(filters, 3, { padding: 'same', useBias: false }),
    new BatchNormalization({ momentum: 0.8 }),
    new ReLU(),
    new MaxPooling2D(),
  ]),
  new GlobalAveragePooling2D(),
  new Dense(classes.length, { activation: 'softmax' }),
]);
model.compile({ optimizer: new Adam(0.003), loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
const { history } = await model.fit(training.cache().shuffle(10), {
  epochs,
  validationData: validation.cache(),
  verbose: 0,
});
const [accuracies = [], validated = []] = [history['accuracy'], history['val_accuracy']];
console.log(`accuracy: ${accuracies.at(-1)?.toFixed(3)} in training, ${validated.at(-1)?.toFixed(3)} in validation`);

// One image.
const image = imgToArray(await loadImg('images/cross/0.png'));
const probabilities = await model.predict(tensor([image]), { verbose: 0 });
console.log(classes.map((name, i) => `${name} ${((probabilities.data[i] ?? 0) * 100).toFixed(0)} %`).join(', '));
