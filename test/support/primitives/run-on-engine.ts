import { convert, isFloat } from '../../../src/core/dtype.ts';
import { sameShape } from '../../../src/core/shape.ts';
import { Tensor } from '../../../src/core/tensor.ts';
import { type Graph, topologicalOrder } from '../../../src/compiler/graph/graph.ts';
import { constant, input } from '../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../src/compiler/graph/node.ts';
import { substitute } from '../../../src/compiler/graph/rewrite.ts';
import type { PrimitiveName } from '../../../src/compiler/ir/primitives.ts';
import { Body, type PrimitiveAttributes, isNode } from '../../../src/compiler/ir/value.ts';
import { Program } from '../../../src/compiler/program/index.ts';
import { evaluate } from '../../../src/compiler/reference/index.ts';
import { expectClose } from '../close.ts';
import type { PrimitiveCase } from './case.ts';

const single = (given: Tensor): Tensor =>
  isFloat(given.dtype) ? new Tensor(convert(given.data, 'float32'), given.shape) : given;

/** Computes a case on the chosen engine in float32. @throws Error if the result is not that of the reference. */
export async function runOnEngine(primitive: PrimitiveName, one: PrimitiveCase<unknown>): Promise<void> {
  const feeds = one.inputs.map(single);
  const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const attributes = narrow(one.attributes as PrimitiveAttributes[PrimitiveName]);
  const outputs = createNode(primitive, inputs, attributes);
  const graph: Graph = { inputs, outputs, updates: [] };
  const actual = await new Program(graph).run(feeds);
  const expected = evaluate(graph, feeds).outputs;
  for (const [i, output] of outputs.entries()) {
    const { shape, dtype, data } = actual[i]!;
    if (!sameShape(shape, output.shape) || dtype !== output.dtype) {
      throw new Error(`Expected ${output.dtype} [${output.shape.join()}]. Received: ${dtype} [${shape.join()}].`);
    }
    expectClose(data, expected[i]!.data, { rtol: 1e-5 });
  }
}

/** The cases are written for float64; engines are held to them in float32. */
function narrow<Attributes extends object>(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, value]: [string, unknown]) => {
    if (value instanceof Body) return [name, narrowBody(value)];
    return [name, name === 'dtype' && value === 'float64' ? 'float32' : value];
  });
  return Object.fromEntries(entries) as Attributes;
}

function narrowBody({ inputs, outputs }: Body): Body {
  const narrowed = inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, isFloat(dtype) ? 'float32' : dtype));
  const replaced = new Map(inputs.map((value, i) => [value, narrowed[i] ?? value]));
  for (const node of topologicalOrder(outputs)) {
    const [value] = node.outputs;
    if (value?.dtype === 'float64' && isNode(node, 'constant')) {
      replaced.set(value, constant(node.attributes.tensor, 'float32'));
    }
  }
  return new Body(narrowed, substitute(outputs, replaced));
}
