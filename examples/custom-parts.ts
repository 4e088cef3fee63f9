/**
 * # A custom layer, loss, metric and loop
 *
 * Each part of a training can be a class or a function of yours, written with `evenkeel/ops`: it is compiled with the rest, and
 * its gradient is derived. At the end, the same training as an explicit loop.
 *
 * @level intermediate
 * @needs nothing
 * @time 2 s
 */
import {
  Input,
  Sequential,
  type Shape,
  type Trace,
  type Value,
  type Variable,
  ops,
  setRandomSeed,
  valueAndGrad,
} from 'evenkeel';
import { type CallContext, Dense, Layer } from 'evenkeel/layers';
import { Loss } from 'evenkeel/losses';
import { Metric } from 'evenkeel/metrics';
import { Adam } from 'evenkeel/optimizers';

const epochs = 30; // quick: 3

// A layer: y = tanh(scale · x), with a scale that is learned for each feature.
class ScaledTanh extends Layer {
  static override readonly className: string = 'ScaledTanh';
  scale!: Variable;

  override build(inputShape: Shape): void {
    this.scale = this.addWeight({ name: 'scale', shape: [inputShape.at(-1) ?? 1], initializer: 'ones' });
  }

  override call(x: Value, context: CallContext): Value {
    return ops.tanh(ops.multiply(x, context.read(this.scale)));
  }
}

// A loss: the error of a quantile. With 0.9, nine values in ten should be below the prediction.
class QuantileLoss extends Loss {
  static override readonly className: string = 'QuantileLoss';
  readonly quantile: number;

  constructor(quantile: number) {
    super({ name: 'quantile_loss' });
    this.quantile = quantile;
  }

  override call(yTrue: Value, yPred: Value): Value {
    const error = ops.subtract(yTrue, yPred);
    const weighted = ops.maximum(ops.multiply(error, this.quantile), ops.multiply(error, this.quantile - 1));
    return ops.mean(weighted, { axis: -1 });
  }
}

// A metric: the fraction of values below the prediction, over all batches.
class Coverage extends Metric {
  readonly below: Variable = this.addVariable('below');
  readonly count: Variable = this.addVariable('count');

  override updateState(trace: Trace, yTrue: Value, yPred: Value): void {
    const below = ops.cast(ops.less(yTrue, yPred), 'float32');
    trace.update(this.below, ops.add(trace.read(this.below), ops.sum(below)));
    trace.update(this.count, ops.add(trace.read(this.count), ops.sum(ops.onesLike(below))));
  }

  override result(trace: Trace): Value {
    return ops.divide(trace.read(this.below), trace.read(this.count));
  }
}

// Noise that grows with x: its quantiles are not parallel to its mean.
let state = 9;
const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const x = Array.from({ length: 1024 }, () => [4 * random()]);
const y = x.map(([a = 0]) => [Math.sin(a) + a * random()]);

function makeModel(): Sequential {
  setRandomSeed(6);
  return new Sequential([
    Input({ shape: [1] }),
    new Dense(32),
    new ScaledTanh(),
    new Dense(32),
    new ScaledTanh(),
    new Dense(1),
  ]);
}
const model = makeModel();
model.compile({
  optimizer: new Adam(0.01),
  loss: new QuantileLoss(0.9),
  metrics: [new Coverage({ name: 'coverage' })],
});
const { history } = await model.fit(x, y, { epochs, batchSize: 64, shuffle: false, verbose: 0 });
console.log(`fit: loss ${history['loss']?.at(-1)?.toFixed(4)}, coverage ${history['coverage']?.at(-1)?.toFixed(3)}`);

// The same training as a loop: `valueAndGrad` compiles the step, and the optimizer applies the gradients.
const other = makeModel();
const variables = other.trainableWeights;
const optimizer = new Adam(0.01);
const loss = new QuantileLoss(0.9);
const step = valueAndGrad((a: Value, b: Value) => loss.apply(b, other.apply(a, { training: true })), { variables });
for (let epoch = 1; epoch <= epochs; epoch++) {
  let total = 0;
  for (let start = 0; start < x.length; start += 64) {
    const { value, variableGradients } = await step(x.slice(start, start + 64), y.slice(start, start + 64));
    await optimizer.apply(variableGradients, variables);
    total += value.item();
  }
  if (epoch === epochs) console.log(`loop: loss ${(total / (x.length / 64)).toFixed(4)}`);
}
