import { InternalError, NotImplementedError } from '../../../core/errors.ts';
import { type KnownShape, sameShape } from '../../../core/shape.ts';
import { Builder } from '../emit/builder.ts';
import type { Lowered } from '../lower.ts';
import {
  DataType,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  integersOf,
  namesReadBy,
} from '../../onnx/index.ts';
import { commonPart, floatOf, sameElements, uniformPart } from './sampled-constants.ts';
import { type SampledShapes, expandOperand, isSameUpper, reshapeOperand, sliceEnds } from './shape-operands.ts';
import { type SampledSize, SizeTable, isFixed } from './size-table.ts';

/** Thrown if the graphs of two samples have different nodes, because passes or layers choose by size. */
export class DifferentGraphs extends Error {
  readonly layer: string | null;

  constructor(layer: string | null) {
    super('the graphs of two sizes differ');
    this.layer = layer;
  }
}

/** One graph for all sizes, with the layers that its nodes belong to. */
export interface Reconciled {
  readonly graph: OnnxGraph;
  readonly scopes: ReadonlyMap<string, string>;
  /** The name in the merged graph of a value of the first sample. */
  readonly nameOf: (name: string) => string;
}

/** The parts of a lowered graph that are compared. */
export type Sample = Pick<Lowered, 'model' | 'shapes' | 'scopes'>;

/**
 * Merges the graphs that the same model has at several sizes into one. They have the same nodes; where a constant differs, its
 * entries are sizes, which the file computes from the shapes of its values when it runs.
 *
 * @throws DifferentGraphs if the nodes differ; NotImplementedError, which names the layer, if a difference is not a size.
 */
export function reconcile(who: string, samples: readonly Sample[]): Reconciled {
  return new Reconciliation(who, samples).run();
}

class Reconciliation {
  readonly #who: string;
  readonly #samples: readonly Sample[];
  readonly #base: Sample;
  readonly #builder = new Builder();
  readonly #sizes = new SizeTable(this.#builder);
  /** For each sample, the names of its values in the merged graph. */
  readonly #names: readonly Map<string, string>[];
  readonly #constants: readonly ReadonlyMap<string, OnnxTensor>[];
  /** The shapes of the values of the merged graph at each sample. */
  readonly #shapes = new Map<string, readonly KnownShape[]>();
  readonly #kept = new Map<OnnxTensor, string>();
  /** The number of bodies around the node that is added. */
  #depth = 0;

  constructor(who: string, samples: readonly Sample[]) {
    const [base] = samples;
    if (base === undefined) throw new InternalError('an export without samples.');
    this.#who = who;
    this.#samples = samples;
    this.#base = base;
    this.#names = samples.map(() => new Map<string, string>());
    this.#constants = samples.map(({ model }) => new Map(model.graph.initializers.map((each) => [each.name, each])));
  }

