/**
 * # Layer normalization in an LSTM
 *
 * A custom recurrent cell: an LSTM with LayerNormalization inside ([Ba, Kiros and Hinton, 2016](https://arxiv.org/abs/1607.06450)),
 * beside a plain one. Both learn to add up the two marked numbers of a sequence.
 *
 * @level advanced
 * @needs the custom layer of [custom parts](custom-parts.ts)
 * @time 10 s
 */
import { Sequential, type Shape, type Value, type Variable, ops, setRandomSeed, tensor } from 'evenkeel';
import { type CallContext, Dense, Input, LSTM, Layer, LayerNormalization, RNN } from 'evenkeel/layers';
import { Orthogonal } from 'evenkeel/initializers';
import { Adam } from 'evenkeel/optimizers';

const epochs = 12; // quick: 5

/**
 * [f, i, o, g] = LN(Wh h) + LN(Wx x) + b
 * c' = σ(f) c + σ(i) tanh(g)      h' = σ(o) tanh(LN(c'))
 */
class LayerNormalizedCell extends Layer {
  static override readonly className: string = 'LayerNormalizedCell';

  readonly units: number;
  readonly stateSize: readonly number[];
  readonly outputSize: number;
  readonly ofInput = new LayerNormalization({ center: false });
  readonly ofState = new LayerNormalization({ center: false });
  readonly ofMemory = new LayerNormalization();
  #kernel!: Variable;
  #recurrent!: Variable;
  #bias!: Variable;

  constructor(units: number) {
    super();
    this.units = units;
    this.stateSize = [units, units];
    this.outputSize = units;
  }

  override build(inputShape: Shape | readonly Shape[]): void {
    const [first] = inputShape as readonly Shape[];
    const shape = Array.isArray(first) ? first : (inputShape as Shape);
    const { units } = this;
    this.#kernel = this.addWeight({ name: 'kernel', shape: [shape.at(-1) ?? 1, 4 * units] });
    this.#recurrent = this.addWeight({ name: 'recurrent', shape: [units, 4 * units], initializer: new Orthogonal() });
    this.#bias = this.addWeight({ name: 'bias', shape: [4 * units], initializer: 'zeros' });
  }

  override call([x, h, c]: readonly [Value, Value, Value], context: CallContext): readonly Value[] {
    const sums = ops.add(
      this.ofInput.apply(ops.matmul(x, context.read(this.#kernel))),
      this.ofState.apply(ops.matmul(h, context.read(this.#recurrent))),
    );
    const gates = ops.split(ops.add(sums, context.read(this.#bias)), 4, { axis: -1 });
    const [f, i, o, g] = gates as [Value, Value, Value, Value];
    const memory = ops.add(ops.multiply(ops.sigmoid(f), c), ops.multiply(ops.sigmoid(i), ops.tanh(g)));
    const output = ops.multiply(ops.sigmoid(o), ops.tanh(this.ofMemory.apply(memory)));
    return [output, output, memory];
  }
}

const [rows, steps, units] = [2048, 30, 24];

/** Sequences of numbers in [0, 1) with marks at two of them, and the sums of the marked ones. */
function task(): { readonly x: ReturnType<typeof tensor>; readonly y: ReturnType<typeof tensor> } {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const x = new Float32Array(rows * steps * 2);
  const y = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const marked = [0, 1].map((half) => Math.floor(((half + random()) * steps) / 2));
    for (let step = 0; step < steps; step++) {
      const at = 2 * (row * steps + step);
      x[at] = random();
      if (!marked.includes(step)) continue;
      x[at + 1] = 1;
      y[row] = (y[row] ?? 0) + (x[at] ?? 0);
    }
  }
  return { x: tensor(x, [rows, steps, 2]), y: tensor(y, [rows, 1]) };
}

const { x, y } = task();
for (const [name, make] of [
  ['a plain LSTM', () => new LSTM(units)],
  ['an LSTM with layer normalization', () => new RNN(new LayerNormalizedCell(units))],
] as const) {
  setRandomSeed(3);
  const model = new Sequential([Input({ shape: [steps, 2] }), make(), new Dense(1)]);
  model.compile({ optimizer: new Adam(0.005), loss: 'mse' });
  const { history } = await model.fit(x, y, { epochs, verbose: 0 });
  const losses = history['loss'] ?? [];
  console.log(
    `${name}: the loss is ${losses[0]?.toFixed(4) ?? ''} in the first epoch, ${losses.at(-1)?.toFixed(4) ?? ''} in the last`,
  );
}
