import { rewriteBodies } from '../graph/bodies.ts';
import type { Graph } from '../graph/graph.ts';
import { verify } from '../graph/verify.ts';
import { foldAffineMaps } from './affine-folding.ts';
import { simplifyAlgebra } from './algebraic-simplification.ts';
import { eliminateCommonSubexpressions } from './common-subexpression-elimination.ts';
import { selectBranches } from './branch-selection.ts';
import { foldConstants } from './constant-folding.ts';
import { concatenatePads } from './pads-to-concatenation.ts';
import { mergeScans } from './scan-merging.ts';
import { poolBeforeScale } from './pool-before-scale.ts';
import { scaleBeforeProduct } from './scale-before-product.ts';
import { propagateTransposes } from './transpose-propagation.ts';
import { permuteWeights } from './weight-permutation.ts';

/**
 * A rewriting that preserves what a graph computes. No pass eliminates dead code: a graph is the set of nodes that its
 * results need, so whatever a pass disconnects disappears (`lowering/dead-code-elimination.ts` does the same for ONNX).
 */
export type Pass = (graph: Graph) => Graph;

type NamedPass = readonly [name: string, pass: Pass];

const PASSES: readonly NamedPass[] = [
  ['scan merging', mergeScans],
  ['constant folding', foldConstants],
  ['branch selection', selectBranches],
  ['algebraic simplification', simplifyAlgebra],
  ['concatenation of pads', concatenatePads],
  ['common subexpression elimination', eliminateCommonSubexpressions],
  ['transpose propagation', propagateTransposes],
  ['pooling before scaling', poolBeforeScale],
  ['weight permutation', permuteWeights],
  ['scaling before products', scaleBeforeProduct],
  ['constant folding (second)', foldConstants],
  ['algebraic simplification (second)', simplifyAlgebra],
  ['common subexpression elimination (second)', eliminateCommonSubexpressions],
];

/** Affine folding precedes pooling before scaling, which would separate an affine map from the convolution before it. */
const FROZEN_PASSES: readonly NamedPass[] = [
  ['constant folding of weights', foldConstants],
  ['affine folding', foldAffineMaps],
  ...PASSES,
];

/** Rewrites a graph to an equivalent one with less work, bodies included. The result of each pass is verified. */
export function optimize(graph: Graph): Graph {
  return run(PASSES, graph);
}

/** Rewrites an optimized graph whose variables have been frozen since. */
export function optimizeFrozen(graph: Graph): Graph {
  return run(FROZEN_PASSES, graph);
}

function run(passes: readonly NamedPass[], graph: Graph): Graph {
  let current = graph;
  for (const [name, pass] of passes) {
    current = rewriteBodies(pass(current), pass);
    verify(current, name);
  }
  return current;
}
