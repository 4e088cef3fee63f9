import { convert } from '../../../core/dtype.ts';
import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import { linear } from '../../../keras/activations/index.ts';
import type { Layer } from '../../../keras/layers/base/layer.ts';
import type { KernelLayout, LinearForm } from '../../../keras/layers/base/traits.ts';
import { isBuiltIn } from '../../../keras/layers/serialization.ts';

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
  readonly layer: Layer;
  readonly #form: LinearForm;
  readonly #first: View;
  /** The pointwise kernel of a separable convolution; else the same as the first. */
  readonly #last: View;
  readonly #shapes: readonly KnownShape[];
  #bias: Float64Array | null;

  private constructor(layer: Layer, form: LinearForm) {
    this.layer = layer;
    this.#form = form;
    const weights = layer.getWeights();
    const kernels = weights.slice(0, form.kernels.length);
    const bias = weights[form.kernels.length];
    this.#shapes = kernels.map(({ shape }) => shape);
    const views = form.kernels.flatMap((layout, i) => {
      const kernel = kernels[i];
      return kernel === undefined ? [] : [viewOf(layout, kernel)];
    });
    const [first] = views;
    const last = views.at(-1);
    if (first === undefined || last === undefined) throw new InternalError(`${layer.who} has no kernel.`);
    [this.#first, this.#last] = [first, last];
    this.#bias = bias === undefined ? null : Float64Array.from(bias.data);
  }

  /** Opens a layer; null for one that is no product with a kernel, or is not built. */
  static open(layer: Layer): OpenKernel | null {
    const prototype: unknown = Object.getPrototypeOf(layer);
    // A class that extends another may compute something else.
    const isOwn = isBuiltIn(layer) || Object.hasOwn(prototype as object, 'linearForm');
    const form = layer.built && isOwn ? layer.linearForm : null;
    return form === null ? null : new OpenKernel(layer, form);
  }

  /** Whether something comes between the product and the layer's result. */
  get hasActivation(): boolean {
    return this.#form.activation !== linear;
  }

  /** Whether the layer has a bias now. */
  get useBias(): boolean {
    return this.#bias !== null;
  }

  /** The axis of the outputs' channels, of a tensor of that rank. */
  outputAxis(rank: number): number {
    return this.#form.channelsLast ? rank - 1 : 1;
  }

  /** Whether zeros are added around the input, which a map before the layer would have turned into something else. */
  get pads(): boolean {
    return this.#form.pads;
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

  /** The output of the layer, without its bias, for inputs that are constant within each channel. */
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

function viewOf({ input, output }: KernelLayout, { data, shape }: Tensor): View {
  const [a = 1, b = 1] = shape.slice(-2);
  const sizes = [a, b] as const;
  return {
    data: Float64Array.from(data),
    a,
    b,
    input: (from, to) => input(from, to, sizes),
    output: (from, to) => output(from, to, sizes),
  };
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
