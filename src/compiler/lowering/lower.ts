import { InternalError } from '../../core/errors.ts';
import type { KnownShape } from '../../core/shape.ts';
import { type Graph, nodesOf, results } from '../graph/graph.ts';
import { type Operands, type PrimitiveName, type Results, familyOf } from '../ir/primitives.ts';
import { Users } from '../graph/users.ts';
import type { Body, Node, Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxValueInfo, dataTypeOf } from '../onnx/index.ts';
import { fromBlocks, shapeInBlocks, toBlocks } from './emit/blocked-values.ts';
import { Builder } from './emit/builder.ts';
import type { EmittedEpilogue, Feeds } from './emit/context.ts';
import { emitSumWithProduct } from './emit/matmul.ts';
import { modelOf } from './emit/model.ts';
import { fitsHalfPrecision } from './half-precision.ts';
import { eliminateDeadCode } from './dead-code-elimination.ts';
import { type Epilogue, findEpilogues } from './layout/epilogues.ts';
import { type BlockedEpilogue, findFusions } from './layout/fusions.ts';
import { blockedRules } from './blocked/index.ts';
import type { BlockedContext, BlockedRule } from './blocked/rule.ts';
import { type Crossings, NO_CROSSINGS, assignLayouts } from './layout/assign-layouts.ts';
import { lowerRules } from './rules/index.ts';
import type { LowerRule } from './rules/rule.ts';
import type { Target } from './emit/target.ts';

/** A graph as an ONNX model, and the correspondence between the two. */
export interface Lowered {
  readonly model: OnnxModel;
  /** For each input of the graph, the name to feed; null if it is unused. */
  readonly inputs: readonly (string | null)[];
  /** The variables to feed, and their names. */
  readonly variables: Readonly<Feeds['variables']>;
  /** The random numbers to feed, and their names. */
  readonly randoms: Readonly<Feeds['randoms']>;
  /** The name of each output of the graph. */
  readonly outputs: readonly string[];
  /** The updated variables, and the names of their new states. */
  readonly updates: readonly { readonly name: string; readonly variable: Variable }[];
  /** The shapes of the values of the graph; values that lowering added have no entry. */
  readonly shapes: ReadonlyMap<string, KnownShape>;
  /** The layer of each node of the model. */
  readonly scopes: ReadonlyMap<string, string>;
  /** The nodes of the model that engines with half precision compute in it. */
  readonly halves: ReadonlySet<string>;
}

/** Writes a graph with known shapes as an ONNX model for a target, in which some inputs and outputs are in blocks. */
export function lower(graph: Graph, target: Target, crossings: Crossings = NO_CROSSINGS): Lowered {
  const lowering = new Lowering(target, crossings);
  const { builder, names, feeds, fed } = lowering;
  const users = new Users(graph);
  lowering.lowerNodes(graph, users);
  builder.scope = null;
  builder.isHalf = false;
  const infos = lowering.publish(results(graph), builder.nodes, new Set(builder.inputs.map(({ name }) => name)));
  const published = infos.map(({ name }) => name);
  const outputs = published.slice(0, graph.outputs.length);
  const updates = graph.updates.map(({ variable }, i) => ({ name: published[outputs.length + i] ?? '', variable }));
  const model = modelOf({
    name: 'program',
    nodes: eliminateDeadCode(builder.nodes, published),
    initializers: builder.initializers,
    inputs: builder.inputs,
    outputs: infos,
  });
  return {
    model,
    inputs: graph.inputs.map((value) => (users.isUsed(value) ? (fed.get(value) ?? nameOf(names, value)) : null)),
    ...feeds,
    outputs,
    updates,
    shapes: new Map([...names].map(([value, name]) => [name, value.knownShape])),
    scopes: builder.scopes,
    halves: builder.halves,
  };
}

