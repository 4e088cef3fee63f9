import {
  Input,
  type AnyModel,
  Model,
  Sequential,
  type Shape,
  type Tensor,
  type Trace,
  type Value,
  type Variable,
  ops,
  tensor,
} from 'evenkeel';
import {
  Activation,
  ActivityRegularization,
  BatchNormalization,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  Layer,
} from 'evenkeel/layers';
import type { CallContext, LayerOptions } from 'evenkeel/layers';
import { Loss } from 'evenkeel/losses';
import { Metric } from 'evenkeel/metrics';
import { L1, L2 } from 'evenkeel/regularizers';
import { lcg } from '../../../support/lcg.ts';

/** The data and the models of test/golden/make/training_features.py. */
const float64 = (shape: readonly number[], seed: number, low = -1, high = 1): Tensor =>
  tensor(Float64Array.from(lcg(shape, seed, low, high)), shape);

export const X: Tensor = float64([10, 4], 1);
export const IMAGES: Tensor = float64([10, 5, 5, 2], 2);
export const A: Tensor = float64([10, 1], 3);
export const B: Tensor = tensor(Int32Array.from({ length: 10 }, (_, i) => (3 * i + 1) % 2));
export const C: Tensor = float64([10, 3], 4);
export const FIRST_OF_C: Tensor = tensor(
  Float64Array.from({ length: 10 }, (_, i) => C.data[3 * i]!),
  [10, 1],
);
export const WA: Tensor = float64([10], 5, 0, 2);
export const WB: Tensor = float64([10], 6, 0, 2);

const dtype = 'float64';
const ONES: readonly string[] = ['gamma', 'moving_variance', 'scale'];

/** Numbers from lcg for weights of two axes or more; ones and zeros for the rest. */
export function initialise<M extends AnyModel>(model: M): M {
  const values = model.weights.map(({ name, shape, size }, k) => {
    if (shape.length > 1) return float64(shape, 3000 + k, -0.5, 0.5);
    return tensor(new Float64Array(size).fill(ONES.includes(name) ? 1 : 0), shape);
  });
  model.setWeights(values);
  return model;
}

/** Adds a penalty of one number, and one of a number for each row. */
class Shrink extends Layer {
  static override readonly className: string = 'Shrink';

  override call(x: Value, context: CallContext): Value {
    context.addLoss(ops.multiply(ops.mean(ops.square(x)), 0.1));
    context.addLoss(ops.multiply(ops.sum(ops.abs(x), { axis: -1 }), 0.01));
    return ops.multiply(x, 2);
  }
}

export function penalized(): AnyModel {
  const x = Input({ shape: [4], name: 'x', dtype });
  const hidden = new Dense(3, {
    activation: 'relu',
    activityRegularizer: new L2({ l2: 0.05 }),
    kernelRegularizer: new L1({ l1: 0.01 }),
    name: 'hidden',
    dtype,
  });
  const shrunk = new Shrink({ name: 'shrink', dtype }).apply(hidden.apply(x));
  const h = new ActivityRegularization({ l1: 0.02, l2: 0.03, name: 'activity', dtype }).apply(shrunk);
  const a = new Dense(1, { kernelRegularizer: new L2({ l2: 0.02 }), name: 'a', dtype }).apply(h);
  const b = new Dense(2, {
    activation: 'softmax',
    biasRegularizer: new L2({ l2: 0.04 }),
    activityRegularizer: new L1({ l1: 0.01 }),
    name: 'b',
    dtype,
  }).apply(h);
  return initialise(new Model({ inputs: x, outputs: [a, b], name: 'm' }));
}

export function convolutional(): AnyModel {
  const x = Input({ shape: [5, 5, 2], name: 'x', dtype });
  const conv = new Conv2D(3, 3, {
    padding: 'same',
    activation: 'relu',
    activityRegularizer: new L1({ l1: 0.01 }),
    kernelRegularizer: new L2({ l2: 0.02 }),
    name: 'conv',
    dtype,
  });
  const bn = new BatchNormalization({ activityRegularizer: new L2({ l2: 0.01 }), momentum: 0.9, name: 'bn', dtype });
  const flat = new Flatten({ name: 'flat', dtype }).apply(bn.apply(conv.apply(x)));
  return initialise(new Model({ inputs: x, outputs: new Dense(1, { name: 'a', dtype }).apply(flat), name: 'm' }));
}

