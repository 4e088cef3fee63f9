import { convert } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { linear } from '../../../keras/activations/index.ts';
import { BaseConvTranspose } from '../../../keras/layers/convolutional/base-conv-transpose.ts';
import { BaseConv } from '../../../keras/layers/convolutional/base-conv.ts';
import { ChannelwiseLayer } from '../../../keras/layers/convolutional/channelwise-layer.ts';
import * as layers from '../../../keras/layers/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';

/** The classes whose kernels take a map up. What extends them may compute something else. */
const CLASSES: readonly unknown[] = [
  layers.Dense,
  ...[layers.Conv1D, layers.Conv2D, layers.Conv3D],
  ...[layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose],
  ...[layers.DepthwiseConv1D, layers.DepthwiseConv2D, layers.SeparableConv1D, layers.SeparableConv2D],
];

type Openable = layers.Dense | BaseConv | BaseConvTranspose | ChannelwiseLayer;

/** A kernel seen as matrices [positions, a, b], and which channel comes in, and which goes out, at (a, b). */
interface View {
  readonly data: Float64Array;
  readonly a: number;
  readonly b: number;
  readonly input: (a: number, b: number) => number;
  readonly output: (a: number, b: number) => number;
}

/** A layer that is opened for maps to be multiplied into its weights, in float64. The layer itself stays as it is. */
export class OpenKernel {
  readonly layer: Openable;
  readonly #first: View;
  /** The pointwise kernel of a separable convolution; else the same as the first. */
  readonly #last: View;
  readonly #shapes: readonly KnownShape[];
  #bias: Float64Array | null;

  private constructor(layer: Openable) {
    this.layer = layer;
    const weights = layer.getWeights();
    const count = weights.length - (layer.useBias ? 1 : 0);
    const kernels = weights.slice(0, count);
    const bias = weights[count];
    this.#shapes = kernels.map(({ shape }) => shape);
    const views = kernels.map((kernel, i) => viewOf(layer, kernel, i));
    const [first] = views;
    const last = views.at(-1);
    if (first === undefined || last === undefined) throw new InternalError(`${layer.who} has no kernel.`);
    [this.#first, this.#last] = [first, last];
    this.#bias = bias === undefined ? null : Float64Array.from(bias.data);
  }

  /** Opens a layer; null for one that is no product with a kernel, or is not built. */
  static open(layer: Layer): OpenKernel | null {
    return layer.built && isOpenable(layer) ? new OpenKernel(layer) : null;
  }

  /** Whether something comes between the product and the layer's result. */
  get hasActivation(): boolean {
    return this.layer.activation !== linear;
  }

  /** Whether the layer has a bias now. */
  get useBias(): boolean {
    return this.#bias !== null;
  }

  /** The axis of the outputs' channels, of a tensor of that rank. */
  outputAxis(rank: number): number {
    return isLast(this.layer) ? rank - 1 : 1;
  }

  /** Whether zeros are added around the input, which a map before the layer would have turned into something else. */
  get pads(): boolean {
    const { layer } = this;
    if (layer instanceof layers.Dense) return false;
    return layer instanceof BaseConvTranspose || layer.padding !== 'valid';
  }

  /** Takes up a map of the outputs: scale · (x ∗ K + b) + offset. */
  scaleOutputs(scale: Float64Array, offset: Float64Array): void {
    const { output } = this.#last;
    update(this.#last, (entry, a, b) => entry * (scale[output(a, b)] ?? NaN));
    const bias = this.#bias ?? new Float64Array(scale.length);
    this.#bias = bias.map((entry, i) => entry * (scale[i] ?? NaN) + (offset[i] ?? NaN));
  }

  /** Takes up a map of the inputs: (scale · x + offset) ∗ K + b. */
  scaleInputs(scale: Float64Array, offset: Float64Array): void {
    const constant = this.#ofConstants(offset);
    const { input } = this.#first;
    update(this.#first, (entry, a, b) => entry * (scale[input(a, b)] ?? NaN));
    if (!offset.some((entry) => entry !== 0)) return;
    this.#bias = constant.map((entry, i) => entry + (this.#bias?.[i] ?? 0));
  }

  /** What the layer makes of inputs that are the same number all over a channel, without its bias. */
  #ofConstants(inputs: Float64Array): Float64Array {
    const views = this.#first === this.#last ? [this.#first] : [this.#first, this.#last];
    return views.reduce((values, view) => {
      const outputs = new Float64Array(outputCount(view));
      update(view, (entry, a, b) => {
        const to = view.output(a, b);
        outputs[to] = (outputs[to] ?? 0) + entry * (values[view.input(a, b)] ?? NaN);
        return entry;
      });
      return outputs;
    }, inputs);
  }

  /** The weights as they are now, in the layer's type and order. */
  getWeights(): readonly Tensor[] {
    const { dtype } = this.layer;
    const kernels = this.#first === this.#last ? [this.#first] : [this.#first, this.#last];
    const made = kernels.map(({ data }, i) => new Tensor(convert(data, dtype), this.#shapes[i] ?? [], dtype));
    const bias = this.#bias;
    return bias === null ? made : [...made, new Tensor(convert(bias, dtype), [bias.length], dtype)];
  }
}

function isOpenable(layer: Layer): layer is Openable {
  return CLASSES.includes(layer.constructor);
}

/** Whether the layer's channels come last. */
function isLast(layer: Openable): boolean {
  return layer instanceof layers.Dense || layer.dataFormat === 'channels_last';
}

function viewOf(layer: Openable, { data, shape }: Tensor, index: number): View {
  const [a = 1, b = 1] = shape.slice(-2);
  const view = { data: Float64Array.from(data), a, b };
  const last = (_: number, to: number): number => to;
  const first = (from: number): number => from;
  if (layer instanceof BaseConvTranspose) return { ...view, input: last, output: first };
  if (layer instanceof BaseConv) {
    const share = layer.filters / layer.groups;
    return { ...view, input: (from, to) => Math.floor(to / share) * a + from, output: last };
  }
  // A depthwise kernel makes several channels of each.
  if (layer instanceof ChannelwiseLayer && index === 0) {
    return { ...view, input: first, output: (from, to) => from * b + to };
  }
  return { ...view, input: first, output: last };
}

function outputCount({ a, b, output }: View): number {
  return Math.max(...[output(a - 1, b - 1), output(a - 1, 0), output(0, b - 1)]) + 1;
}

function update({ data, a, b }: View, change: (entry: number, a: number, b: number) => number): void {
  const positions = data.length / sizeOf([a, b]);
  let at = 0;
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < a; i++) {
      for (let j = 0; j < b; j++) {
        data[at] = change(data[at] ?? NaN, i, j);
        at++;
      }
    }
  }
}