/** The lowering of a graph and of the bodies in it, which share names and constants. */
class Lowering {
  readonly builder: Builder = new Builder();
  readonly names: Map<Value, string> = new Map<Value, string>();
  readonly feeds: Feeds = { variables: [], randoms: [] };
  /** The names of the inputs that are in blocks; `names` has those of their plain forms. */
  readonly fed: Map<Value, string> = new Map<Value, string>();
  readonly #target: Target;
  readonly #crossings: Crossings;
  readonly #sideOutputs = new Map<Value, string>();

  constructor(target: Target, crossings: Crossings) {
    this.#target = target;
    this.#crossings = crossings;
  }

  /** Appends the nodes of a graph; inputs that have a name are not inputs of the model. */
  lowerNodes(graph: Graph, users: Users): void {
    const { builder, names, feeds } = this;
    const target = this.#target;
    const sideOutputs = this.#sideOutputs;
    const nodes = nodesOf(graph);
    const epilogues = findEpilogues(nodes, users, target);
    const { byLast, clips, sums, absorbed } = epilogues;
    const layouts = assignLayouts(graph, nodes, users, target, this.#crossings);
    const fusions = findFusions(nodes, users, layouts, epilogues, target);

    const lowerNode = (node: Node): void => {
      const epilogue = fusions.byLast.get(node) ?? asGroup(byLast.get(node));
      const main: Node = epilogue?.main ?? node;
      const factors = fusions.dots.get(node) ?? null;
      builder.scope = main.scope;
      builder.isHalf = main.isHalf && fitsHalfPrecision(main);
      const context = {
        builder,
        target,
        attributes: main.attributes,
        // The operands of a product that is summed where it is computed are not lowered.
        inputs: main.inputs.map((value) => (factors === null ? nameOf(names, value) : '')) as unknown as Operands<
          PrimitiveName,
          string
        >,
        nameOf: (value: Value) => nameOf(names, value),
        operands: main.inputs as Operands<PrimitiveName, Value>,
        results: main.outputs as Results<PrimitiveName, Value>,
        users: users.of(node),
        feeds,
        sideOutputs,
        epilogue: epilogue === null ? null : named(epilogue),
        lowerBody: (body: Body, given: ReadonlyMap<Value, string>) => this.#lowerBody(body, given),
      };
      const form = layouts.forms.get(main);
      // A table indexed by a union loses the connection between name, operands and attributes: the casts of this stage.
      const rule = lowerRules[main.primitive] as LowerRule<PrimitiveName>;
      const blockedRule = blockedRules[main.primitive] as BlockedRule<PrimitiveName> | undefined;
      const outputs =
        form === undefined || blockedRule === undefined
          ? rule(context)
          : blockedRule.lower({
              ...context,
              block: target.blockedChannels,
              imagesOf: layouts.imagesOf,
              images: form.images,
              factors: factors === null ? null : [nameOf(names, factors[0]), nameOf(names, factors[1])],
            } satisfies BlockedContext<PrimitiveName>);
      for (const [i, value] of node.outputs.entries()) {
        const name = outputs[i];
        if (name === undefined) throw new InternalError(`${node.primitive} was lowered without result ${i}.`);
        names.set(value, name);
      }
    };

    const named = ({ bias, sum, relu }: BlockedEpilogue): EmittedEpilogue => ({
      ...(bias !== null && { bias: nameOf(names, bias) }),
      ...(sum !== null && { sum: nameOf(names, sum) }),
      relu,
    });

    const isLeaf = (node: Node): boolean => familyOf(node.primitive) === 'leaves';
    for (const node of nodes) {
      if (isLeaf(node) && !this.#feedInBlocks(node) && !node.outputs.every((value) => names.has(value)))
        lowerNode(node);
    }
    for (const node of nodes) {
      if (isLeaf(node) || absorbed.has(node) || fusions.absorbed.has(node)) continue;
      const clip = clips.get(node);
      const sum = sums.get(node);
      const [result] = node.outputs;
      if (result !== undefined && clip !== undefined) {
        builder.scope = node.scope;
        builder.isHalf = node.isHalf && fitsHalfPrecision(node);
        const bounds = [clip.low, clip.high].map((bound) => builder.scalar(bound, result.dtype));
        const images = layouts.forms.get(node)?.images ?? null;
        const x = nameOf(names, clip.x);
        const clipped = builder.emit('Clip', [images === null ? x : toBlocks(builder, x, images), ...bounds]);
        names.set(result, images === null ? clipped : fromBlocks(builder, clipped, images));
      } else if (result !== undefined && sum !== undefined) {
        builder.scope = node.scope;
        builder.isHalf = node.isHalf && fitsHalfPrecision(sum.product);
        const operands = [...sum.product.inputs, sum.addend].map((value) => nameOf(names, value));
        names.set(result, emitSumWithProduct(builder, operands, sum.product.attributes, sum.isNegative));
      } else {
        lowerNode(node);
      }
    }
  }

  /** Makes an input in blocks, if a node is one. */
  #feedInBlocks({ outputs: [value] }: Node): boolean {
    const images = value === undefined ? undefined : this.#crossings.get(value);
    if (value === undefined || images === undefined) return false;
    const name = this.builder.input('input', { dtype: value.dtype, knownShape: shapeInBlocks(images) });
    this.fed.set(value, name);
    this.names.set(value, fromBlocks(this.builder, name, images));
    return true;
  }

  #lowerBody(body: Body, given: ReadonlyMap<Value, string>): OnnxGraph {
    const { builder, names } = this;
    const { scope, isHalf } = builder;
    for (const value of body.inputs) names.set(value, given.get(value) ?? builder.name('input'));
    const inputs = body.inputs.filter((value) => !given.has(value)).map((value) => infoOf(nameOf(names, value), value));
    let outputs: readonly OnnxValueInfo[] = [];
    const nodes = builder.inBody(() => {
      this.lowerNodes(body, new Users(body));
      outputs = this.publish(body.outputs, builder.nodes, new Set());
    });
    builder.scope = scope;
    builder.isHalf = isHalf;
    const published = outputs.map(({ name }) => name);
    return {
      name: builder.name('body'),
      nodes: eliminateDeadCode(nodes, published),
      initializers: [],
      inputs,
      outputs,
    };
  }

