import type { DType } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { KnownShape } from '../../core/shape.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import type { LeafName, PrimitiveAttributes, PrimitiveName } from '../graph/primitives.ts';
import { type Node, type Value, isNode } from '../graph/value.ts';
import type { Variable } from '../graph/variable.ts';
import { type OnnxModel, type OnnxValueInfo, dataTypeOf, encodeModel } from '../onnx/index.ts';
import { BLOCKED, Builder, MICROSOFT } from './builder.ts';
import { findEpilogues } from './epilogues.ts';
import { lowerRules } from './rules/index.ts';
import type { LowerContext, LowerRule } from './rule.ts';
import type { Target } from './target.ts';

/** ONNX 1.17: the newest operators that every engine we run on has. */
const OPSET = 21;
const IR_VERSION = 10;

export interface Lowered {
  readonly model: OnnxModel;
  /** The name to feed for each input of the graph; null for one that nothing uses. */
  readonly inputs: readonly (string | null)[];
  /** Which variables are fed, under which names. */
  readonly variables: readonly { readonly name: string; readonly variable: Variable }[];
  readonly randoms: readonly {
    readonly name: string;
    readonly stream: RandomStream;
    readonly shape: KnownShape;
    readonly dtype: DType;
  }[];
  /** The name of each output of the graph. */
  readonly outputs: readonly string[];
  /** The name under which the new state of each updated variable comes. */
  readonly updates: readonly { readonly name: string; readonly variable: Variable }[];
  /** The shapes of the values that the graph has too; those between have no entry. */
  readonly shapes: ReadonlyMap<string, KnownShape>;
  /** Which layer each node of the model belongs to. */
  readonly scopes: ReadonlyMap<string, string>;
  encode(): Uint8Array;
}

/** Writes a graph, whose shapes are known, as an ONNX model for a target. */
export function lower(graph: Graph, target: Target): Lowered {
  const builder = new Builder();
  const names = new Map<Value, string>();
  const nodes = nodesOf(graph);
  const users = usersOf(nodes);
  const sideOutputs = new Map<Value, string>();
  const leaves = lowerLeaves(nodes, builder, names);

  const { byLast, clips, absorbed } = findEpilogues(graph, nodes, users);

  for (const node of nodes) {
    if (node.inputs.length === 0 || absorbed.has(node)) continue;
    const clip = clips.get(node);
    const [only] = node.outputs;
    if (clip !== undefined && only !== undefined) {
      builder.scope = node.scope;
      const bounds = [clip.low, clip.high].map((bound) => builder.scalar(bound, only.dtype));
      names.set(only, builder.emit('Clip', [nameOf(names, clip.x), ...bounds]));
      continue;
    }
    const epilogue = byLast.get(node) ?? null;
    const main = epilogue?.conv ?? node;
    builder.scope = main.scope;
    const outputs = applyRule({
      builder,
      target,
      node: main,
      attributes: main.attributes,
      inputs: main.inputs.map((value) => nameOf(names, value)),
      users: users.get(node) ?? [],
      sideOutputs,
      epilogue: epilogue === null ? null : { bias: nameOf(names, epilogue.bias), relu: epilogue.relu },
    });
    for (const [i, value] of node.outputs.entries()) {
      const name = outputs[i];
      if (name === undefined) throw new InternalError(`${node.primitive} was lowered without output ${i}.`);
      names.set(value, name);
    }
  }

  builder.scope = null;
  const taken = new Set<string>(leaves.infos.map((info) => info.name));
  const outputInfos: OnnxValueInfo[] = [];
  const publish = (value: Value): string => {
    // A result has a name of its own: it may be an input, a constant, or the result of another.
    const inner = nameOf(names, value);
    const produced = builder.nodes.some((node) => node.outputs.includes(inner));
    const name = taken.has(inner) || !produced ? builder.emit('Identity', [inner]) : inner;
    taken.add(name);
    outputInfos.push({ name, dataType: dataTypeOf(value.dtype), dims: value.knownShape });
    return name;
  };
  const outputs = graph.outputs.map(publish);
  const updates = graph.updates.map(({ variable, value }) => ({ name: publish(value), variable }));

  const model: OnnxModel = {
    irVersion: IR_VERSION,
    opsetImports: [
      { domain: '', version: OPSET },
      { domain: MICROSOFT, version: 1 },
      { domain: BLOCKED, version: 1 },
    ],
    producerName: 'evenkeel',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'program',
      nodes: builder.nodesFor([...outputs, ...updates.map(({ name }) => name)]),
      initializers: builder.initializers,
      inputs: leaves.infos,
      outputs: outputInfos,
    },
  };
  return {
    model,
    inputs: graph.inputs.map((value) =>
      users.has(value.node) || graph.outputs.includes(value) || graph.updates.some((u) => u.value === value)
        ? nameOf(names, value)
        : null,
    ),
    variables: leaves.variables,
    randoms: leaves.randoms,
    outputs,
    updates,
    shapes: new Map([...names].map(([value, name]) => [name, value.knownShape])),
    scopes: builder.scopes,
    encode: () => encodeModel(model),
  };
}

