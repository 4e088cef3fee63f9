import { describe, expect, test } from 'vitest';
import {
  Input,
  Layer,
  type Model,
  Sequential,
  layers,
  loadModel,
  optimizers,
  registerKerasSerializable,
  tensor,
} from '../../../../src/index.ts';
import type { Value } from '../../../../src/index.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

/** A layer with an optimizer for its own weights. */
class Adapting extends Layer {
  static override className = 'Adapting';
  readonly dense = new layers.Dense(2);
  readonly ownOptimizer = new optimizers.SGD({ learningRate: 0.1, momentum: 0.9, name: 'own' });
  readonly others = [new optimizers.Adam({ name: 'adam' })];
  protected buildsOptimizer = true;

  override build(shape: readonly (number | null)[]): void {
    this.dense.build(shape);
    if (this.buildsOptimizer) this.ownOptimizer.build(this.dense.trainableWeights);
    super.build(shape);
  }

  override call(x: Value, context: layers.CallContext): Value {
    return this.dense.call(x, context);
  }
}

/** A layer that builds its optimizer later. */
class Late extends Adapting {
  static override className = 'Adapting';
  protected override buildsOptimizer = false;
}
registerKerasSerializable('fields')(Adapting);

const network = (): Sequential => new Sequential([Input({ shape: [3] }), new Adapting({ name: 'adapting' })]);
const stateOf = (model: Model): unknown => {
  const { ownOptimizer, others } = model.getLayer('adapting') as Adapting;
  return [ownOptimizer, ...others].map(({ variables }) => variables.map(({ value }) => [...value.data]));
};

function trained(): Sequential {
  const model = network();
  const { ownOptimizer } = model.getLayer('adapting') as Adapting;
  for (const [i, variable] of ownOptimizer.variables.entries())
    variable.assign(
      tensor(
        variable.value.data.map(() => i + 1),
        variable.shape,
      ),
    );
  return model;
}

describe('optimizers in fields of layers', () => {
  test('a .keras file contains the state of an optimizer in a field of a layer', async () => {
    const model = trained();
    expect(stateOf(await loadModel(await model.toBytes('keras')))).toEqual(stateOf(model));
    const other = network();
    await other.loadWeights(await model.toBytes('weights.h5'));
    expect(stateOf(other)).toEqual(stateOf(model));
  });

  test('the state of an optimizer in a field that is not built yet is skipped, with a warning', async () => {
    const bytes = await trained().toBytes('keras');
    const model = await loadModel(bytes, { customObjects: { Adapting: Late } });
    expect(expectWarning('was skipped')).toContain('the optimizer has 2 variables, the file 4.');
    const late = model.getLayer('adapting') as Late;
    late.ownOptimizer.build(late.dense.trainableWeights);
    await model.loadWeights(bytes);
    expect(stateOf(model)).toEqual(stateOf(trained()));
  });

  test('an .h5 of a model with an optimizer in a field is refused by the name of the optimizer', async () => {
    await expect(trained().toBytes('h5')).rejects.toThrow(
      'an .h5 contains the state of one optimizer, with which the model is compiled. Received: the optimizer "adam" at layers/adapting/others/adam. Use .keras, or omit the state with { includeOptimizer: false }.',
    );
    await expect(trained().toBytes('h5', { includeOptimizer: false })).resolves.toBeInstanceOf(Uint8Array);
  });

  test('an optimizer in a field with which the model is compiled is one optimizer', async () => {
    const model = network();
    model.compile({ optimizer: (model.getLayer('adapting') as Adapting).ownOptimizer, loss: 'mse' });
    const again = await loadModel(await model.toBytes('keras'));
    expect(again.optimizer.variables.length).toBe(4);
  });
});
