import { byteSize } from '../../core/dtype.ts';
import { sizeOf } from '../../core/shape.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import { type Node, isNode } from '../ir/value.ts';

/** The work of one run of a graph. */
export interface Work {
  /** The multiplications of products and convolutions. */
  readonly products: number;
  /** The elements of all results. */
  readonly elements: number;
  /** The bytes of all results, of which the engine keeps a part allocated. */
  readonly bytes: number;
}

/** With less work than this, a second thread costs more than it saves: waking it takes longer than most nodes. */
const SMALL = { products: 20e6, elements: 2e6 };

/** The rounds for which a loop of unknown length counts. */
const ROUNDS = 10;

/** Whether one thread does this work as fast as several. */
export function isSmall({ products, elements }: Work): boolean {
  return products <= SMALL.products && elements <= SMALL.elements;
}

/** The work of a graph whose shapes are known. */
export function workOf(graph: Graph): Work {
  let [products, elements, bytes] = [0, 0, 0];
  for (const node of nodesOf(graph)) {
    if (isNode(node, 'scan')) {
      const inner = workOf(node.attributes.body);
      const steps = node.inputs[node.attributes.states]?.knownShape[0] ?? 0;
      products += steps * inner.products;
      elements += steps * inner.elements;
      // The engine keeps the results of one step.
      bytes += inner.bytes;
    }
    if (isNode(node, 'cond')) {
      const [a, b] = [workOf(node.attributes.whenTrue), workOf(node.attributes.whenFalse)];
      products += Math.max(a.products, b.products);
      elements += Math.max(a.elements, b.elements);
      bytes += Math.max(a.bytes, b.bytes);
    }
    if (isNode(node, 'whileLoop')) {
      const inner = workOf(node.attributes.body);
      // The number of rounds is not known; the engine keeps the results of one.
      const rounds = Math.min(node.attributes.limit ?? ROUNDS, ROUNDS);
      products += rounds * inner.products;
      elements += rounds * inner.elements;
      bytes += inner.bytes;
    }
    for (const { knownShape, dtype } of node.outputs) {
      const size = sizeOf(knownShape);
      elements += size;
      bytes += size * byteSize(dtype);
    }
    products += productsOf(node);
  }
  return { products, elements, bytes };
}

function productsOf(node: Node): number {
  const [a, b] = node.inputs;
  const [y] = node.outputs;
  if (a === undefined || b === undefined || y === undefined) return 0;
  if (isNode(node, 'matmul')) {
    const inner = a.knownShape.at(node.attributes.transposeA ? -2 : -1) ?? 1;
    return sizeOf(y.knownShape) * inner;
  }
  // Each element of the smaller image meets each element of a filter.
  if (isNode(node, 'conv')) return sizeOf(y.knownShape) * sizeOf(b.knownShape.slice(1));
  if (isNode(node, 'convInputGradient')) return sizeOf(a.knownShape) * sizeOf(b.knownShape.slice(1));
  return isNode(node, 'convKernelGradient') ? sizeOf(b.knownShape) * sizeOf(y.knownShape.slice(1)) : 0;
}
