export { type Baked, type BakedVariable, bakeVariables, poolFirst } from './bake.ts';
export { foldConstants, foldConstantsUpTo } from './fold-constants.ts';
export { type FoldedWeights, foldWeights } from './fold-weights.ts';
export { turnWeights } from './flatten.ts';
export { moveTransposes } from './layout.ts';
export { foldAffine } from './fold-affine.ts';
export { type Pass, optimize, optimizeConstantWeights } from './optimize.ts';
export { shareCommonParts } from './share.ts';
export { simplify } from './simplify.ts';
