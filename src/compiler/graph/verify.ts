import { InternalError } from '../../core/errors.ts';
import { sameShape, showShape } from '../../core/shape.ts';
import { bodiesOf } from './bodies.ts';
import { type Graph, nodesOf } from './graph.ts';
import { inferTypes } from './node.ts';
import { type Body, type Node, isNode } from '../ir/value.ts';

/** Nodes whose types were found to be those of inference. Nodes do not change, so that each is inferred once for all passes. */
const inferred = new WeakSet<Node>();

/**
 * Checks the invariants on which every stage relies: the types are those of inference, every `input` is fed, input names
 * are unique, and new state has the shape and dtype of its variable. A body reads no state and draws no random numbers.
 *
 * @throws InternalError that names the node and the stage
 */
export function verify(graph: Graph, stage: string): void {
  const fed = new Set(graph.inputs.map((value) => value.node));
  for (const node of nodesOf(graph)) {
    const where = (): string => `after ${stage}, ${node.primitive} of ${node.scope ?? 'no layer'}`;
    if (isNode(node, 'input') && !fed.has(node)) {
      throw new InternalError(`${where()}: the input ${JSON.stringify(node.attributes.name)} is used but not fed.`);
    }
    if (inferred.has(node)) continue;
    for (const body of bodiesOf(node)) verifyBody(body, stage, where);
    const types = inferTypes(node.primitive, node.inputs, node.attributes);
    if (types.length !== node.outputs.length) throw new InternalError(`${where()}: the number of outputs has changed.`);
    for (const [i, type] of types.entries()) {
      const output = node.outputs[i];
      if (output === undefined || output.dtype !== type.dtype || !sameShape(output.shape, type.shape)) {
        const received = output === undefined ? 'nothing' : `${output.dtype}${showShape(output.shape)}`;
        throw new InternalError(
          `${where()}: output ${i} should be ${type.dtype}${showShape(type.shape)}, is ${received}.`,
        );
      }
    }
    inferred.add(node);
  }
  const names = graph.inputs.map(({ node }) => (isNode(node, 'input') ? node.attributes.name : node.primitive));
  if (new Set(names).size !== names.length) {
    throw new InternalError(`after ${stage}: two inputs share a name among ${names.join(', ')}.`);
  }
  for (const { variable, value } of graph.updates) {
    if (value.dtype !== variable.dtype || !sameShape(value.shape, variable.shape)) {
      throw new InternalError(
        `after ${stage}: the new state of ${variable.path} is ${value.dtype}${showShape(value.shape)}, its variable ${variable.dtype}${showShape(variable.shape)}.`,
      );
    }
  }
}

function verifyBody(body: Body, stage: string, where: () => string): void {
  const leaf = nodesOf(body).find(({ primitive }) => primitive === 'variable' || primitive === 'randomUniform');
  if (leaf !== undefined) throw new InternalError(`${where()}: its body contains a ${leaf.primitive}.`);
  verify(body, stage);
}
