export { type Baked, type BakedVariable, bakeVariables, poolFirst } from './bake.ts';
export { foldConstants } from './fold-constants.ts';
export { turnWeights } from './flatten.ts';
export { moveTransposes } from './layout.ts';
export { type Pass, optimize } from './optimize.ts';
export { shareCommonParts } from './share.ts';
export { simplify } from './simplify.ts';
