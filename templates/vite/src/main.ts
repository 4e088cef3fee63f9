import { setEngine, setRandomSeed } from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { makeModel } from './model.ts';
import { makeMoons } from './moons.ts';
import { drawClasses } from './picture.ts';

const canvas = find('canvas', HTMLCanvasElement);
const button = find('button', HTMLButtonElement);
const status = find('[role=status]', HTMLElement);

// The engine runs in a worker, so that the page stays responsive.
setEngine('auto', { worker: true });
const train = makeMoons(400, 1);
const test = makeMoons(500, 2);
drawClasses(canvas, train, null);

button.addEventListener('click', () => {
  button.disabled = true;
  trainModel()
    .catch((error: unknown) => {
      status.textContent = String(error);
    })
    .finally(() => {
      button.disabled = false;
    });
});

async function trainModel(): Promise<void> {
  setRandomSeed(1);
  const model = makeModel();
  const draw = new LambdaCallback({
    onEpochEnd: async (epoch, logs) => {
      status.textContent = `epoch ${epoch + 1}: loss ${logs['loss']?.toFixed(3)}`;
      await drawClasses(canvas, train, model);
    },
  });
  await model.fit(train.points, train.labels, { epochs: 40, verbose: 0, callbacks: [draw] });
  const { accuracy } = await model.evaluate(test.points, test.labels, { verbose: 0 });
  status.textContent = `accuracy on new points: ${accuracy?.toFixed(3)}`;
}

function find<T extends HTMLElement>(selector: string, kind: new () => T): T {
  const found = document.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${selector}.`);
}
