import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, checkShape, sameShape, showShape } from '../../../core/shape.ts';
import { type Tree, unwrapSingle } from '../../../core/tree.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import type { InputSignature } from '../../export/signature.ts';
import type { CallContext } from '../../layers/base/call-context.ts';
import type { InputShape } from '../../layers/base/input-shape.ts';
import { Layer } from '../../layers/base/layer.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { FloatType } from '../../trainers/data-adapters/expected-data.ts';
import { type DTypeLike, DTypePolicy } from '../../../core/dtype-policy.ts';
import { readTokens } from '../../layers/preprocessing/token-data.ts';
import { TokenLayer } from '../../layers/preprocessing/token-layer.ts';
import { Network } from '../functional/network.ts';
import { arrangeInputs, standardizeRank } from '../functional/standardize.ts';
import type { SummaryRows } from '../summary/summary.ts';
import type { ConfigContext, Encoder, OwnTensors, Registration, Topology, TopologyOwner } from './topology.ts';

/** The type of the input that a first layer expects. */
function typeFor(layer: Layer): DTypeLike | 'string' {
  if (!(layer instanceof TokenLayer)) return layer.dtype;
  return layer.acceptsStrings ? 'string' : new DTypePolicy('int64');
}

/** A stack of layers: the output of each layer is the input of the next one. */
export class SequentialTopology implements Topology {
  readonly hasGraph = true;
  readonly registration: Registration = { module: 'keras', registered_name: null };
  readonly #owner: TopologyOwner;
  readonly #stack: Layer[] = [];
  #input: InputLayer | null = null;
  /** The output of the last symbolic pass through the stack; `null` before the model is built. */
  #output: KerasTensor | null = null;
  #network: Network | null = null;

  constructor(owner: TopologyOwner) {
    this.#owner = owner;
  }

  /**
   * Adds a layer, or an `Input` before all layers.
   * @throws TypeError if it is neither; ValueError if its name is taken or an Input comes too late.
   */
  push(given: Layer | KerasTensor): void {
    const { who } = this.#owner;
    const layer = isKerasTensor(given) ? given.node.operation : given;
    if (layer instanceof InputLayer) {
      this.#setInput(layer);
      return;
    }
    if (!(layer instanceof Layer) || isKerasTensor(given)) {
      throw new TypeError(`[${who}] only layers and Input can be added. Received: ${show(given)}.`);
    }
    if (this.#stack.some((other) => other.name === layer.name && other !== layer)) {
      throw new ValueError(
        `[${who}] the layers must have different names. Received: a second layer named ${JSON.stringify(layer.name)}. Give it another one: { name: … }.`,
      );
    }
    if (this.#stack.length === 0 && this.#input === null && layer.givenInputShape !== null) {
      this.#setInput(new InputLayer({ batchShape: layer.givenInputShape, dtype: typeFor(layer) }));
    }
    this.#stack.push(layer);
  }