  run(): Reconciled {
    const graphs = this.#samples.map(({ model }) => model.graph);
    const { graph } = this.#base.model;
    const inputs = graph.inputs.map((info, i) => {
      const name = this.#define(
        'input',
        graphs.map((other) => other.inputs[i]?.name ?? ''),
      );
      return { ...info, name };
    });
    this.#addAll(graphs);
    const outputs = graph.outputs.map((info) => ({ ...info, name: this.#names[0]?.get(info.name) ?? info.name }));
    const { nodes, initializers, scopes } = this.#builder;
    const used = new Set(nodes.flatMap(namesReadBy));
    return {
      graph: {
        name: graph.name,
        nodes,
        initializers: initializers.filter(({ name }) => used.has(name)),
        inputs,
        outputs,
      },
      scopes,
      nameOf: (name) => this.#names[0]?.get(name) ?? name,
    };
  }

  #addAll(graphs: readonly OnnxGraph[]): void {
    const all = graphs[0]?.nodes ?? [];
    for (const [i, node] of all.entries()) {
      const nodes = graphs.map((other) => other.nodes[i]);
      const isSame = nodes.every((other) => other !== undefined && isAlike(node, other));
      const scope = this.#base.scopes.get(node.name) ?? null;
      if (!isSame || graphs.some((other) => other.nodes.length !== all.length)) throw new DifferentGraphs(scope);
      this.#builder.scope = scope;
      this.#add(nodes.flatMap((other) => other ?? []));
    }
  }

  /** Merges the bodies that a node has at each sample. Sizes are read from values around it. */
  #body(graphs: readonly OnnxGraph[]): OnnxGraph {
    const [base] = graphs;
    if (base === undefined) throw new InternalError('a body without samples.');
    const dimsAt = (part: 'inputs' | 'outputs', i: number): OnnxGraph['inputs'][number]['dims'] => {
      const shapes = graphs.map((graph) => (graph[part][i]?.dims ?? []) as KnownShape);
      return freeDims(shapes, []);
    };
    const { scope } = this.#builder;
    this.#depth++;
    const inputs = base.inputs.map((info, i) => ({
      ...info,
      name: this.#define(
        'input',
        graphs.map((graph) => graph.inputs[i]?.name ?? ''),
      ),
      dims: dimsAt('inputs', i),
    }));
    const nodes = this.#builder.inBody(() => this.#addAll(graphs));
    const outputs = base.outputs.map((info, i) => ({
      ...info,
      name: this.#names[0]?.get(info.name) ?? info.name,
      dims: dimsAt('outputs', i),
    }));
    this.#depth--;
    this.#builder.scope = scope;
    return { ...base, inputs, nodes, outputs };
  }

  /** Names a value of the merged graph for the corresponding values of the samples, and records its shapes. */
  #define(kind: string, given: readonly string[]): string {
    const name = this.#builder.name(kind);
    for (const [i, each] of given.entries()) this.#names[i]?.set(each, name);
    const shapes = given.flatMap((each, i) => {
      const shape = this.#samples[i]?.shapes.get(each);
      return shape === undefined ? [] : [shape];
    });
    if (shapes.length === given.length && shapes.length > 0) this.#note(name, shapes);
    return name;
  }

  #note(name: string, shapes: readonly KnownShape[]): void {
    this.#shapes.set(name, shapes);
    // The values of a body cannot be read outside of it.
    if (this.#depth === 0) this.#sizes.add(name, shapes);
  }

  #add(nodes: readonly OnnxNode[]): void {
    const [node] = nodes;
    if (node === undefined) return;
    const inputs = node.inputs.map((_, slot) => this.#input(nodes, slot));
    const attributes = this.#attributes(nodes, inputs[0] ?? '');
    const name = this.#builder.name(node.opType);
    const { scope } = this.#builder;
    if (scope !== null) this.#builder.scopes.set(name, scope);
    const outputs = node.outputs.map((output, i) =>
      output === ''
        ? ''
        : this.#define(
            node.opType,
            nodes.map((other) => other.outputs[i] ?? ''),
          ),
    );
    this.#builder.push({ ...node, name, inputs, outputs, attributes });
    this.#noteMoved(nodes, inputs[0] ?? '', outputs[0] ?? '');
  }

  /** Records the shapes of intermediate values that lowering introduced, where the node determines them. */
  #noteMoved(nodes: readonly OnnxNode[], from: string, to: string): void {
    const [node] = nodes;
    if (node === undefined || this.#shapes.has(to)) return;
    const before = this.#shapes.get(from);
    const permutation = node.attributes['perm'];
    if (node.opType === 'Reshape') {
      const shapes = nodes.map((other, i) => integersOf(this.#constants[i]?.get(other.inputs[1] ?? '')));
      const whole = shapes.flatMap((shape) => (shape === null || shape.includes(-1) ? [] : [shape]));
      if (whole.length === nodes.length) this.#note(to, whole);
    } else if (node.opType === 'Transpose' && before !== undefined && permutation?.type === 'ints') {
      this.#note(
        to,
        before.map((shape) => permutation.value.map((axis) => shape[axis] ?? 0)),
      );
    }
  }

  #input(nodes: readonly OnnxNode[], slot: number): string {
    const given = nodes.map((node) => node.inputs[slot] ?? '');
    if (given.every((name) => name === '')) return '';
    const tensors = given.map((name, i) => this.#constants[i]?.get(name));
    const [first] = tensors;
    if (first === undefined) {
      const names = given.map((name, i) => this.#names[i]?.get(name));
      const [name] = names;
      if (name === undefined || names.some((other) => other !== name)) throw new DifferentGraphs(this.#builder.scope);
      return name;
    }
    const known = tensors.flatMap((tensor) => tensor ?? []);
    if (known.length !== nodes.length) throw new DifferentGraphs(this.#builder.scope);
    return this.#constant(nodes, slot, known);
  }

  #constant(nodes: readonly OnnxNode[], slot: number, tensors: readonly OnnxTensor[]): string {
    const [first] = tensors;
    if (first === undefined) throw new InternalError('a constant without samples.');
    if (tensors.every((tensor) => sameElements(first, tensor))) return this.#keep(first);
    if (tensors.every(({ dims }) => sameShape(dims, first.dims))) {
      const numbers = tensors.flatMap((tensor) => floatOf(tensor) ?? []);
      const number = numbers.length === tensors.length ? this.#number(first, numbers) : null;
      if (number !== null) return number;
      const vectors = tensors.flatMap((tensor) => integersOf(tensor) ?? []);
      const length = first.dims[0] ?? 0;
      if (first.dims.length !== 1 || first.dataType !== DataType.INT64) throw this.#refusal(nodes);
      const entries = Array.from({ length }, (_, i) => tensors.map((_tensor, at) => vectors[at * length + i] ?? 0));
      const found = this.#sizes.vector(this.#simplify(nodes, slot, entries));
      if (found === null) throw this.#refusal(nodes);
      return found;
    }
    const part = commonPart(tensors);
    const shape = this.#sizes.vector(first.dims.map((_, axis) => tensors.map(({ dims }) => dims[axis] ?? 0)));
    if (shape === null) throw this.#refusal(nodes);
    if (part === null) {
      // The same number in all places, which depends on the size too: the share of a row in a mean.
      const numbers = tensors.flatMap((tensor) => uniformPart(tensor) ?? []);
      const number = numbers.length === tensors.length ? this.#constant(nodes, slot, numbers) : null;
      if (number === null) throw this.#refusal(nodes);
      return this.#builder.emit('Expand', [number, shape]);
    }
    return this.#builder.emit('Expand', [this.#keep(part), shape]);
  }

  /** A number that is proportional to a product of sizes, such as a count of elements, or to its reciprocal. */
  #number({ dataType, dims }: OnnxTensor, values: SampledSize): string | null {
    const builder = this.#builder;
    const inFloat = (name: string): string =>
      builder.reshape(builder.emitOnce('Cast', [name], { attributes: { to: dataType } }), dims);
    const constant = (value: number): string =>
      builder.scalar(value, dataType === DataType.DOUBLE ? 'float64' : 'float32');
    const direct = this.#sizes.proportional(values);
    if (direct !== null) {
      const size = inFloat(direct.size);
      return direct.factor === 1 ? size : builder.emit('Mul', [size, constant(direct.factor)]);
    }
    const inverse = this.#sizes.proportional(values.map((value) => 1 / value));
    if (inverse === null) return null;
    // 1 / value = factor · size, whose factor is often the reciprocal of an integer.
    const numerator = 1 / inverse.factor;
    const rounded = Math.round(numerator);
    const exact = Math.abs(numerator - rounded) <= 4e-7 * Math.abs(rounded) ? rounded : numerator;
    return builder.emit('Div', [constant(exact), inFloat(inverse.size)]);
  }

  /** Simplifies the entries of a shape, so that as few as possible depend on free sizes. */
  #simplify(nodes: readonly OnnxNode[], slot: number, entries: readonly SampledSize[]): readonly SampledSize[] {
    const [node] = nodes;
    const data = this.#dataShapes(node?.inputs[0] ?? '');
    if (node?.opType === 'Reshape' && slot === 1) return reshapeOperand(data, entries);
    if (node?.opType === 'Expand' && slot === 1) return expandOperand(data, entries);
    if (node?.opType !== 'Slice' || slot !== 2) return entries;
    const steps = integersOf(this.#constants[0]?.get(node.inputs[4] ?? ''));
    const axes = integersOf(this.#constants[0]?.get(node.inputs[3] ?? ''));
    return axes === null || steps?.every((step) => step > 0) !== true ? entries : sliceEnds(data, axes, entries);
  }

  #dataShapes(baseName: string): SampledShapes {
    return this.#shapes.get(this.#names[0]?.get(baseName) ?? '') ?? null;
  }

  #keep(tensor: OnnxTensor): string {
    const found = this.#kept.get(tensor);
    if (found !== undefined) return found;
    const name = this.#builder.name('constant');
    this.#builder.initializers.push({ ...tensor, name });
    this.#kept.set(tensor, name);
    return name;
  }

  #attributes(nodes: readonly OnnxNode[], data: string): Readonly<Record<string, OnnxAttribute>> {
    const [node] = nodes;
    if (node === undefined) return {};
    const bodies = Object.keys(node.attributes).filter((key) => node.attributes[key]?.type === 'graph');
    if (bodies.length > 0) {
      const merged = bodies.map((key): readonly [string, OnnxAttribute] => {
        const graphs = nodes.map(({ attributes }) => attributes[key]);
        const values = graphs.flatMap((each) => (each?.type === 'graph' ? [each.value] : []));
        return [key, { type: 'graph', value: this.#body(values) }];
      });
      return { ...node.attributes, ...Object.fromEntries(merged) };
    }
    const differing = Object.keys(node.attributes).filter((key) =>
      nodes.some((other) => JSON.stringify(other.attributes[key]) !== JSON.stringify(node.attributes[key])),
    );
    if (node.opType === 'Reshape') {
      // allowzero has no effect without sizes of 0, and must not be set where 0 stands for the operand's size.
      const shape = integersOf(this.#constants[0]?.get(node.inputs[1] ?? ''));
      return shape?.includes(0) === true ? node.attributes : {};
    }
    if (differing.length === 0) return node.attributes;
    const ints = (key: string, of: OnnxNode = node): readonly number[] => {
      const attribute = of.attributes[key];
      return attribute?.type === 'ints' ? attribute.value : [];
    };
    const isOnlyPadding = differing.length === 1 && differing[0] === 'pads';
    const padding = ints('pads').map((_, i) => nodes.map((other) => ints('pads', other)[i] ?? 0));
    const window = { kernel: ints('kernel_shape'), strides: ints('strides'), dilations: ints('dilations') };
    if (!isOnlyPadding || !isSameUpper(this.#shapes.get(data) ?? null, padding, window)) throw this.#refusal(nodes);
    const rest = Object.entries(node.attributes).filter(([key]) => key !== 'pads');
    return { ...Object.fromEntries(rest), auto_pad: { type: 'string', value: 'SAME_UPPER' } };
  }

  #refusal([node]: readonly OnnxNode[]): NotImplementedError {
    const layer = this.#builder.scope === null ? 'it' : `layer ${JSON.stringify(this.#builder.scope)}`;
    const free = [
      ...new Set(this.#samples.flatMap(({ model }) => model.graph.inputs.flatMap(({ dims }) => dims ?? []))),
    ];
    return new NotImplementedError(
      `[${this.#who}] the computation must depend on a free size only through shapes. Received: ${layer}, whose ${node?.opType ?? 'constants'} depends on it in another way (at sizes ${free.join(', ')}). Fix that size with inputSignature.`,
    );
  }
}

function isAlike(a: OnnxNode, b: OnnxNode): boolean {
  return (
    a.opType === b.opType &&
    a.domain === b.domain &&
    a.inputs.length === b.inputs.length &&
    a.outputs.length === b.outputs.length &&
    Object.keys(a.attributes).join() === Object.keys(b.attributes).join()
  );
}

/** The dimensions of a value in the file: a size, the name of a free size, or `null` for a size computed from free ones. */
export function freeDims(
  shapes: readonly KnownShape[],
  free: readonly { readonly name: string; readonly sizes: SampledSize }[],
): readonly (number | string | null)[] {
  return (shapes[0] ?? []).map((size, axis) => {
    const sizes = shapes.map((shape) => shape[axis] ?? 0);
    if (isFixed(sizes)) return size;
    return free.find((each) => each.sizes.join() === sizes.join())?.name ?? null;
  });
}
