import { InternalError } from '../../core/errors.ts';
import { topologicalOrder } from '../graph/graph.ts';
import { constantOf, input } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { substitute } from '../graph/rewrite.ts';
import { Body, type Value } from '../ir/value.ts';
import { type OpenScan, liftSteps } from './lift-steps.ts';

/** Larger constants are captures, which all steps share. */
const MAX_INNER_ELEMENTS = 64;

/**
 * The results of a scan: the final states, then the stacked outputs. What a step computes without its states is computed for all
 * steps at once, before the scan; the values around it that it reads become captures.
 */
export function closeScan(open: OpenScan): readonly Value[] {
  const { sequences, slices, results, whole } = liftSteps(open);
  const { states, initial, reverse } = open;
  const count = states.length;
  // An output that is returned twice is stacked once.
  const stacked = [...new Set(results.filter((_, i) => i >= count && whole[i] === undefined))];
  const inner = [...results.slice(0, count), ...stacked];
  const placeholders = [...states, ...slices];
  const captures = capturesOf(inner, new Set(placeholders));
  const captured = captures.map(({ shape, dtype }, i) => input(`capture_${i}`, shape, dtype));
  const outputs = substitute(inner, new Map(captures.map((value, i) => [value, captured[i] ?? value])));
  const isEmpty = outputs.length === 0;
  const scanned = isEmpty
    ? []
    : createNode('scan', [...initial, ...sequences, ...captures], {
        body: new Body([...placeholders, ...captured], outputs),
        states: count,
        sequences: sequences.length,
        reverse,
      });
  return results.map((value, i) => {
    const found = whole[i] ?? scanned[i < count ? i : count + stacked.indexOf(value)];
    if (found === undefined) throw new InternalError('a scan without one of its results.');
    return found;
  });
}

/** The values that a step reads and that do not depend on its placeholders; but no small constants, which it contains. */
function capturesOf(results: readonly Value[], placeholders: ReadonlySet<Value>): readonly Value[] {
  const inside = new Set(placeholders);
  const read = new Set(results);
  for (const node of topologicalOrder(results, placeholders)) {
    if (!node.inputs.some((value) => inside.has(value))) continue;
    for (const value of node.outputs) inside.add(value);
    for (const value of node.inputs) read.add(value);
  }
  return [...read].filter((value) => !inside.has(value) && (constantOf(value)?.size ?? Infinity) > MAX_INNER_ELEMENTS);
}