/** A penalized layer that is called twice, the second time in a model inside this one. */
export function shared(): AnyModel {
  const [x, y] = [Input({ shape: [4], name: 'x', dtype }), Input({ shape: [4], name: 'y', dtype })];
  const square = new Dense(4, {
    activation: 'tanh',
    activityRegularizer: new L2({ l2: 0.1 }),
    kernelRegularizer: new L2({ l2: 0.05 }),
    name: 'square',
    dtype,
  });
  const last = new Dense(1, { activityRegularizer: new L1({ l1: 0.1 }), name: 'a', dtype });
  const inner = new Model({ inputs: y, outputs: last.apply(square.apply(y)), name: 'inner' });
  return initialise(new Model({ inputs: x, outputs: inner.apply(square.apply(x)), name: 'm' }));
}

class Penalized extends Model {
  static override readonly className: string = 'Penalized';
  readonly first = new Dense(3, { activation: 'tanh', name: 'first', dtype });
  readonly second = new Dense(1, { name: 'second', dtype });

  override call(x: Value, context: CallContext): Value {
    const h = this.first.apply(x);
    if (context.training) context.addLoss(ops.multiply(ops.mean(ops.square(h)), 0.3));
    context.addLoss(ops.multiply(ops.mean(ops.abs(h)), 0.1));
    return this.second.apply(h);
  }
}

/** A model of one's own, built and with its first weights. */
function own<M extends AnyModel>(model: M): M {
  model.apply(Input({ shape: [4], dtype }));
  return initialise(model);
}

export const penalizedModel = (): AnyModel => own(new Penalized({ name: 'm', dtype }));

/** Two outputs, a and b: in a list, or in a record under the keys first (b) and second (a). */
export function heads(form: 'list' | 'record' = 'list', regression = false): AnyModel {
  const x = Input({ shape: [4], name: 'x', dtype });
  const h = new Dense(3, { activation: 'tanh', name: 'hidden', dtype }).apply(x);
  const a = new Dense(1, { name: 'a', dtype }).apply(h);
  const last = { activation: regression ? null : 'softmax', name: 'b', dtype } as const;
  const b = new Dense(regression ? 1 : 2, last).apply(h);
  const outputs = form === 'list' ? [a, b] : { second: a, first: b };
  return initialise(new Model({ inputs: x, outputs, name: 'm' }));
}

/** Two outputs without names. */
class Pair extends Model {
  static override readonly className: string = 'Pair';
  readonly hidden = new Dense(3, { activation: 'tanh', name: 'hidden', dtype });
  readonly a = new Dense(1, { name: 'a', dtype });
  readonly b = new Dense(1, { name: 'b', dtype });

  override call(x: Value): readonly Value[] {
    const h = this.hidden.apply(x);
    return [this.a.apply(h), this.b.apply(h)];
  }
}

export const pair = (): AnyModel => own(new Pair({ name: 'm', dtype }));

export class Quartic extends Loss {
  override call(yTrue: Value, yPred: Value): Value {
    return ops.mean(ops.power(ops.subtract(yTrue, yPred), 4), { axis: -1 });
  }
}

/** The largest error so far. */
export class Largest extends Metric {
  readonly error: Variable = this.addVariable('error');

  override updateState(trace: Trace, yTrue: Value, yPred: Value, sampleWeight: Value | null = null): void {
    let error = ops.abs(ops.subtract(ops.cast(yTrue, dtype), yPred));
    if (sampleWeight !== null) error = ops.multiply(error, ops.reshape(ops.cast(sampleWeight, dtype), [-1, 1]));
    trace.update(this.error, ops.maximum(trace.read(this.error), ops.max(error)));
  }

  override result(trace: Trace): Value {
    return trace.read(this.error);
  }
}

export function asymmetric(yTrue: Value, yPred: Value): Value {
  const d = ops.subtract(yTrue, yPred);
  return ops.mean(ops.where(ops.greater(d, 0), ops.multiply(d, 3), ops.negative(d)), { axis: -1 });
}