  /** Gives each result a name of its own, though it may be an input, a constant, or another result too. */
  publish(values: readonly Value[], nodes: readonly OnnxNode[], taken: Set<string>): readonly OnnxValueInfo[] {
    const inners = values.map((value) => {
      const images = this.#crossings.get(value);
      const plain = nameOf(this.names, value);
      return images === undefined ? plain : toBlocks(this.builder, plain, images);
    });
    const produced = new Set(nodes.flatMap((node) => node.outputs));
    return values.map((value, i) => {
      const inner = inners[i] ?? '';
      const images = this.#crossings.get(value);
      const name = taken.has(inner) || !produced.has(inner) ? this.builder.emit('Identity', [inner]) : inner;
      taken.add(name);
      const { dtype } = value;
      return infoOf(name, images === undefined ? value : { dtype, knownShape: shapeInBlocks(images) });
    });
  }
}

const infoOf = (name: string, { dtype, knownShape }: Pick<Value, 'dtype' | 'knownShape'>): OnnxValueInfo => ({
  name,
  dataType: dataTypeOf(dtype),
  dims: knownShape,
});

/** A convolution with its bias as a group without further operations. */
function asGroup(epilogue: Epilogue | undefined): BlockedEpilogue | null {
  return epilogue === undefined ? null : { main: epilogue.conv, bias: epilogue.bias, sum: null, relu: epilogue.relu };
}

function nameOf(names: ReadonlyMap<Value, string>, value: Value): string {
  const name = names.get(value);
  if (name === undefined) throw new InternalError(`${value.node.primitive} is used before it is lowered.`);
  return name;
}
