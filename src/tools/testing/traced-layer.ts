import { gradients } from '../../compiler/autodiff/index.ts';
import { isFloat } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import { type Shape, indexOfOffset, showIndex, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { fillTree, flatten, treePaths } from '../../core/tree.ts';
import { nodesOf } from '../../compiler/graph/graph.ts';
import { constant, initialState, input } from '../../compiler/graph/leaves.ts';
import { Trace } from '../../compiler/graph/trace.ts';
import { type Value, isNode, isValue } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { verify } from '../../compiler/graph/verify.ts';
import { type InputShape, isShape } from '../../keras/layers/base/input-shape.ts';
import type { Layer } from '../../keras/layers/index.ts';
import { evaluate } from '../../compiler/reference/index.ts';

/** A tensor whose gradient can be checked. */
export interface Target {
  readonly name: string;
  readonly value: Value;
  /** The point of differentiation, with float64 elements. */
  readonly at: Tensor;
}

/** The arguments of a layer's call. */
export interface Call {
  readonly inputShape: InputShape;
  readonly inputs: readonly Tensor[];
  readonly mask: Tensor | null;
  readonly training: boolean;
}

/** A weighted sum of the outputs and penalties, as a function of inputs and weights. */
export class TracedLayer {
  /** The floating inputs, then the floating weights. */
  readonly targets: readonly Target[];
  readonly #who: string;
  readonly #layer: Layer;
  /** The outputs, then the penalties. */
  readonly #terms: readonly Value[];
  readonly #outputCount: number;
  readonly #seeds: readonly Tensor[];
  /** The values of all graph inputs: the inputs of the call, the weights, and the random numbers, drawn once. */
  readonly #fed = new Map<Value, Tensor>();

  /** @throws ValueError if there is nothing to differentiate. */
  constructor(who: string, layer: Layer, call: Call, random: RandomStream, jitter: number) {
    this.#who = who;
    this.#layer = layer;
    const trace = new Trace();
    const feed = (name: string, tensor: Tensor): Value => {
      const made = input(name, tensor.shape, tensor.dtype);
      trace.adopt(made);
      this.#fed.set(made, tensor);
      return made;
    };
    const values = call.inputs.map((tensor, i) => feed(`input_${i}`, tensor));
    const mask = call.mask === null ? null : feed('mask', call.mask);
    const outputs = layer.applyIn(trace, fillTree<Shape, Value>(call.inputShape, isShape, values), call.training, mask);
    const all = flatten<Value>(outputs, isValue);
    const differentiable = all.filter(({ dtype }) => isFloat(dtype));
    this.#outputCount = differentiable.length;
    this.#terms = [...differentiable, ...penaltiesOf(layer, trace)];
    if (this.#terms.length === 0) {
      const types = all.map(({ dtype }) => dtype);
      throw new ValueError(
        `[${who}] ${layer.who} must have a floating output. Received: outputs of dtype ${types.join(', ')}. Integer outputs have no gradients.`,
      );
    }
    verify({ inputs: [...this.#fed.keys()], outputs: this.#terms, updates: trace.updates }, who);
    const paths = treePaths<Shape>(call.inputShape, isShape);
    const inputTargets = values.map((value, i) => ({ name: `input${paths[i] ?? ''}`, value, at: call.inputs[i] }));
    const trainable = new Set(layer.trainableWeights);
    const weightTargets = layer.weights.map((variable) => ({
      name: variable.path,
      value: initialState(variable),
      at: pointNear(variable, trainable.has(variable) ? jitter : 0, random),
    }));
    this.targets = [...inputTargets, ...weightTargets].flatMap(({ name, value, at }) =>
      isFloat(value.dtype) && at !== undefined ? [{ name, value, at: float64(at) }] : [],
    );
    for (const { value, at } of this.targets) this.#fed.set(value, at);
    for (const node of nodesOf({ inputs: [], outputs: this.#terms, updates: [] })) {
      const [value] = node.outputs;
      if (!isNode(node, 'randomUniform') || value === undefined) continue;
      this.#fed.set(
        value,
        drawn(value, () => random.nextUniform()),
      );
    }
    // In [0.5, 1.5), so that parts of the output do not cancel, and exact in float32.
    const weight = (): number => 0.5 + Math.floor(1024 * random.nextUniform()) / 1024;
    this.#seeds = this.#terms.map((term) => drawn(term, weight));
  }

  /** Evaluates the outputs and penalties with the elements of one target replaced. */
  evaluateAt(target: Target | null, data: Float64Array | null): readonly Tensor[] {
    const other = target === null || data === null ? null : new Tensor(data, target.at.shape);
    const feeds = [...this.#fed].map(([value, tensor]) => (other !== null && value === target?.value ? other : tensor));
    const graph = { inputs: [...this.#fed.keys()], outputs: this.#terms, updates: [] };
    return evaluate(graph, feeds, { precise: true }).outputs;
  }

  /** Returns the difference of the sum at two points, computed entry by entry to preserve digits. */
  difference(above: readonly Tensor[], below: readonly Tensor[]): number {
    let sum = 0;
    for (const [k, seed] of this.#seeds.entries()) {
      const [a, b] = [above[k]?.data, below[k]?.data];
      for (let i = 0; i < seed.size; i++) sum += (seed.data[i] ?? NaN) * ((a?.[i] ?? NaN) - (b?.[i] ?? NaN));
    }
    return sum;
  }

  /** Returns the gradient of each target by automatic differentiation; null without a path to the sum. */
  gradients(targets: readonly Target[]): readonly (Tensor | null)[] {
    const values = targets.map(({ value }) => value);
    const parts = this.#terms.map((term, k) => gradients(term, values, constant(this.#seedOf(k), term.dtype)));
    const made = parts.flat().filter((value) => value !== null);
    const { outputs } = evaluate(
      { inputs: [...this.#fed.keys()], outputs: made, updates: [] },
      [...this.#fed.values()],
      {
        precise: true,
      },
    );
    const numbers = new Map(made.map((value, i) => [value, outputs[i]]));
    return targets.map(({ at }, t) => {
      const found = parts.flatMap((part) => part[t] ?? []);
      if (found.length === 0) return null;
      const all = found.map((value) => numbers.get(value)?.data);
      const sum = Float64Array.from({ length: at.size }, (_, i) =>
        all.reduce((so, data) => so + (data?.[i] ?? NaN), 0),
      );
      return new Tensor(sum, at.shape);
    });
  }

  #seedOf(k: number): Tensor {
    return this.#seeds[k] ?? new Tensor(new Float64Array(), [0]);
  }

  /** Checks that all outputs and penalties are finite. @throws ValueError otherwise */
  checkFinite(): void {
    for (const [k, { data, shape }] of this.evaluateAt(null, null).entries()) {
      const at = data.findIndex((entry) => !Number.isFinite(entry));
      if (at === -1) continue;
      const place = `${showIndex(indexOfOffset(at, shape))} of ${k < this.#outputCount ? `output ${k}` : 'a penalty'}`;
      throw new ValueError(
        `[${this.#who}] the outputs and penalties of ${this.#layer.who} must be finite at the point of differentiation. Received: ${data[at]}${place}. Use other inputs, or keep the weights unchanged with jitter: 0.`,
      );
    }
  }
}

/** Returns the penalties on trainable weights and the losses added by the call. */
function penaltiesOf(layer: Layer, trace: Trace): readonly Value[] {
  const regularizers = layer.weightRegularizers;
  const ofWeights = layer.trainableWeights.flatMap((variable) => {
    const regularizer = regularizers.get(variable);
    return regularizer === undefined ? [] : [regularizer.call(trace.read(variable))];
  });
  return [...ofWeights, ...trace.losses];
}

const float64 = ({ data, shape }: Tensor): Tensor => new Tensor(Float64Array.from(data), shape);

/** Returns the elements of a variable, each perturbed by up to `jitter`. */
function pointNear({ value }: Variable, jitter: number, random: RandomStream): Tensor {
  if (jitter === 0) return value;
  return new Tensor(
    Float64Array.from(value.data, (entry) => entry + jitter * (2 * random.nextUniform() - 1)),
    value.shape,
  );
}

function drawn({ knownShape }: Value, next: () => number): Tensor {
  return new Tensor(Float64Array.from({ length: sizeOf(knownShape) }, next), knownShape);
}