export function bias(yTrue: Value, yPred: Value): Value {
  return ops.subtract(yPred, yTrue);
}

export function line(): AnyModel {
  const layers = [
    Input({ shape: [4], dtype }),
    new Dense(3, { activation: 'tanh', name: 'first', dtype }),
    new Dense(3, { name: 'second', dtype }),
  ];
  return initialise(new Sequential(layers, { name: 'm', dtype }));
}

export function normalized(): AnyModel {
  const x = Input({ shape: [4], name: 'x', dtype });
  const bn = new BatchNormalization({ momentum: 0.5, name: 'bn', dtype });
  const h = new Activation('tanh', { name: 'tanh', dtype }).apply(
    bn.apply(new Dense(3, { name: 'first', dtype }).apply(x)),
  );
  return initialise(new Model({ inputs: x, outputs: new Dense(1, { name: 'a', dtype }).apply(h), name: 'm' }));
}

export interface BlockOptions extends LayerOptions {
  readonly units: number;
}

/** A layer of layers, with weights of its own that are made after them. */
export class Block extends Layer {
  static override readonly className: string = 'Block';
  readonly units: number;
  readonly dense: Dense;
  readonly norms: readonly BatchNormalization[];
  scale: Variable | null = null;
  seen: Variable | null = null;

  constructor({ units, ...options }: BlockOptions) {
    super(options);
    this.units = units;
    this.dense = new Dense(units, { name: 'dense', dtype });
    this.norms = ['bn_0', 'bn_1'].map((name) => new BatchNormalization({ name, dtype }));
  }

  override build(inputShape: Shape): void {
    this.dense.build(inputShape);
    for (const norm of this.norms) norm.build([null, this.units]);
    this.scale = this.addWeight({ name: 'scale', shape: [this.units], initializer: 'ones' });
    this.seen = this.addWeight({ name: 'seen', shape: [], initializer: 'zeros', trainable: false });
  }

  override call(x: Value, context: CallContext): Value {
    let h = this.dense.apply(x);
    for (const norm of this.norms) h = norm.apply(h);
    if (context.training) context.update(this.seen!, ops.add(context.read(this.seen!), 1));
    return ops.tanh(ops.multiply(h, this.scale!));
  }

  override getConfig(): ReturnType<Layer['getConfig']> {
    return { ...super.getConfig(), units: this.units };
  }
}

class Nested extends Model {
  static override readonly className: string = 'Network';
  readonly blocks: readonly Block[] = [0, 1].map((i) => new Block({ units: 3, name: `block_${i}`, dtype }));
  readonly tail: Sequential = new Sequential(
    [new Dropout(0, { name: 'drop', dtype }), new Dense(2, { name: 'last', dtype })],
    {
      name: 'tail',
      dtype,
    },
  );
  readonly top: Model;

  constructor() {
    super({ name: 'net', dtype });
    const x = Input({ shape: [2], name: 'x', dtype });
    this.top = new Model({ inputs: x, outputs: new Dense(1, { name: 'one', dtype }).apply(x), name: 'top' });
  }

  override call(x: Value): Value {
    const h = this.blocks.reduce((value, block) => block.apply(value), x);
    return this.top.apply(this.tail.apply(h));
  }
}

export const nested = (): Nested => own(new Nested());

export function withBlock(): AnyModel {
  const x = Input({ shape: [4], name: 'x', dtype });
  const h = new Block({ units: 3, name: 'block', dtype }).apply(x);
  return initialise(new Model({ inputs: x, outputs: new Dense(1, { name: 'a', dtype }).apply(h), name: 'm' }));
}

/** A normalization that its call holds to the statistics of the batch, and one that its call holds to the moving ones. */
export function fixed(): AnyModel {
  const x = Input({ shape: [4], name: 'x', dtype });
  const first = new Dense(3, { name: 'first', dtype }).apply(x);
  const batch = new BatchNormalization({ momentum: 0.5, name: 'batch', dtype }).apply(first, { training: true });
  const moving = new BatchNormalization({ momentum: 0.5, name: 'moving', dtype }).apply(batch, { training: false });
  return initialise(new Model({ inputs: x, outputs: new Dense(1, { name: 'a', dtype }).apply(moving), name: 'm' }));
}