function nameOf(names: ReadonlyMap<Value, string>, value: Value): string {
  const name = names.get(value);
  if (name === undefined) throw new InternalError(`${value.node.primitive} is used before it is lowered.`);
  return name;
}

function applyRule(context: LowerContext<PrimitiveName>): readonly string[] {
  const { primitive } = context.node;
  if (isLeaf(primitive)) throw new InternalError(`${primitive} is no operation.`);
  // A table indexed by a union loses the tie between name and attributes: the one cast of this stage.
  const rule = lowerRules[primitive] as LowerRule<PrimitiveName>;
  return rule(context);
}

function isLeaf(primitive: PrimitiveName): primitive is LeafName {
  return primitive === 'input' || primitive === 'constant' || primitive === 'variable' || primitive === 'randomUniform';
}

function usersOf(nodes: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const users = new Map<Node, Node[]>();
  for (const node of nodes) {
    for (const { node: used } of node.inputs) {
      const list = users.get(used) ?? [];
      list.push(node);
      users.set(used, list);
    }
  }
  return users;
}

interface Leaves {
  readonly infos: OnnxValueInfo[];
  readonly variables: { name: string; variable: Variable }[];
  readonly randoms: { name: string; stream: RandomStream; shape: KnownShape; dtype: DType }[];
}

function lowerLeaves(nodes: readonly Node[], builder: Builder, names: Map<Value, string>): Leaves {
  const leaves: Leaves = { infos: [], variables: [], randoms: [] };
  const feed = (value: Value, kind: string): string => {
    const name = builder.name(kind);
    leaves.infos.push({ name, dataType: dataTypeOf(value.dtype), dims: value.knownShape });
    return name;
  };
  for (const node of nodes) {
    const [value] = node.outputs;
    if (value === undefined || node.inputs.length > 0) continue;
    if (isNode(node, 'constant')) {
      names.set(value, lowerConstant(node.attributes, builder));
    } else if (isNode(node, 'variable')) {
      const { variable } = node.attributes;
      const name = feed(value, 'variable');
      leaves.variables.push({ name, variable });
      names.set(value, name);
    } else if (isNode(node, 'randomUniform')) {
      const name = feed(value, 'random');
      leaves.randoms.push({ name, stream: node.attributes.stream, shape: value.knownShape, dtype: value.dtype });
      names.set(value, name);
    } else {
      names.set(value, feed(value, 'input'));
    }
  }
  return leaves;
}

function lowerConstant({ tensor }: PrimitiveAttributes['constant'], builder: Builder): string {
  const [first] = tensor.data;
  if (tensor.rank === 0 && first !== undefined) return builder.scalar(first, tensor.dtype);
  return builder.constant(tensor);
}
