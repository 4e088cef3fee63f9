import { describe, expect, test } from 'vitest';
import type { Config } from '../../../../src/core/config.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { type CallContext, Layer } from '../../../../src/keras/layers/index.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import type { CompileOptions } from '../../../../src/keras/trainers/compile/compile-options.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { Adam, SGD } from '../../../../src/keras/optimizers/index.ts';
import { Regularizer } from '../../../../src/keras/regularizers/index.ts';
import { lcg } from '../../../support/lcg.ts';

const X = [
  [1, 2],
  [-3, 1],
];
const Y = [[1], [2]];

function compiled(parts: readonly Layer[], options: CompileOptions = {}): Sequential {
  const model = new Sequential([...parts], { name: 'm' });
  model.compile({ optimizer: 'sgd', loss: 'mse', detectAnomaly: true, ...options });
  return model;
}

/** The whole state of a model: weights, the optimizer's, the metrics'. */
function stateOf(model: Sequential): readonly Tensor[] {
  const variables = [...model.weights, ...model.optimizer.variables, ...model.metricsVariables];
  return variables.map(({ value }) => value);
}

const line = (name = 'd'): Layer => new layers.Dense(1, { name, kernelInitializer: 'ones' });
const lambda = (name: string, fn: (x: Value) => Value): Layer => new layers.Lambda(fn, { name });

const refusal = (received: string, advice: string): ValueError =>
  new ValueError(
    `[Sequential m] with detectAnomaly every step must compute finite numbers. Received: ${received}. The step has changed no weight, metric or optimizer state. ${advice}`,
  );
const keepWhere = (primitive: string): string =>
  `Keep the operands of ${primitive} where it is finite, with ops.clip for instance.`;
const grown = 'Numbers have grown too large: try a smaller learning rate, or clip the gradients.';

