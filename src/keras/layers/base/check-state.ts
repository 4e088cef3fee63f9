import { escapeLine } from '../../../core/escape.ts';
import { ValueError } from '../../../core/errors.ts';
import type { Update } from '../../../compiler/graph/graph.ts';
import { isNode, type Node, type Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';

/** A layer or model whose state must be complete. */
export interface StateOwner {
  readonly who: string;
  /** All state that it counts. */
  readonly variables: readonly Variable[];
}

/** A variable that a graph reads or writes, with the layer that does so. */
export interface StateAccess {
  readonly variable: Variable;
  /** The name of the layer; null if it is unknown. */
  readonly scope: string | null;
}

/** The variables from which values are computed, each with its first reader. */
export function stateReadBy(values: readonly Value[]): readonly StateAccess[] {
  const found = new Map<Variable, StateAccess>();
  const add = ({ node }: Value, scope: string | null): void => {
    if (!isNode(node, 'variable')) return;
    const { variable } = node.attributes;
    if (!found.has(variable)) found.set(variable, { variable, scope });
  };
  const seen = new Set<Node>();
  const pending = values.map((value) => value.node);
  for (const value of values) add(value, null);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const operand of node.inputs) {
      add(operand, node.scope);
      pending.push(operand.node);
    }
  }
  return [...found.values()];
}

/**
 * Checks that a forward pass reads and writes no variable that its layer or model does not find, and so would neither train
 * nor save.
 * @throws ValueError, which names the layer and the variable, if it does.
 */
export function checkState(owner: StateOwner, values: readonly Value[], updates: readonly Update[]): void {
  const computed = [...values, ...updates.map(({ value }) => value)];
  const written = updates.map(({ variable, value }): StateAccess => ({ variable, scope: value.node.scope }));
  const known = new Set(owner.variables);
  for (const { variable, scope } of [...stateReadBy(computed), ...written]) {
    if (known.has(variable)) continue;
    const layer =
      scope === null || owner.who.endsWith(` ${escapeLine(scope)}`) ? '' : `the layer ${JSON.stringify(scope)} in it, `;
    throw new ValueError(
      `[${owner.who}] every variable that a call uses must be found in the fields of layers, or it is neither trained nor saved. Received: ${layer}the variable ${JSON.stringify(variable.path)}, which no field leads to. Keep it, or the layer that made it, in a public field of the layer that uses it: #private fields and closures cannot be searched.`,
    );
  }
}