  #setInput(input: InputLayer): void {
    if (this.#input !== null || this.#stack.length > 0) {
      const received =
        this.#input === null
          ? `${this.#stack.length} layers before it`
          : `one of shape ${showShape(this.#input.batchShape)} before`;
      throw new ValueError(`[${this.#owner.who}] an Input must come first, and once. Received: ${received}.`);
    }
    this.#input = input;
  }

  /** Removes and returns the last layer; `undefined` if there is none. */
  pop(): Layer | undefined {
    return this.#stack.pop();
  }

  /** Discards the symbolic pass, after a change of the stack. */
  unbuild(): void {
    this.#output = null;
    this.#network = null;
  }

  /** The shape of the input with the batch, if an `Input` or the first layer determines it; else `null`. */
  get knownInputShape(): Shape | null {
    const [first] = this.#stack;
    if (first === undefined) return null;
    if (this.#input !== null) return this.#input.batchShape;
    // A model that is the first layer may have an Input of its own.
    const inner = 'topology' in first ? first.topology : null;
    return inner instanceof SequentialTopology ? (inner.#input?.batchShape ?? null) : null;
  }

  build(inputShape: InputShape): void {
    const { who, path } = this.#owner;
    const [first] = this.#stack;
    if (first === undefined) {
      throw new ValueError(`[${who}] a model without layers cannot be built: add(layer) first.`);
    }
    const shape = checkShape(inputShape, who, 'inputShape');
    if (this.#input !== null && !sameShape(this.#input.batchShape, shape)) {
      throw new ValueError(
        `[${who}] the model is made for inputs of shape ${showShape(this.#input.batchShape)}. Received: inputShape=${showShape(shape)}.`,
      );
    }
    const input = this.#input ?? new InputLayer({ batchShape: shape, dtype: typeFor(first) });
    let output = input.output;
    for (const layer of this.#stack) {
      if (layer.parentPath === '') layer.parentPath = path;
      output = layer.apply(output);
    }
    this.#input = input;
    this.#output = output;
    this.#network = null;
  }

  /** Applies the last layer to the output of the others. */
  extend(): void {
    const last = this.#stack.at(-1);
    if (last === undefined || this.#output === null) return;
    if (last.parentPath === '') last.parentPath = this.#owner.path;
    this.#output = last.apply(this.#output);
    this.#network = null;
  }

  get network(): Network | null {
    if (this.#input === null || this.#output === null) return null;
    return (this.#network ??= new Network(this.#owner.who, this.#input.output, this.#output));
  }

  get outputNames(): readonly string[] | null {
    const last = this.#stack.at(-1);
    return last === undefined ? null : [last.name];
  }

  get encoder(): Encoder | null {
    const { feedType, network } = this;
    if (network !== null)
      return network.host === null ? null : (who, x) => network.host?.encode(who, x, feedType) ?? [];
    if (!(this.#stack[0] instanceof TokenLayer)) return null;
    // The shape of the data builds the model.
    return (who, x) => {
      this.#owner.build([null, ...readTokens(who, x).shape.slice(1)]);
      return this.network?.host?.encode(who, x, feedType) ?? [];
    };
  }

  get feedType(): FloatType {
    const dtype = this.#input?.dtype ?? this.#stack[0]?.dtype ?? this.#owner.dtype;
    return dtype === 'float64' ? 'float64' : 'float32';
  }

  layers(): readonly Layer[] {
    return [...this.#stack];
  }

  sublayers(): readonly Layer[] {
    return this.#stack;
  }

  layersInPath(): readonly Layer[] {
    return this.#stack;
  }

  inputs(property: string): KerasTensor {
    return this.#known(this.#input?.output ?? null, property);
  }

  outputs(property: string): KerasTensor {
    return this.#known(this.#output, property);
  }

  #known(tensor: KerasTensor | null, property: string): KerasTensor {
    if (tensor !== null) return tensor;
    throw new ValueError(
      `[${this.#owner.who}] ${property} is not known before the model is built: build([…]) it, or add an Input first.`,
    );
  }

  ownTensors(calls: readonly Node[]): OwnTensors | null {
    // In the model that contains it, a stack is one layer.
    if (calls.length > 0) return null;
    return { inputs: this.inputs('input'), outputs: this.outputs('output') };
  }

  get outputShapes(): readonly Shape[] | null {
    return this.#output === null ? null : [this.#output.shape];
  }

  inputSignature(): Tree<InputSignature> | null {
    return this.network?.fed ?? this.#input?.output ?? null;
  }

  summaryRows(): SummaryRows {
    return { layers: this.#stack, connections: null };
  }

  run(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    const { who } = this.#owner;
    const { network } = this;
    if (network !== null && network.host !== null) return network.run(inputs, context);
    const expected = this.#input?.output ?? null;
    const given = expected === null ? unwrapSingle(inputs, isValue) : arrangeInputs(who, inputs, expected)[0];
    if (!isValue(given)) {
      throw new ValueError(`[${who}] a Sequential model has one input. Received: several.`);
    }
    // The layers check the sizes of the axes: a sequence or an image may have another size than the first one.
    let value: Tree<Value> = expected === null ? given : standardizeRank(who, given, expected);
    for (const [i, layer] of this.#stack.entries()) {
      value = layer.applyIn(context.trace, value, context.training, i === 0 ? context.mask : null);
    }
    return value;
  }

  outputShape(inputShape: InputShape): Shape {
    return this.#stack.reduce<Shape>(
      (shape, layer) => layer.computeOutputShape(shape),
      checkShape(inputShape, this.#owner.who, 'inputShape'),
    );
  }

  config(base: Config, { write }: ConfigContext): Config {
    const layers = [...(this.#input === null ? [] : [this.#input]), ...this.#stack];
    return {
      ...base,
      layers: layers.map((layer) => write(layer)),
      ...(this.#output === null || this.#input === null ? {} : { build_input_shape: this.#input.batchShape }),
    };
  }

  buildShape(builtShape: InputShape | null): InputShape | null {
    return builtShape;
  }
}