describe('with detectAnomaly, the error of a step names the origin of NaN:', () => {
  test('the operation of a layer', async () => {
    const model = compiled([line(), lambda('logarithm', ops.log)]);
    await expect(model.trainOnBatch(X, Y)).rejects.toThrow(
      refusal(
        'NaN at [1, 0] of the output of log in layer "logarithm", in training step 1; its operand was finite: -2 there. From there it reaches the loss',
        keepWhere('log'),
      ),
    );
  });

  test('the operation of a nested layer', async () => {
    class Outer extends Layer {
      inner = lambda('inner', (x) => ops.divide(1, ops.subtract(x, 3)));
      override call(x: Value, { training, trace }: CallContext): Value {
        return ops.add(this.inner.applyIn(trace, x, training, null) as Value, 1);
      }
    }
    const model = compiled([line(), new Outer()]);
    await expect(model.trainOnBatch(X, Y)).rejects.toThrow(
      /Received: Infinity at \[0, 0\] of the output of (divide|reciprocal) in layer "inner", in training step 1; /,
    );
  });

  test('a custom loss', async () => {
    const loss = (_: Value, output: Value): Value => ops.mean(ops.sqrt(ops.subtract(output, 100)), { axis: -1 });
    await expect(compiled([line()], { loss }).trainOnBatch(X, Y)).rejects.toThrow(
      refusal(
        'NaN at [0, 0] of the output of sqrt in the loss, in training step 1; its operand was finite: -97 there. From there it reaches the loss',
        keepWhere('sqrt'),
      ),
    );
  });

  test('the gradient, if the forward pass is finite', async () => {
    const model = compiled([line(), lambda('root', (x) => ops.sqrt(ops.multiply(x, 0)))]);
    await expect(model.trainOnBatch(X, Y)).rejects.toThrow(
      refusal(
        '-Infinity at [0, 0] of the output of divide in the gradient of layer "root", in training step 1; its operands were finite: -0.5 and 0 there. From there it reaches the new m/d/kernel',
        keepWhere('divide'),
      ),
    );
  });

  test('the penalty on a weight', async () => {
    class LogOf extends Regularizer {
      override call(w: Value): Value {
        return ops.sum(ops.log(ops.subtract(w, 1)));
      }
      override getConfig(): Config {
        return {};
      }
    }
    const kernelRegularizer = new LogOf();
    const dense = new layers.Dense(1, { name: 'd', kernelInitializer: 'ones', kernelRegularizer });
    await expect(compiled([dense]).trainOnBatch(X, Y)).rejects.toThrow(
      /Received: -Infinity at \[0, 0\] of the output of log in the penalty on m\/d\/kernel, in training step 1; its operand was finite: 0 there\. From there it reaches the loss\./,
    );
  });

  test('the optimizer', async () => {
    const model = compiled([line()], { optimizer: new SGD({ learningRate: 1e38 }) });
    await expect(model.trainOnBatch([[100, 100]], [[0]])).rejects.toThrow(
      /Received: Infinity at \[0, 0\] of the output of multiply in the optimizer, in training step 1; its operands were finite: .*\. From there it reaches the new m\/d\/kernel\. .* Numbers have grown too large/,
    );
  });

  test('the step where a large learning rate makes numbers overflow', async () => {
    const model = compiled([line()], { optimizer: new SGD({ learningRate: 1e30 }) });
    await expect(model.fit(X, Y, { epochs: 9, verbose: 0 })).rejects.toThrow(
      new RegExp(`of multiply in the loss, in training step 2; its operands were finite: .* ${grown}$`),
    );
    expect(model.optimizer.iterations.value.item()).toBe(1);
    for (const { data } of model.getWeights()) expect(data.every(Number.isFinite)).toBe(true);
  });

  test('the data', async () => {
    const bad = [
      [1, 2],
      [NaN, 1],
    ];
    await expect(compiled([line()]).fit(bad, Y, { verbose: 0 })).rejects.toThrow(
      /^\[Sequential m\] .* Received: NaN at \[\d, 0\] of x, in training step 1\. .* Clean the data\.$/,
    );
    await expect(compiled([line()]).trainOnBatch(X, [[1], [Infinity]])).rejects.toThrow(
      refusal('Infinity at [1, 0] of y, in training step 1', 'Clean the data.'),
    );
    await expect(compiled([line()]).testOnBatch(X, Y, { sampleWeight: [1, NaN] })).rejects.toThrow(
      refusal('NaN at [1] of sampleWeight, in a step of evaluation', 'Clean the data.'),
    );
  });

  test('a weight that was not finite before the step', async () => {
    const model = compiled([line()]);
    model.build([null, 2]);
    model.setWeights([[[1], [NaN]], [0]]);
    await expect(model.evaluate(X, Y, { verbose: 0 })).rejects.toThrow(
      refusal('NaN at [1, 0] of m/d/kernel, before a step of evaluation began', 'Give it finite values first.'),
    );
  });

  test('a softmax whose mask leaves no finite entries', async () => {
    const mask = tensor([-Infinity, -Infinity]);
    const masked = lambda('masked', (x) => ops.softmax(ops.add(x, ops.multiply(mask, 1))));
    await expect(compiled([new layers.Dense(2, { name: 'd' }), masked]).trainOnBatch(X, X)).rejects.toThrow(
      refusal(
        'NaN at [0, 0] of the output of softmax in layer "masked", in training step 1; its operand held -Infinity there, with infinities of constants. From there it reaches the loss',
        'Intended infinities, such as those of a mask, must leave some entries finite.',
      ),
    );
  });

  test('a layer after convolutions, pooling and batch normalization', async () => {
    const model = compiled([
      new layers.Conv2D(4, 3, { padding: 'same', activation: 'relu' }),
      new layers.BatchNormalization(),
      new layers.MaxPooling2D(),
      lambda('root', (x) => ops.sqrt(ops.subtract(x, 50))),
      new layers.Flatten(),
      new layers.Dense(1),
    ]);
    const x = new Tensor(Float32Array.from(lcg([4, 6, 6, 3], 1)), [4, 6, 6, 3]);
    await expect(model.trainOnBatch(x, [[1], [2], [3], [4]])).rejects.toThrow(
      /Received: NaN at \[0, 0, 0, 0\] of the output of sqrt in layer "root", in training step 1; its operand was finite: -[\d.]+ there\. From there it reaches the loss\./,
    );
  });

  test('a value after dropout, with the random numbers of the failed step', async () => {
    const ratio = lambda('ratio', (x) => ops.divide(x, x));
    const model = compiled([line(), new layers.Dropout(0.5, { seed: 1 }), ratio]);
    let failures = 0;
    for (let i = 0; i < 30; i++) {
      const { message } = await model.trainOnBatch([[1, 1]], [[1]]).then(
        () => ({ message: '' }),
        (error: unknown) => error as Error,
      );
      if (message === '') continue;
      failures++;
      expect(message).toMatch(
        /NaN at \[0, 0\] of the output of divide in layer "ratio", in training step \d+; its operands were finite: 0 and 0 there\./,
      );
    }
    expect(failures).toBeGreaterThan(5);
  });
});

