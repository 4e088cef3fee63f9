import type { InferRules } from './rule.ts';

export const leafRules: InferRules<'leaves'> = {
  input: (_, { shape, dtype }) => [{ shape, dtype }],
  constant: (_, { tensor }) => [{ shape: tensor.shape, dtype: tensor.dtype }],
  variable: (_, { variable }) => [{ shape: variable.shape, dtype: variable.dtype }],
  randomUniform: (_, { shape, dtype }) => [{ shape, dtype }],
};
