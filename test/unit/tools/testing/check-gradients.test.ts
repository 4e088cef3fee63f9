import { describe, expect, test } from 'vitest';
import { type CheckGradientsOptions, checkGradients } from '../../../../src/tools/testing/index.ts';
import { ValueError } from '../../../../src/core/errors.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { type CallContext, Input, type InputShape, Layer } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { L2 } from '../../../../src/keras/regularizers/index.ts';

const lambda = (fn: (x: Value) => Value): Layer => new layers.Lambda(fn, { name: 'fn' });
const intro = (who: string, tolerance = '0.00001'): string =>
  `[checkGradients] the gradients of ${who} must equal central differences to a relative error of ${tolerance}. Received: `;

/** y = factor · x², with penalties and a counter. */
class Scale extends Layer {
  static override readonly className = 'Scale';
  factor!: Variable;
  seen!: Variable;

  constructor(name: string) {
    super({ name });
  }

  override build(inputShape: InputShape): void {
    this.factor = this.addWeight({
      name: 'factor',
      shape: [(inputShape as number[]).at(-1)!],
      initializer: 'ones',
      regularizer: new L2({ l2: 0.5 }),
    });
    this.seen = this.addWeight({ name: 'seen', shape: [], initializer: 'zeros', trainable: false });
  }

  override call(x: Value, context: CallContext): Value {
    const factor = context.read(this.factor);
    context.update(this.seen, ops.add(context.read(this.seen), 1));
    context.addLoss(ops.mean(ops.exp(x)));
    return ops.multiply(factor, ops.square(x));
  }
}

