import { InternalError } from '../../core/errors.ts';
import { createNode } from '../graph/node.ts';
import type { Value } from '../ir/value.ts';
import { bodyOf, capturesOf, dependsOn } from './captures.ts';
import { type OpenScan, liftSteps } from './lift-steps.ts';

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
  const captures = capturesOf(inner, dependsOn(placeholders));
  const isEmpty = inner.length === 0;
  const scanned = isEmpty
    ? []
    : createNode('scan', [...initial, ...sequences, ...captures], {
        body: bodyOf(inner, placeholders, captures),
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
