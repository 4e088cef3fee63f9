import { type Graph, nodesOf, results } from './graph.ts';
import type { Node, Value } from '../ir/value.ts';

/** The nodes that use each value of a graph. Values that are not in the graph have no users. */
export class Users {
  readonly #users: Map<Value, Node[]> = new Map<Value, Node[]>();
  readonly #results: ReadonlySet<Value>;

  constructor(graph: Graph) {
    this.#results = new Set(results(graph));
    for (const node of nodesOf(graph)) {
      for (const value of node.inputs) {
        const users = this.#users.get(value);
        if (users === undefined) this.#users.set(value, [node]);
        else users.push(node);
      }
    }
  }

  /** The nodes that use a result of a node, once per operand. */
  of(node: Node): readonly Node[] {
    return node.outputs.flatMap((value) => this.#users.get(value) ?? []);
  }

  /** The only user of a node; null if it has none or several, or if the graph returns one of its results. */
  onlyUser(node: Node): Node | null {
    const [user, ...rest] = this.of(node);
    if (user === undefined || rest.length > 0) return null;
    return node.outputs.some((value) => this.#results.has(value)) ? null : user;
  }

  /** Whether a value has several users or is a result of the graph, so that it must stay as it is. */
  isShared(value: Value): boolean {
    return this.#results.has(value) || (this.#users.get(value)?.length ?? 0) > 1;
  }

  /** Whether a value has a user or is a result of the graph. */
  isUsed(value: Value): boolean {
    return this.#results.has(value) || this.#users.has(value);
  }
}