describe('checkGradients', () => {
  test('checkGradients passes a correct layer, and reports each tensor', () => {
    const report = checkGradients(new layers.Dense(3, { activation: 'tanh', name: 'dense' }), [null, 4]);
    expect(report.passed).toBe(true);
    expect(report.checked).toBe(8 + 12 + 3);
    expect(report.tensors.map(({ of, connected, checked, failed }) => [of, connected, checked, failed])).toEqual([
      ['input', true, 8, 0],
      ['dense/kernel', true, 12, 0],
      ['dense/bias', true, 3, 0],
    ]);
    expect(report.worst.relativeError).toBeLessThan(1e-8);
    expect(report.worst.analytic).not.toBe(0);
    expect(report.worst.analytic).toBeCloseTo(report.worst.numeric, 6);
  });

  test('checkGradients agrees with a formula', () => {
    const { tensors } = checkGradients(
      lambda((x) => ops.power(x, 3)),
      [1],
      { inputs: [2], seed: 1 },
    );
    const { analytic, numeric } = tensors[0]!.worst;
    // Σ w x³ has the gradient 12 w at 2, with w in [0.5, 1.5).
    expect(analytic).toBeGreaterThanOrEqual(6);
    expect(analytic).toBeLessThan(18);
    expect(numeric / analytic).toBeCloseTo(1, 8);
  });

  test('checkGradients checks the weights, penalties and state of a custom layer without changing them', () => {
    const layer = new Scale('scale');
    layer.build([null, 3]);
    const before = layer.getWeights();
    const versions = layer.weights.map(({ version }) => version);
    const report = checkGradients(layer, [null, 3]);
    expect(report.passed).toBe(true);
    expect(report.tensors.map(({ of }) => of)).toEqual(['input', 'scale/factor']);
    expect(layer.getWeights()).toEqual(before);
    expect(layer.weights.map(({ version }) => version)).toEqual(versions);
  });

  test('checkGradients includes penalties on weights and losses added by the call', () => {
    const zero = { inputs: [[0, 0, 0]], jitter: 0 };
    const { tensors } = checkGradients(new Scale('scale'), [1, 3], zero);
    // y = 0 at x = 0: the mean of eˣ gives wₖ/3 there, 0.5 Σ factor² gives wₖ · factor, factor being 1.
    for (const { worst } of tensors) expect(Math.abs(worst.analytic)).toBeGreaterThan(0.1);
  });

  test('checkGradients names a weight without a gradient', () => {
    class Plain extends Layer {
      factor = this.addWeight({ name: 'factor', shape: [3], initializer: 'ones' });
      override call(x: Value, context: CallContext): Value {
        return ops.multiply(ops.stopGradient(context.read(this.factor)), x);
      }
    }
    const layer = new Plain({ name: 'plain' });
    const report = checkGradients(layer, [1, 3], { throws: false });
    expect(report.passed).toBe(false);
    expect(report.tensors.map(({ of, connected, failed }) => [of, connected, failed])).toEqual([
      ['input', true, 0],
      ['plain/factor', false, 3],
    ]);
    const { index, numeric, analytic } = report.worst;
    expect(analytic).toBe(0);
    expect(() => checkGradients(layer, [1, 3])).toThrow(
      new ValueError(
        `${intro('Plain plain')}no gradient for plain/factor, but the central difference is ${Number(numeric.toPrecision(6))} at [${index.join(', ')}]; 3 of 6 entries are wrong. The path is cut by stopGradient, a comparison, a rounding, or a cast to integers.`,
      ),
    );
  });

  test('checkGradients names the entry with the largest error caused by a stopped gradient', () => {
    const layer = lambda((x) => ops.add(ops.multiply(ops.stopGradient(x), x), x));
    const options: CheckGradientsOptions = { inputs: [[3, -0.25, 0.5]], only: ['input'] };
    const { worst } = checkGradients(layer, [1, 3], { ...options, throws: false });
    // w (x + 1) in place of w (2 x + 1).
    expect(worst.index).toEqual([0, 0]);
    expect(worst.numeric / worst.analytic).toBeCloseTo(7 / 4, 8);
    const [analytic, numeric, error] = [worst.analytic, worst.numeric, worst.relativeError].map((number) =>
      Number(number.toPrecision(6)),
    );
    expect(() => checkGradients(layer, [1, 3], options)).toThrow(
      new ValueError(
        `${intro('Lambda fn')}${analytic} for input at [0, 0], but the central difference is ${numeric}, a relative error of ${error}; 3 of 3 entries are wrong. Check its call for stopGradient, and for roundings that pass a gradient.`,
      ),
    );
  });

  test('checkGradients detects a gradient that passes through a rounding', () => {
    const round = lambda((x) => ops.add(x, ops.stopGradient(ops.subtract(ops.floor(x), x))));
    const { passed, worst } = checkGradients(round, [2, 3], { throws: false });
    expect(passed).toBe(false);
    expect(worst.numeric).toBe(0);
    expect(checkGradients(lambda(ops.floor), [2, 3]).passed).toBe(true);
  });

  test('checkGradients reports a kink', () => {
    const relu = lambda(ops.relu);
    expect(() => checkGradients(relu, [3], { inputs: [-1, 0, 1] })).toThrow(
      /Received: 0 for input at \[1\], but .* 1 of 3 entries are wrong\. The slopes below and above are 0 and [\d.]+: a kink or a jump, where there is no gradient\. Use another seed, or other inputs\.$/,
    );
    expect(checkGradients(relu, [30]).passed).toBe(true);
  });

  test('checkGradients reports a NaN gradient of a finite output', () => {
    const root = lambda((x) => ops.where(ops.greater(x, 0), ops.sqrt(x), 0));
    expect(() => checkGradients(root, [2], { inputs: [4, -1] })).toThrow(
      new ValueError(
        `${intro('Lambda fn')}NaN for input at [1], but the central difference is 0, a relative error of Infinity; 1 of 2 entries are wrong. The output is finite, but its gradient is not: the operands of a branch that ops.where does not select must be in range too.`,
      ),
    );
  });

  test('checkGradients reports an output that is not finite one step away', () => {
    expect(() => checkGradients(lambda(ops.log), [1], { inputs: [1e-6] })).toThrow(
      /but the central difference is NaN, .*\. The output is not finite near these values\. Use inputs further inside the range where it is\.$/,
    );
  });

  test('checkGradients draws dropout once, and checks training mode by default', () => {
    const model = new Sequential([
      new layers.Dense(4, { activation: 'tanh' }),
      new layers.Dropout(0.5, { seed: 3 }),
      new layers.BatchNormalization(),
      new layers.Dense(2),
    ]);
    const before = checkGradients(model, [6, 3]);
    expect(before.passed).toBe(true);
    expect(checkGradients(model, [6, 3], { training: false }).passed).toBe(true);
    const modes: boolean[] = [];
    class Spy extends Layer {
      override call(x: Value, { training }: CallContext): Value {
        modes.push(training);
        return x;
      }
    }
    checkGradients(new Spy(), [1]);
    checkGradients(new Spy(), [1], { training: false });
    expect(modes).toEqual([true, false]);
  });

  test('checkGradients accepts several inputs, in lists and records', () => {
    const added = checkGradients(new layers.Multiply(), [
      [null, 3],
      [null, 3],
    ]);
    expect(added.tensors.map(({ of, checked }) => [of, checked])).toEqual([
      ['input[0]', 6],
      ['input[1]', 6],
    ]);
    const [a, b] = [Input({ shape: [3], name: 'a' }), Input({ shape: [3], name: 'b' })];
    const model = new Model({ inputs: { a, b }, outputs: new layers.Subtract().apply([a, b]) });
    const found = checkGradients(model, { a: [null, 3], b: [null, 3] });
    expect(found.tensors.map(({ of }) => of)).toEqual(['input.a', 'input.b']);
    expect(found.passed).toBe(true);
  });

  test('checkGradients accepts integer inputs, which are not differentiated', () => {
    const layer = new layers.Embedding(5, 2, { name: 'embedding' });
    const report = checkGradients(layer, [null, 4], { dtype: 'int32' });
    expect(report.tensors.map(({ of, connected }) => [of, connected])).toEqual([['embedding/embeddings', true]]);
    const own = checkGradients(layer, [1, 2], { inputs: tensor([[4, 2]], undefined, 'int32') });
    expect(own.passed).toBe(true);
    expect(own.checked).toBe(10);
  });

  test('checkGradients accepts a mask', () => {
    const mask = [[true, true, false]];
    const layer = new layers.Softmax();
    const { tensors } = checkGradients(layer, [1, 3], { mask });
    expect(tensors[0]!.failed).toBe(0);
    const masked = checkGradients(
      lambda((x) => x),
      [1, 3],
      { mask },
    );
    expect(masked.passed).toBe(true);
  });

  test('checkGradients checks selected tensors, frozen ones included, and a sample of entries', () => {
    const layer = new layers.BatchNormalization({ name: 'bn' });
    const options: CheckGradientsOptions = { training: false, only: ['bn/moving_mean', 'bn/gamma'], entries: 2 };
    const { tensors } = checkGradients(layer, [4, 3], options);
    expect(tensors.map(({ of, checked }) => [of, checked])).toEqual([
      ['bn/gamma', 2],
      ['bn/moving_mean', 2],
    ]);
  });

  test('checkGradients perturbs the weights, since zeros can hide mistakes', () => {
    class Gate extends Layer {
      gate = this.addWeight({ name: 'gate', shape: [], initializer: 'zeros' });
      override call(x: Value, context: CallContext): Value {
        return ops.multiply(context.read(this.gate), ops.stopGradient(ops.square(x)));
      }
    }
    const only = ['input'];
    expect(checkGradients(new Gate(), [3], { only, throws: false }).passed).toBe(false);
    expect(checkGradients(new Gate(), [3], { only, jitter: 0 }).passed).toBe(true);
  });

  test('checkGradients is repeatable with the same seed', () => {
    const layer = new layers.Dense(2);
    expect(checkGradients(layer, [2, 3], { seed: 4 })).toEqual(checkGradients(layer, [2, 3], { seed: 4 }));
    expect(checkGradients(layer, [2, 3], { seed: 5 }).worst).not.toEqual(checkGradients(layer, [2, 3]).worst);
  });
});

