/**
 * # A web page
 *
 * A page trains a network in the browser and draws its answers after each epoch. The engine is WebAssembly, which the bundler
 * puts beside the page; nothing is sent to a server.
 *
 * @level beginner
 * @needs `npm install evenkeel vite`, then `npx vite` in the folder of the page
 * @time 20 s
 * @notebook no, it is a page
 */
import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { BatchNormalization, Dense, ReLU } from 'evenkeel/layers';
import { Adam } from 'evenkeel/optimizers';

// Two spirals, one of each class, with noise.
const count = 400;
const points = Array.from({ length: count }, (_, i) => {
  const [turn, label] = [(3 * i) / count, i % 2];
  const angle = Math.PI * (turn + label);
  const noise = (): number => 0.03 * (Math.random() - 0.5);
  return { x: (turn / 3) * Math.cos(angle) + noise(), y: (turn / 3) * Math.sin(angle) + noise(), label };
});
const inputs = tensor(points.map(({ x, y }) => [x, y]));
const labels = points.map(({ label }) => label);

setRandomSeed(19);
const model = new Sequential([
  Input({ shape: [2] }),
  ...[32, 32].flatMap((units) => [new Dense(units), new BatchNormalization({ momentum: 0.9 }), new ReLU()]),
  new Dense(1, { activation: 'sigmoid' }),
]);
model.compile({ optimizer: new Adam(0.01), loss: 'binary_crossentropy', metrics: ['accuracy'] });

// A pixel of the canvas is a row of the grid: the answers of all of them are one call.
const canvas = document.querySelector<HTMLCanvasElement>('#map')!;
const context = canvas.getContext('2d')!;
const size = canvas.width;
const place = (pixel: number): number => (2.2 * pixel) / (size - 1) - 1.1;
const grid = tensor(Array.from({ length: size * size }, (_, i) => [place(i % size), place(Math.floor(i / size))]));

async function draw(): Promise<void> {
  const answers = await model.predict(grid, { verbose: 0, batchSize: 1024 });
  const image = context.createImageData(size, size);
  answers.data.forEach((answer: number, i: number) =>
    image.data.set([255 * answer, 120, 255 * (1 - answer), 255], 4 * i),
  );
  context.putImageData(image, 0, 0);
  for (const { x, y, label } of points) {
    context.fillStyle = label === 1 ? '#ffd9d9' : '#d9d9ff';
    context.fillRect(((x + 1.1) * (size - 1)) / 2.2, ((y + 1.1) * (size - 1)) / 2.2, 1, 1);
  }
}

// The button stops `fit`, and starts it again where it was.
const [status, button] = [document.querySelector('#status')!, document.querySelector<HTMLButtonElement>('#toggle')!];
let isPaused = false;
let epoch = 0;
button.addEventListener('click', () => {
  isPaused = !isPaused;
  button.textContent = isPaused ? 'Continue' : 'Pause';
  model.stopTraining = isPaused;
  if (!isPaused) void train();
});

async function train(): Promise<void> {
  const drawing = new LambdaCallback({
    onEpochEnd: async (_, logs) => {
      status.textContent = `Epoch ${++epoch}: loss ${logs['loss']?.toFixed(3)}, accuracy ${logs['accuracy']?.toFixed(3)}`;
      await draw();
    },
  });
  await model.fit(inputs, labels, { initialEpoch: epoch, epochs: 200, verbose: 0, callbacks: [drawing] });
}
await train();
