import { type GradientRules, zeroGradient } from './rule.ts';

export const leafRules: GradientRules<'leaves'> = {
  input: zeroGradient,
  constant: zeroGradient,
  variable: zeroGradient,
  randomUniform: zeroGradient,
};
