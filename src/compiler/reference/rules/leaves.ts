import { InternalError, show } from '../../../core/errors.ts';
import { known } from '../../../core/shape.ts';
import { widen, zeros } from '../arrays/array.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { EvaluateRules } from './rule.ts';

export const leafRules: EvaluateRules<'leaves'> = {
  input: (_, { name }) => {
    throw new InternalError(`the input ${show(name)} is used but not fed.`);
  },
  constant: (_, { tensor }) => [widen(tensor, tensor.dtype)],
  variable: (_, { variable }) => [widen(new Tensor(variable.buffer, variable.shape, variable.dtype), variable.dtype)],
  randomUniform: (_, { stream, shape, dtype }, { random }) => {
    const result = zeros(dtype, known(shape));
    const source = random ?? stream;
    for (let i = 0; i < result.size; i++) result.data[i] = source.nextUniform();
    return [result];
  },
};