describe('checkGradients refuses', () => {
  const dense = (): Layer => new layers.Dense(2, { name: 'd' });

  test.each<[string, CheckGradientsOptions | Record<string, unknown>, Error]>([
    [
      'an unknown option',
      { tolerence: 1 },
      new TypeError('[checkGradients] unknown option "tolerence". Did you mean "tolerance"?'),
    ],
    ['a step of 0', { step: 0 }, new ValueError('[checkGradients] step must be positive. Received: step=0.')],
    [
      'a jitter below 0',
      { jitter: -1 },
      new ValueError('[checkGradients] jitter must not be negative. Received: jitter=-1.'),
    ],
    [
      'no entries',
      { entries: 0 },
      new TypeError('[checkGradients] entries must be an integer ≥ 1. Received: entries=0.'),
    ],
    [
      'one name in place of a list',
      { only: 'd/kernel' },
      new TypeError('[checkGradients] only must be a list of names. Received: only="d/kernel".'),
    ],
    [
      'a name that nothing has',
      { only: ['d/kernels'] },
      new TypeError('[checkGradients] unknown tensor "d/kernels". Did you mean "d/kernel"?'),
    ],
    [
      'inputs of another shape',
      { inputs: [[1, 2]] },
      new ValueError('[checkGradients] inputs must have the shape of inputShape, [null, 3]. Received: shape [1, 2].'),
    ],
    [
      'several inputs for one',
      { inputs: [tensor([[1, 2, 3]]), tensor([[1, 2, 3]])] },
      new ValueError(
        '[checkGradients] inputs must have one tensor per shape (1). Received: 2. Pass several inputs as a list or record of tensors.',
      ),
    ],
    [
      'more types than inputs',
      { dtype: ['float32', 'int32'] },
      new ValueError(
        '[checkGradients] dtype must be one dtype, or one per input (1). Received: dtype=["float32", "int32"].',
      ),
    ],
  ])('checkGradients refuses: %s', (_, options, error) => {
    expect(() => checkGradients(dense(), [null, 3], options)).toThrow(error);
  });

  test('checkGradients refuses an argument that is not a layer', () => {
    expect(() => checkGradients(ops.relu as unknown as Layer, [1])).toThrow(
      new TypeError('[checkGradients] layer must be a layer or a model. Received: layer=function relu.'),
    );
  });

  test('checkGradients refuses outputs that are not finite', () => {
    expect(() => checkGradients(lambda(ops.log), [2], { inputs: [1, -1] })).toThrow(
      new ValueError(
        '[checkGradients] the outputs and penalties of Lambda fn must be finite at the point of differentiation. Received: NaN at [1] of output 0. Use other inputs, or keep the weights unchanged with jitter: 0.',
      ),
    );
  });

  test('checkGradients refuses integer outputs', () => {
    expect(() =>
      checkGradients(
        lambda((x) => ops.cast(x, 'int32')),
        [2],
      ),
    ).toThrow(
      new ValueError(
        '[checkGradients] Lambda fn must have a floating output. Received: outputs of dtype int32. Integer outputs have no gradients.',
      ),
    );
  });

  test('checkGradients refuses a layer with nothing to differentiate', () => {
    const layer = new layers.Embedding(3, 2, { name: 'e', trainable: false });
    expect(() => checkGradients(layer, [2], { dtype: 'int32' })).toThrow(
      new ValueError(
        '[checkGradients] a floating input or a trainable weight is required. Received: Embedding e with e/embeddings. Select other tensors with only.',
      ),
    );
  });
});
