import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type { Variable } from '../../../../src/compiler/ir/variable.ts';
import { deserializeLayer, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { Add, type CallContext, Dense, Input, Layer, type LayerOptions } from '../../../../src/keras/layers/index.ts';
import { Mean } from '../../../../src/keras/metrics/index.ts';
import type { Shape } from '../../../../src/core/shape.ts';
import { add, multiply, subtract } from '../../../../src/keras/ops/index.ts';
import { evaluateAll, evaluateFunction } from '../../../support/gradient-check.ts';

class Scale extends Layer {
  factor: Variable | null = null;
  calls = 0;

  override build(inputShape: Shape): void {
    this.calls++;
    this.factor = this.addWeight({ name: 'factor', shape: [inputShape.at(-1) ?? null], initializer: 'ones' });
    this.addWeight({ name: 'count', shape: [], initializer: 'zeros', trainable: false });
    this.addWeight({ name: 'offset', shape: [1], initializer: 'zeros' });
  }

  override call(x: Value, context: CallContext): Value {
    return multiply(x, context.read(this.factor!));
  }
}

class Block extends Layer {
  readonly stages: readonly Layer[];
  readonly heads: Readonly<Record<string, Layer>>;
  seen: boolean | null = null;

  constructor(options: LayerOptions = {}) {
    super(options);
    this.stages = [new Dense(3, { name: 'first' }), new Dense(2, { name: 'second', useBias: false })];
    this.heads = { main: new Scale({ name: 'scale' }) };
  }

  override call(x: Value, context: CallContext): Value {
    this.seen = context.training;
    const hidden = this.stages.reduce<Value>((value, stage) => stage.apply(value), x);
    return this.heads['main']!.apply(hidden);
  }
}

class Difference extends Layer {
  shapes: unknown = null;

  override build(inputShape: readonly Shape[]): void {
    this.shapes = inputShape;
  }

  override call([a, b]: readonly [Value, Value]): Value {
    return subtract(a, b);
  }
}

const x = (shape: readonly number[]): Value => input('x', shape, 'float32');

describe('a layer', () => {
  test('is named after its class, once and again', () => {
    expect(new Scale().name).toMatch(/^scale(_\d+)?$/);
    expect(new Scale().name).toMatch(/^scale_\d+$/);
    expect(new Scale({ name: 'mine' }).who).toBe('Scale mine');
  });

  test('refuses a name that cannot be part of a path', () => {
    expect(() => new Scale({ name: 'a/b' })).toThrow(
      '[Scale] name must be a string without "/". Received: name="a/b".',
    );
    expect(() => new Dense(1, { name: 7 as never })).toThrow(
      '[Dense] name must be a string without "/". Received: name=7.',
    );
  });

  test('refuses options that are no object, and values of another type', () => {
    expect(() => new Add(null as never)).toThrow('[Add] options must be an object. Received: null.');
    expect(() => new Dense(1, { trainable: 1 as never, name: 'd' })).toThrow(
      new TypeError('[Dense d] trainable must be true or false. Received: trainable=1.'),
    );
    expect(() => new Dense(1, { dtype: 'float8' as never, name: 'd' })).toThrow(
      '[Dense d] dtype must be one of bool, uint8, int32, float32, float64. Received: dtype="float8".',
    );
  });

  test('is built by whoever calls build, once', () => {
    const layer = new Scale({ name: 'scale' });
    expect(() => layer.countParams()).toThrow(
      '[Scale scale] countParams needs a built layer: call it on an input or build([…]) first.',
    );
    layer.build([null, 4]);
    layer.build([8, 4]);
    layer.apply(x([2, 4]));
    expect(layer.calls).toBe(1);
    expect(layer.builtShape).toEqual([null, 4]);
    expect(layer.countParams()).toBe(6);
    expect(() => layer.build([null, 5])).toThrow(
      '[Scale scale] a layer with weights is built for one input shape, this one for [null, 4]. Received: inputShape=[null, 5]. Make a new layer for it.',
    );
    expect(() => layer.build([-1] as never)).toThrow(
      '[Scale scale] inputShape must be an array of integers ≥ 0, with null for an unknown size. Received: inputShape=[-1].',
    );
  });

  test('has no weights left of a build that failed', () => {
    class Failing extends Scale {
      override build(inputShape: Shape): void {
        super.build(inputShape);
        if (inputShape.length > 2) throw new Error('no');
      }
    }
    const layer = new Failing();
    expect(() => layer.build([1, 2, 3])).toThrow('no');
    expect(layer.weights).toEqual([]);
    expect(layer.built).toBe(false);
    layer.build([1, 3]);
    expect(layer.weights).toHaveLength(3);
  });

  test('refuses weights of unknown size', () => {
    expect(() => new Scale({ name: 's' }).build([null, null])).toThrow(
      '[Scale s] every size of the weight factor must be known. Received: shape=[null].',
    );
  });

  test('orders its weights as Keras does: trainable ones first, those of the layers inside last', () => {
    const layer = new Block({ name: 'block' });
    layer.apply(x([1, 4]));
    expect(layer.weights.map(({ path }) => path)).toEqual([
      'block/first/kernel',
      'block/first/bias',
      'block/second/kernel',
      'block/scale/factor',
      'block/scale/offset',
      'block/scale/count',
    ]);
    expect(layer.trainableWeights).toHaveLength(5);
    expect(layer.nonTrainableWeights.map(({ name }) => name)).toEqual(['count']);
    layer.stages[0]!.trainable = false;
    expect(layer.trainableWeights.map(({ name }) => name)).toEqual(['kernel', 'factor', 'offset']);
    expect(layer.weights[0]!.trainable).toBe(false);
    layer.trainable = true;
    expect(layer.trainableWeights).toHaveLength(5);
    layer.parentPath = 'model';
    expect(layer.weights[3]!.path).toBe('model/block/scale/factor');
  });

  test('has variables by the names of Keras too, those of its metrics included', () => {
    const layer = new Block({ name: 'block' });
    layer.apply(x([1, 4]));
    expect(layer.trainableVariables).toEqual(layer.trainableWeights);
    expect(layer.nonTrainableVariables.map(({ name }) => name)).toEqual(['count']);
    layer.trainable = false;
    expect(layer.trainableVariables).toEqual([]);
    expect(layer.nonTrainableVariables).toEqual(layer.variables);
    const counted = Object.assign(new Scale({ name: 's' }), { accuracy: new Mean({ name: 'mean' }) });
    counted.build([null, 2]);
    expect(counted.nonTrainableWeights.map(({ name }) => name)).toEqual(['count']);
    expect(counted.nonTrainableVariables.map(({ name }) => name)).toEqual(['count', 'total', 'count']);
  });

  test('takes and gives its weights, all or none', () => {
    const layer = new Dense(2, { name: 'd' });
    layer.build([null, 2]);
    layer.setWeights([
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
    ]);
    expect(layer.getWeights().map((values) => values.toArray())).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
    ]);
    expect(() =>
      layer.setWeights([
        [
          [0, 0],
          [0, 0],
        ],
      ]),
    ).toThrow('[Dense d] setWeights expects 2 arrays, one for each weight. Received: 1.');
    expect(() =>
      layer.setWeights([
        [
          [0, 0],
          [0, 0],
        ],
        [1],
      ]),
    ).toThrow('[Dense d] setWeights expects shape [2] for weight 1, d/bias. Received: shape [1].');
    expect(layer.getWeights()[0]!.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('takes the mode from its call, then from the call around it, then inference', () => {
    class Outer extends Layer {
      readonly inner = new Block();
      override call(value: Value): Value {
        return this.inner.apply(value);
      }
    }
    const layer = new Outer();
    const trace = new Trace();
    const value = x([1, 4]);
    trace.adopt(value);
    layer.applyIn(trace, value, true, null);
    expect(layer.inner.seen).toBe(true);
    layer.applyIn(trace, value, null, null);
    expect(layer.inner.seen).toBe(false);
    layer.inner.apply(value, { training: true });
    expect(layer.inner.seen).toBe(true);
    expect(trace.training).toBe(null);
  });

  test('casts floating inputs to its type, and leaves others and those of autocast: false alone', () => {
    class Seen extends Layer {
      dtypes: string[] = [];
      override call(value: Value): Value {
        this.dtypes.push(value.dtype);
        return value;
      }
    }
    const layer = new Seen({ dtype: 'float64' });
    layer.apply(x([1]));
    layer.apply(input('i', [1], 'int32'));
    expect(layer.dtypes).toEqual(['float64', 'int32']);
    const plain = new Seen({ dtype: 'float64', autocast: false });
    plain.apply(x([1]));
    expect(plain.dtypes).toEqual(['float32']);
  });

  test('takes several inputs', () => {
    const layer = new Difference();
    const output = evaluateAll(([a, b]) => [layer.apply([a!, b!])], [tensor([3, 4]), tensor([1, 1])])[0]!;
    expect(output.toArray()).toEqual([2, 3]);
    expect(layer.shapes).toEqual([[2], [2]]);
    const symbolic = new Difference().apply([Input({ shape: [4] }), Input({ shape: [4] })]);
    expect(symbolic.shape).toEqual([null, 4]);
    expect(
      new Difference().computeOutputShape([
        [null, 3],
        [5, 3],
      ]),
    ).toEqual([5, 3]);
  });

  test('divides the penalty on its output by the batch size', () => {
    const layer = new Scale({ activityRegularizer: 'l2', dtype: 'float64' });
    const trace = new Trace();
    const penalty = evaluateFunction(
      ([value]) => {
        trace.adopt(value!);
        layer.applyIn(trace, value!, false, null);
        return trace.losses[0]!;
      },
      [
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ],
    );
    expect(penalty.item()).toBeCloseTo((0.01 * 30) / 2, 12);
    expect(trace.losses).toHaveLength(1);
  });

  test('knows the regularizers and constraints of its weights and of those inside', () => {
    class Holder extends Layer {
      readonly dense = new Dense(1, { kernelRegularizer: 'l1', biasConstraint: 'non_neg' });
      override call(value: Value): Value {
        return this.dense.apply(value);
      }
    }
    const layer = new Holder();
    layer.apply(x([1, 2]));
    expect([...layer.weightRegularizers.keys()]).toEqual([layer.dense.kernel]);
    expect([...layer.weightConstraints.keys()]).toEqual([layer.dense.bias]);
  });

  test('lends its name to the nodes that it makes and to the errors of ops', () => {
    class Mixed extends Layer {
      override call(value: Value): Value {
        return add(value, tensor([1, 2, 3]));
      }
    }
    const layer = new Mixed({ name: 'mixed' });
    expect(layer.apply(x([3])).node.scope).toBe('mixed');
    expect(() => layer.apply(x([2]))).toThrow(/^\[Mixed mixed\] /);
  });

  test('notes its symbolic calls', () => {
    const layer = new Dense(3, { name: 'd' });
    const inputs = Input({ shape: [4], name: 'in' });
    const first = layer.apply(inputs);
    const second = layer.apply(first.node.inputs as typeof inputs, { training: true });
    expect(layer.inboundNodes.map(({ index, training }) => [index, training])).toEqual([
      [0, null],
      [1, true],
    ]);
    expect(second.node.operation).toBe(layer);
    expect(second.node.outputs).toEqual([second]);
    expect(String(second)).toBe('KerasTensor(shape=[null, 3], dtype=float32, name=d)');
    expect(inputs.node.operation.name).toBe('in');
  });

  test('refuses a second input in the place of the options', () => {
    expect(() => new Add({ name: 'a' }).apply(Input({ shape: [2] }), Input({ shape: [2] }) as never)).toThrow(
      /^\[Add a apply\] the second argument must be an object of options\. Received: .*\. Pass several inputs as a list: apply\(\[a, b\]\)\.$/,
    );
    expect(() => new Add({ name: 'a' }).apply(x([1, 1]), [[1]] as never)).toThrow('must be an object of options');
  });

  test('refuses an option of apply that does not exist', () => {
    const options = { traning: true } as never;
    expect(() => new Dense(1, { name: 'd' }).apply(x([1, 1]), options)).toThrow(
      new TypeError('[Dense d apply] unknown option "traning". Did you mean "training"?'),
    );
  });
});

describe('a layer in a config', () => {
  test('is written by its class, its config and its built shape', () => {
    const layer = new Dense(2, { name: 'd' });
    expect(serializeLayer(layer)).not.toHaveProperty('build_config');
    layer.build([null, 3]);
    const { module, class_name, registered_name, build_config } = serializeLayer(layer);
    expect({ module, class_name, registered_name, build_config }).toEqual({
      module: 'keras.layers',
      class_name: 'Dense',
      registered_name: null,
      build_config: { input_shape: [null, 3] },
    });
    expect(Object.keys(serializeLayer(layer))).toEqual([
      'module',
      'class_name',
      'config',
      'registered_name',
      'build_config',
    ]);
  });

  test('comes back built, with its name', () => {
    const layer = new Dense(2, { name: 'd', activation: 'relu' });
    layer.build([null, 3]);
    const copy = deserializeLayer(serializeLayer(layer));
    expect(copy.weights.map(({ shape }) => shape)).toEqual([[3, 2], [2]]);
    expect(copy.name).toBe('d');
    expect(copy.getConfig()).toEqual(layer.getConfig());
  });

  test('may be of a class of the user', () => {
    const layer = new Scale({ name: 'mine' });
    layer.build([null, 2]);
    const serialized = serializeLayer(layer);
    expect(serialized).toMatchObject({ module: null, class_name: 'Scale', registered_name: 'Scale' });
    expect(deserializeLayer(serialized, { Scale })).toBeInstanceOf(Scale);
    expect(deserializeLayer({ ...serialized, registered_name: 'Custom>Scale' }, { Scale }).built).toBe(true);
    expect(() => deserializeLayer(serialized)).toThrow(
      /^\[deserializeLayer\] unknown layer "Scale"\.( Did you mean "\w+"\?)? Pass a custom class in customObjects, under its name\.$/,
    );
  });

  test('is not mistaken for a built-in layer of the same name', () => {
    const config = { units: 1 };
    const foreign = { module: 'somebody.layers', class_name: 'Dense', config, registered_name: 'Somebody>Dense' };
    expect(() => deserializeLayer(foreign)).toThrow(
      /^\[deserializeLayer\] the module of a layer must be .+ under the name "Somebody>Dense"\./,
    );
    expect(deserializeLayer({ class_name: 'Dense', config })).toBeInstanceOf(Dense);
    expect(() => deserializeLayer({ class_name: 'constructor', config })).toThrow(/unknown layer "constructor"/);
  });

  test('may name activations of the user', () => {
    const double = (value: unknown): Value => add(value as Value, value as Value);
    const layer = new Dense(1, { activation: double, name: 'd' });
    layer.build([null, 1]);
    const serialized = JSON.parse(JSON.stringify(serializeLayer(layer))) as object;
    const copy = deserializeLayer(serialized, { double });
    copy.setWeights([[[3]], [1]]);
    expect(evaluateFunction(([value]) => copy.apply(value!), [tensor([[2]])]).toArray()).toEqual([[14]]);
    expect(() => deserializeLayer(serialized)).toThrow(/^\[Dense d\] unknown activation "double"\./);
  });

  test('must be a config object', () => {
    expect(() => deserializeLayer('Dense')).toThrow(
      new TypeError('[deserializeLayer] a layer must be an object with class_name and config. Received: "Dense".'),
    );
  });
});
