import { NotImplementedError } from '../../../core/errors.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../../onnx/index.ts';
import { type OperatorTable, dtypeName, hasOperator, operatorKey } from './operator-key.ts';
import type { RewriteContext } from './rewrite.ts';
import { carrierOf, carry, rewrites } from './rewrites.ts';
import { ValueTypes } from './value-types.ts';

/**
 * Replaces the nodes that an engine does not implement by nodes that it does.
 *
 * Rules emit operators that are implemented for float32 everywhere, with few exceptions; an engine that lacks some, or lacks
 * them for other dtypes, receives them in terms of the others.
 *
 * @param scopes the layer of each node, for errors
 * @throws NotImplementedError if an operator is missing, and there is no way to compute it by others
 */
export function legalize(graph: OnnxGraph, table: OperatorTable, scopes: ReadonlyMap<string, string>): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [...graph.initializers];
  const constants = new Map(initializers.map((each) => [each.name, each]));
  const types = new ValueTypes(graph);
  let count = 0;

  const add = (node: OnnxNode, original: OnnxNode): void => {
    const [key, dtype] = [operatorKey(node), dtypeName(types.ofData(node))];
    if (hasOperator(table, key, dtype)) {
      types.add(node);
      nodes.push(node);
      return;
    }
    const rewrite = rewrites.find((each) => each.opType === node.opType && each.applies(node, dtype, constants));
    const carrier = rewrite === undefined ? carrierOf(table, key, dtype) : null;
    if (rewrite === undefined && carrier === null) throw unsupported(key, dtype, scopes.get(original.name));
    const context: RewriteContext = {
      typeOf: (name) => types.of(name),
      resultType: (each, index) => types.ofResult(each, index),
      constantOf: (name) => constants.get(name),
      constant: (make) => {
        const made = make(`${node.name}.constant${count++}`);
        initializers.push(made);
        constants.set(made.name, made);
        types.addConstant(made.name, made.dataType);
        return made.name;
      },
      emit: (opType, inputs, attributes = {}, output = `${node.name}.${opType}${count++}`) => {
        add(made(opType, inputs, attributes, output), original);
        return output;
      },
      emitNode: (replaced) => {
        add(replaced, original);
      },
    };
    if (rewrite !== undefined) rewrite.apply(node, context);
    else if (carrier !== null) carry(node, carrier, context);
  };

  for (const node of graph.nodes) add(node, node);
  return { ...graph, nodes, initializers };
}

const made = (
  opType: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>>,
  output: string,
): OnnxNode => ({ name: output, opType, domain: '', inputs, outputs: [output], attributes });

function unsupported(key: string, dtype: string, scope: string | undefined): NotImplementedError {
  const where = scope === undefined ? '' : ` (in ${scope})`;
  return new NotImplementedError(
    `[lowering] the webgpu engine has no ${key} for ${dtype}${where}. Use float32 there, or another engine: setEngine('auto').`,
  );
}
