import { InternalError } from '../../core/errors.ts';
import type { KnownShape } from '../../core/shape.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import { type Operands, type PrimitiveName, type Results, familyOf } from '../ir/primitives.ts';
import { Users } from '../graph/users.ts';
import type { Node, Value } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';
import { type OnnxModel, type OnnxValueInfo, dataTypeOf } from '../onnx/index.ts';
import { fromBlocks, toBlocks } from './emit/blocked-values.ts';
import { Builder } from './emit/builder.ts';
import type { EmittedEpilogue, Feeds } from './emit/context.ts';
import { emitSumWithProduct } from './emit/matmul.ts';
import { modelOf } from './emit/model.ts';
import { eliminateDeadCode } from './dead-code-elimination.ts';
import { type Epilogue, findEpilogues } from './layout/epilogues.ts';
import { type BlockedEpilogue, findFusions } from './layout/fusions.ts';
import { blockedRules } from './blocked/index.ts';
import type { BlockedContext, BlockedRule } from './blocked/rule.ts';
import { assignLayouts } from './layout/assign-layouts.ts';
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
}

/** Writes a graph with known shapes as an ONNX model for a target. */
export function lower(graph: Graph, target: Target): Lowered {
  const builder = new Builder();
  const names = new Map<Value, string>();
  const nodes = nodesOf(graph);
  const users = new Users(graph);
  const feeds: Feeds = { variables: [], randoms: [] };
  const sideOutputs = new Map<Value, string>();
  const epilogues = findEpilogues(nodes, users, target);
  const { byLast, clips, sums, absorbed } = epilogues;
  const layouts = assignLayouts(graph, nodes, users, target);
  const fusions = findFusions(nodes, users, layouts, epilogues, target);

  const lowerNode = (node: Node): void => {
    const epilogue = fusions.byLast.get(node) ?? asGroup(byLast.get(node));
    const main: Node = epilogue?.main ?? node;
    const factors = fusions.dots.get(node) ?? null;
    builder.scope = main.scope;
    const context = {
      builder,
      target,
      attributes: main.attributes,
      // The operands of a product that is summed where it is computed are not lowered.
      inputs: main.inputs.map((value) => (factors === null ? nameOf(names, value) : '')) as unknown as Operands<
        PrimitiveName,
        string
      >,
      operands: main.inputs as Operands<PrimitiveName, Value>,
      results: main.outputs as Results<PrimitiveName, Value>,
      users: users.of(node),
      feeds,
      sideOutputs,
      epilogue: epilogue === null ? null : named(epilogue),
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
  for (const node of nodes) if (isLeaf(node)) lowerNode(node);
  for (const node of nodes) {
    if (isLeaf(node) || absorbed.has(node) || fusions.absorbed.has(node)) continue;
    const clip = clips.get(node);
    const sum = sums.get(node);
    const [result] = node.outputs;
    if (result !== undefined && clip !== undefined) {
      builder.scope = node.scope;
      const bounds = [clip.low, clip.high].map((bound) => builder.scalar(bound, result.dtype));
      const images = layouts.forms.get(node)?.images ?? null;
      const x = nameOf(names, clip.x);
      const clipped = builder.emit('Clip', [images === null ? x : toBlocks(builder, x, images), ...bounds]);
      names.set(result, images === null ? clipped : fromBlocks(builder, clipped, images));
    } else if (result !== undefined && sum !== undefined) {
      builder.scope = node.scope;
      const operands = [...sum.product.inputs, sum.addend].map((value) => nameOf(names, value));
      names.set(result, emitSumWithProduct(builder, operands, sum.product.attributes, sum.isNegative));
    } else {
      lowerNode(node);
    }
  }

  builder.scope = null;
  const produced = new Set(builder.nodes.flatMap((node) => node.outputs));
  const taken = new Set<string>(builder.inputs.map((info) => info.name));
  const outputInfos: OnnxValueInfo[] = [];
  const publish = (value: Value): string => {
    // Each result needs a unique name, though it may be an input, a constant, or another result too.
    const inner = nameOf(names, value);
    const name = taken.has(inner) || !produced.has(inner) ? builder.emit('Identity', [inner]) : inner;
    taken.add(name);
    outputInfos.push({ name, dataType: dataTypeOf(value.dtype), dims: value.knownShape });
    return name;
  };
  const outputs = graph.outputs.map(publish);
  const updates = graph.updates.map(({ variable, value }) => ({ name: publish(value), variable }));

  const model = modelOf({
    name: 'program',
    nodes: eliminateDeadCode(builder.nodes, [...outputs, ...updates.map(({ name }) => name)]),
    initializers: builder.initializers,
    inputs: builder.inputs,
    outputs: outputInfos,
  });
  return {
    model,
    inputs: graph.inputs.map((value) => (users.isUsed(value) ? nameOf(names, value) : null)),
    ...feeds,
    outputs,
    updates,
    shapes: new Map([...names].map(([value, name]) => [name, value.knownShape])),
    scopes: builder.scopes,
  };
}

/** A convolution with its bias as a group without further operations. */
function asGroup(epilogue: Epilogue | undefined): BlockedEpilogue | null {
  return epilogue === undefined ? null : { main: epilogue.conv, bias: epilogue.bias, sum: null, relu: epilogue.relu };
}

function nameOf(names: ReadonlyMap<Value, string>, value: Value): string {
  const name = names.get(value);
  if (name === undefined) throw new InternalError(`${value.node.primitive} is used before it is lowered.`);
  return name;
}