describe('with detectAnomaly', () => {
  test('a failed step changes no state, and training can continue', async () => {
    const parts = (): Layer[] => [new layers.BatchNormalization(), line()];
    const options = (): CompileOptions => ({ optimizer: new Adam({ learningRate: 0.1 }), metrics: ['mae'] });
    const model = compiled(parts(), options());
    const logs = await model.trainOnBatch(X, Y);
    const before = stateOf(model);
    await expect(model.trainOnBatch([X[0]!, [NaN, 1]], Y)).rejects.toThrow(ValueError);
    expect(stateOf(model)).toEqual(before);
    await expect(model.testOnBatch([X[0]!, [NaN, 1]], Y)).rejects.toThrow(ValueError);
    expect(stateOf(model)).toEqual(before);
    const next = await model.trainOnBatch(X, Y);
    const plain = compiled(parts(), { ...options(), detectAnomaly: false });
    expect(await plain.trainOnBatch(X, Y)).toEqual(logs);
    expect(await plain.trainOnBatch(X, Y)).toEqual(next);
    expect(model.getWeights()).toEqual(plain.getWeights());
  });

  test('infinities that do not leave the step are allowed', async () => {
    const parts = [
      new layers.Dense(2, { kernelInitializer: 'ones' }),
      lambda('masked', (x) => ops.softmax(ops.add(x, tensor([0, -Infinity])))),
      lambda('chosen', (x) => ops.where(ops.greater(x, -1), x, ops.stopGradient(ops.log(ops.multiply(x, 0))))),
    ];
    const { loss } = await compiled(parts).trainOnBatch(X, X);
    expect(loss).toBeGreaterThan(0);
  });

  test('state that was infinite before is allowed', async () => {
    class Least extends Layer {
      least = this.addWeight({ name: 'least', shape: [2], trainable: false, initializer: () => tensor([Infinity, 1]) });
      override call(x: Value, context: CallContext): Value {
        context.update(this.least, ops.concatenate([tensor([Infinity]), ops.reshape(ops.min(x), [1])]));
        return x;
      }
    }
    const layer = new Least();
    await compiled([layer, line()]).trainOnBatch(X, Y);
    expect(layer.least.value.toArray()).toEqual([Infinity, -3]);
  });

  test('predictions are not inspected, nor are steps without the option', async () => {
    const root = lambda('root', ops.sqrt);
    const model = compiled([line(), root]);
    expect((await model.predict(X, { verbose: 0 })).toArray()).toEqual([[Math.fround(Math.sqrt(3))], [NaN]]);
    const plain = compiled([line(), root], { detectAnomaly: false });
    expect(await plain.trainOnBatch(X, Y)).toEqual({ loss: NaN });
  });

  test('the option is not written to configs', () => {
    const optimizer = new SGD();
    const plain = compiled([line()], { optimizer, detectAnomaly: false });
    expect(compiled([line()], { optimizer }).getCompileConfig()).toEqual(plain.getCompileConfig());
  });

  test('values other than booleans are refused', () => {
    const options = { detectAnomaly: 1 } as unknown as CompileOptions;
    expect(() => compiled([line()], options)).toThrow(
      new TypeError('[Sequential m] detectAnomaly must be true or false. Received: detectAnomaly=1.'),
    );
  });
});
