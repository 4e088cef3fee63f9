import type { LeafName } from '../../graph/primitives.ts';
import { type GradientRules, zeroGradient } from './rule.ts';

export const leafRules: GradientRules<LeafName> = {
  input: zeroGradient,
  constant: zeroGradient,
  variable: zeroGradient,
  randomUniform: zeroGradient,
};
