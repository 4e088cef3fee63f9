import { tensor } from '../../../core/tensor.ts';
import { DataType, type OnnxModel, type OnnxNode } from '../../onnx/index.ts';
import type { Runtime } from '../../runtime/index.ts';
import { modelOf } from './model.ts';

/** The answer of each engine, determined once. */
const answers = new WeakMap<object, Promise<boolean>>();

/** Whether an engine computes in float16: a GPU does whose adapter has the feature `shader-f16`. */
export function findHalfPrecision(engine: Pick<Runtime, 'createSession'>): Promise<boolean> {
  const known = answers.get(engine) ?? probe(engine);
  answers.set(engine, known);
  return known;
}

/** The feature is not visible where the engine has the device: a sum is computed, which fails without it. */
async function probe(engine: Pick<Runtime, 'createSession'>): Promise<boolean> {
  const { encodeModel } = await import('../../onnx/codec.ts');
  try {
    const session = await engine.createSession(encodeModel(PROBE));
    try {
      const { y } = await session.run({ x: tensor([1.5]) });
      return y?.data[0] === 3;
    } finally {
      await session.release();
    }
  } catch {
    return false;
  }
}

const node = (opType: string, inputs: readonly string[], output: string, to?: number): OnnxNode => ({
  ...{ name: output, opType, domain: '', inputs, outputs: [output] },
  attributes: to === undefined ? {} : { to: { type: 'int', value: to } },
});

const PROBE: OnnxModel = modelOf({
  name: 'probe',
  nodes: [
    node('Cast', ['x'], 'half', DataType.FLOAT16),
    node('Add', ['half', 'half'], 'sum'),
    node('Cast', ['sum'], 'y', DataType.FLOAT),
  ],
  initializers: [],
  inputs: [{ name: 'x', dataType: DataType.FLOAT, dims: [1] }],
  outputs: [{ name: 'y', dataType: DataType.FLOAT, dims: [1] }],
});
