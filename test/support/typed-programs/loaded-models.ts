import { Callback, Input, Model, Sequential, type Tensor, layers, loadModel, tensor } from 'evenkeel';
import type { Logs } from 'evenkeel/callbacks';

const model = await loadModel('digits.keras');
const images = tensor(new Float32Array(2 * 784), [2, 28, 28, 1]);

// Predictions
const probabilities = await model.predict(images);
console.log(probabilities.shape, probabilities.data[0]);
const rows = probabilities.toArray();
const classes = rows.map((row) => row.indexOf(Math.max(...row)));
const top = rows[0]
  .map((probability, i) => [probability, i])
  .sort((a, b) => b[0] - a[0])
  .slice(0, 3);
console.log(rows[0][0] + 1, classes[0] === 7, top, rows[0][3].toFixed(2));
console.log(
  rows[0].reduce((a, b) => a + b),
  rows[0].reduce((a, b) => a + b, 0) / rows[0].length,
);
const matrix: number[][] = rows;
const vector: number[] = rows[0];
const scalar: number = tensor(3).toArray();
for (const [i, row] of matrix.entries()) console.log(i, row, vector.length, scalar);

// History and evaluation
const history = await model.fit(images, [3, 4], { epochs: 2 });
console.log(history.history.loss.at(-1), history.history['val_loss'][0].toFixed(3), history.epoch.length);
const result = await model.evaluate(images, [3, 4]);
console.log(result.loss, result.accuracy.toFixed(2));

// Layers and weights
const [kernel, bias] = model.getLayer('dense').getWeights();
console.log(kernel.shape, bias.toArray()[0], model.getLayer('dense').weights[0].value.toArray()[0][0]);
console.log(model.getLayer('dense', layers.Dense).kernel.value.shape);
console.log(model.getLayer('bn', layers.BatchNormalization).movingMean.value.toArray()[0]);
model.layers[0].trainable = false;
for (const layer of model.layers.slice(-20)) {
  if (!(layer instanceof layers.BatchNormalization)) layer.trainable = true;
}
model.getLayer('dense').setWeights([kernel, bias]);
model.optimizer.learningRate = 1e-4;
console.log(model.optimizer.learningRate.value.item(), model.optimizer.iterations.value.item());

// Callbacks
class StopAndReport extends Callback {
  best = Infinity;
  onEpochEnd(epoch: number, logs: Logs) {
    if (logs.loss < 0.1) this.model.stopTraining = true;
    this.best = Math.min(this.best, logs.val_loss);
    this.model.optimizer.learningRate = 0.1 / (epoch + 1);
    console.log(this.model.getLayer('dense').getWeights()[0].shape, this.params.epochs);
  }
  async onTrainEnd() {
    await this.model.predict(images, { verbose: 0 });
    const { loss } = await this.model.evaluate(images, [3, 4], { verbose: 0 });
    console.log(loss, this.model.layers.length, this.model.countParams());
    await this.model.save('last.keras');
  }
}
await model.fit(images, [3, 4], { callbacks: [new StopAndReport()] });

// The features of a layer, and several outputs
const extractor = new Model({ inputs: model.inputs, outputs: model.getLayer('pool').output });
console.log((await extractor.predict(images)).shape);
const both = new Model({ inputs: model.input, outputs: [model.output, model.getLayer('pool').output] });
const [classesOfBoth, features] = await both.predict(images);
console.log(classesOfBoth.shape, features.shape);
const pair = await loadModel<[Tensor, Tensor]>('pair.keras');
const [first, second] = await pair.predict(images);
console.log(first.shape, second.shape);
const named = await loadModel<{ mask: Tensor }>('mask.keras');
console.log((await named.predict(images)).mask.shape);

// Transfer learning
model.trainable = false;
const inputs = Input({ shape: [28, 28, 1] });
const outputs = new layers.Dense(1, { activation: 'sigmoid' }).apply(model.apply(inputs, { training: false }));
const classifier = new Model({ inputs, outputs });
console.log((await classifier.predict(images)).data, new Sequential([model, new layers.Dense(5, 'softmax')]).name);
const predictOne = (any: Model) => any.predict(images);
console.log((await predictOne(classifier)).shape);
