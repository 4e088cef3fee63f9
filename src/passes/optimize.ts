import type { Graph } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { poolFirst } from './bake.ts';
import { foldConstants } from './fold-constants.ts';
import { turnWeights } from './flatten.ts';
import { moveTransposes } from './layout.ts';
import { shareCommonParts } from './share.ts';
import { simplify } from './simplify.ts';

/** A rewriting that keeps what a graph computes. Dead parts go by themselves: a graph is what its results need. */
export type Pass = (graph: Graph) => Graph;

const PASSES: readonly (readonly [name: string, pass: Pass])[] = [
  ['folding constants', foldConstants],
  ['simplifying', simplify],
  ['sharing common parts', shareCommonParts],
  ['choosing layouts', moveTransposes],
  ['pooling first', poolFirst],
  ['turning weights', turnWeights],
  ['folding constants again', foldConstants],
  ['simplifying again', simplify],
  ['sharing common parts again', shareCommonParts],
];

/** Rewrites a graph to one that computes the same with less work. Each pass is verified. */
export function optimize(graph: Graph): Graph {
  let current = graph;
  for (const [name, pass] of PASSES) {
    current = pass(current);
    verify(current, name);
  }
  return current;
}
