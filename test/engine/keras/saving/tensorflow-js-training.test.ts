import { loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { tensorFlowJsCases, tensorsOf } from '../../../support/tensorflow-js-cases.ts';

const cases = tensorFlowJsCases();
const training = cases.filter(({ losses }) => losses !== undefined);

/** Adadelta of TensorFlow.js divides by the mean square of the gradients before the step, Keras by that after it. */
const SAME_STEPS = training.filter(({ name }) => !name.endsWith('adadelta'));

test.each(SAME_STEPS.map((each) => [each.name, each] as const))(
  'a compiled model of TensorFlow.js trains on as there: %s',
  async (_, { artifacts, inputs, y, losses }) => {
    const model = await loadModel(artifacts);
    expect(model.optimizer.iterations.value.data[0]).toBe(3);
    const [x, target] = tensorsOf([...inputs, y!]);
    const own: number[] = [];
    for (let i = 0; i < 3; i++) {
      model.resetMetrics();
      own.push((await model.trainOnBatch(x!, target))['loss']!);
    }
    // TensorFlow.js accumulates in float32.
    expectClose(own, losses!, { rtol: 1e-5 });
  },
);
