import type { Graph } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { poolFirst } from './bake.ts';
import { foldAffine } from './fold-affine.ts';
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

/** Comes before what pools first, which would move a map away from the convolution that can take it. */
const PASSES_OF_CONSTANT_WEIGHTS: readonly (readonly [name: string, pass: Pass])[] = [
  ['folding constant weights', foldConstants],
  ['folding maps into convolutions', foldAffine],
];

/** Rewrites a graph to one that computes the same with less work. Each pass is verified. */
export function optimize(graph: Graph): Graph {
  return apply(PASSES, graph);
}

/** Rewrites a graph that is optimized already, and whose weights have become constants since. */
export function optimizeConstantWeights(graph: Graph): Graph {
  return apply([...PASSES_OF_CONSTANT_WEIGHTS, ...PASSES], graph);
}

function apply(passes: readonly (readonly [name: string, pass: Pass])[], graph: Graph): Graph {
  let current = graph;
  for (const [name, pass] of passes) {
    current = pass(current);
    verify(current, name);
  }
  return current;
}
