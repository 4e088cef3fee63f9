/**
 * # Transfer learning from a Python model
 *
 * A network that was trained in Python, with Keras, learns other classes here. Its layers are frozen while the new head learns.
 * Then they are trained, too, with a small learning rate, while batch normalization stays frozen: its statistics of 3,000 images
 * are better than those of the few new ones.
 *
 * @level intermediate
 * @needs the file [backbone.keras](data/backbone.keras), which [make-backbone.py](data/make-backbone.py) makes
 * @time 3 s
 * @notebook no, it reads a file
 */
import { fileURLToPath } from 'node:url';
import { Input, Model, loadModel, setRandomSeed, tensor } from 'evenkeel';
import { Dense, Dropout } from 'evenkeel/layers';
import { freezeBatchNormalization } from 'evenkeel/normalization';
import { Adam } from 'evenkeel/optimizers';

const epochs = 20; // quick: 3

// The new task: crosses and rings, of which there are only 60 each.
let state = 15;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const size = 24;
function image(isRing: boolean): number[] {
  const [cx, cy, r] = [8 + 8 * random(), 8 + 8 * random(), 4 + 3 * random()];
  return Array.from({ length: size * size }, (_, i) => {
    const [dx, dy] = [(i % size) - cx, Math.floor(i / size) - cy];
    const isInside = isRing
      ? Math.abs(Math.hypot(dx, dy) - r) < 1.2
      : Math.abs(Math.abs(dx) - Math.abs(dy)) < 1.2 && Math.hypot(dx, dy) < r;
    return Number(isInside) + 0.6 * (random() + random() + random() - 1.5);
  });
}
const labels = Array.from({ length: 520 }, (_, i) => i % 2);
const images = tensor(new Float32Array(labels.flatMap((label) => image(label === 1))), [520, size, size, 1]);
const rows = (from: number, to: number) =>
  tensor(images.data.slice(from * size * size, to * size * size), [to - from, size, size, 1]);
const [trainX, trainY, testX, testY] = [rows(0, 120), labels.slice(0, 120), rows(120, 520), labels.slice(120)];

// The network without its last layer, and a new head. `training: false` keeps its batch normalization in inference mode.
setRandomSeed(16);
const trained = await loadModel(fileURLToPath(new URL('data/backbone.keras', import.meta.url)));
const base = new Model({ inputs: trained.input, outputs: trained.getLayer('features').output, name: 'base' });
base.trainable = false;
const inputs = Input({ shape: [size, size, 1] });
const features = base.apply(inputs, { training: false });
const outputs = new Dense(1, { activation: 'sigmoid' }).apply(new Dropout(0.2).apply(features));
const model = new Model({ inputs, outputs });

async function train(learningRate: number): Promise<string> {
  model.compile({ optimizer: new Adam(learningRate), loss: 'binary_crossentropy', metrics: ['accuracy'] });
  await model.fit(trainX, trainY, { epochs, batchSize: 20, verbose: 0 });
  const { accuracy = 0 } = await model.evaluate(testX, testY, { verbose: 0 });
  return `${model.countParams()} parameters, ${(100 * accuracy).toFixed(1)} % of the test images are right`;
}
console.log(`a new head: ${await train(0.02)}`);

base.trainable = true;
console.log(`frozen: ${freezeBatchNormalization(base).join(', ')}`);
console.log(`all convolutions: ${await train(0.0005)}`);
