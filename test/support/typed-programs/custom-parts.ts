import {
  Input,
  Model,
  Sequential,
  type Shape,
  type Value,
  type Variable,
  cloneModel,
  evaluate,
  jit,
  losses,
  metrics,
  ops,
  tensor,
  valueAndGrad,
} from 'evenkeel';
import { EarlyStopping, LambdaCallback, LearningRateScheduler, ModelCheckpoint } from 'evenkeel/callbacks';
import { BatchNormalization, Conv2D, Dense, Dropout, Lambda, Layer } from 'evenkeel/layers';
import { foldBatchNormalization, replaceNormalization } from 'evenkeel/normalization';
import { Adam, SGD, schedules } from 'evenkeel/optimizers';
import { toCategorical } from 'evenkeel/utils';

// Custom layers
class Swish extends Layer {
  call(x: Value) {
    return ops.multiply(x, ops.sigmoid(x));
  }
}
class Linear extends Layer {
  units: number;
  w!: Variable;
  b!: Variable;
  constructor(units: number) {
    super();
    this.units = units;
  }
  build(inputShape: Shape) {
    this.w = this.addWeight({ name: 'w', shape: [inputShape.at(-1) ?? 1, this.units], initializer: 'glorot_uniform' });
    this.b = this.addWeight({ name: 'b', shape: [this.units], initializer: 'zeros' });
  }
  call(x: Value) {
    return ops.add(ops.matmul(x, this.w), this.b);
  }
  getConfig() {
    return { ...super.getConfig(), units: this.units };
  }
}
const lambdas = [new Lambda((x) => ops.square(x)), new Lambda((x: Value) => ops.multiply(x, 2))];

// A custom model
class Net extends Model {
  hidden = new Dense(4, 'relu');
  out = new Linear(2);
  call(x: Value) {
    return this.out.apply(this.hidden.apply(x));
  }
}
const net = new Net();
net.compile({ optimizer: new Adam(1e-3), loss: 'mse', metrics: ['mae'] });
const predicted = await net.predict([[1, 2]]);
console.log(predicted.shape, predicted.toArray()[0][1], lambdas.length);

// A custom loop
const variables = net.trainableWeights;
const optimizer = new SGD({ learningRate: new schedules.ExponentialDecay(0.1, 100, 0.9) });
const step = valueAndGrad((x: Value, y: Value) => ops.mean(ops.square(ops.subtract(net.apply(x), y))), { variables });
const { value, variableGradients } = await step([[1, 2]], [[1, 2]]);
await optimizer.apply(variableGradients, variables);
console.log(value.item());

// A functional model with operations between its layers
const inputs = Input({ shape: [28, 28, 1] });
let h = new Conv2D(8, 3, { activation: 'relu' }).apply(inputs);
h = new BatchNormalization().apply(h);
h = ops.add(new Swish().apply(new Dropout(0.5).apply(h)), h);
const outputs = new Dense(10, { activation: 'softmax' }).apply(h);
const model = new Model(inputs, outputs);
const images = tensor(new Float32Array(2 * 784), [2, 28, 28, 1]);
for (const other of [
  cloneModel(model),
  foldBatchNormalization(model),
  replaceNormalization(model, 'GroupNormalization'),
]) {
  console.log((await other.predict(images)).shape);
}

// Values outside of models
const sum = await evaluate(ops.add([1, 2], [3, 4]));
const product = await jit((a: Value, b: Value) => ops.matmul(a, b))([[1]], [[2]]);
const [total, mean] = await jit((x: Value) => [ops.sum(x), ops.mean(x)])([1, 2]);
console.log(sum.data, product.toArray()[0][0], total.item(), mean.item());
const dense = new Dense(3);
const applied = await dense.apply([[1, 2]]);
console.log(applied.shape, dense.kernel.shape, dense.bias?.value.toArray());
const normalization = new BatchNormalization();
const normalized = await normalization.apply(
  tensor([
    [1, 2],
    [3, 4],
  ]),
  { training: true },
);
console.log(normalized.toArray()[0][0], normalization.movingMean.value.toArray()[0], normalization.gamma?.value.data);

// Losses, metrics, callbacks and data
const loss = (yTrue: Value, yPred: Value) => ops.mean(ops.abs(ops.subtract(yTrue, yPred)), { axis: -1 });
const stack = new Sequential([new Dense(1)]);
stack.compile({ optimizer: 'adam', loss, metrics: [(y: Value, p: Value) => ops.mean(ops.abs(ops.subtract(y, p)))] });
stack.compile({
  loss: new losses.CategoricalCrossentropy({ fromLogits: true }),
  metrics: [new metrics.AUC(), 'accuracy'],
});
const callbacks = [
  new EarlyStopping({ patience: 3, restoreBestWeights: true }),
  new ModelCheckpoint('best.keras', { saveBestOnly: true }),
  new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) }),
  new LearningRateScheduler((_, rate) => rate * 0.9),
];
const xs: number[][] = [[1], [2]];
const ys: number[] = [1, 2];
await stack.fit(xs, ys, { callbacks, validationSplit: 0.5 });
await stack.fit(
  xs.map((row) => Float32Array.from(row)),
  new Float32Array(ys),
);
function* batches() {
  for (let i = 0; i < 3; i++) yield [[[1]], [[2]]];
}
async function* tensors() {
  while (true) yield [tensor([[1]]), tensor([[1]])];
}
await stack.fit(batches());
await stack.fit(tensors(), { stepsPerEpoch: 3 });
console.log(toCategorical([0, 1, 2]).shape);
const several = new Model({ inputs: [inputs, Input({ shape: [3] })], outputs: { a: outputs, b: h } });
const { a, b } = await several.predict([images, xs]);
console.log(a.shape, b.shape);
