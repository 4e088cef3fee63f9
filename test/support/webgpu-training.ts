import { type AnyModel, tensor } from 'evenkeel';
import { lcg } from './lcg.ts';

/** The losses of some training steps from the same weights, and the state afterwards. */
export async function train(
  make: () => AnyModel,
  rows: number,
  steps: number,
): Promise<{ losses: number[]; model: AnyModel }> {
  const model = make();
  const [, ...row] = model.inputShape as number[];
  model.setWeights(
    model.weights.map(({ shape, name }, i) =>
      tensor(
        lcg(shape, 20 + i, ...(name.includes('gamma') || name.includes('variance') ? [0.5, 1] : [-0.2, 0.2])),
        shape,
      ),
    ),
  );
  model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
  const x = tensor(lcg([rows, ...row], 7, 0, 1), [rows, ...row]);
  const y = tensor(Int32Array.from({ length: rows }, (_, i) => i % 3));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await model.trainOnBatch(x, y))['loss']!);
  await model.syncState();
  return { losses, model };
}

/** SwiftShader compiles a shader for each node. */
export const timeout = 240_000;
