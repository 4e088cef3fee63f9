import type { LowerRules } from './rule.ts';

export const leafRules: LowerRules<'leaves'> = {
  input: ({ builder, results: [value] }) => [builder.input('input', value)],
  constant: ({ builder, attributes: { tensor } }) => {
    const [first] = tensor.data;
    if (tensor.rank === 0 && first !== undefined) return [builder.scalar(first, tensor.dtype)];
    return [builder.constant(tensor)];
  },
  variable: ({ builder, attributes: { variable }, results: [value], feeds }) => {
    const name = builder.input('variable', value);
    feeds.variables.push({ name, variable });
    return [name];
  },
  randomUniform: ({ builder, attributes: { stream }, results: [value], feeds }) => {
    const name = builder.input('random', value);
    feeds.randoms.push({ name, stream, shape: value.knownShape, dtype: value.dtype });
    return [name];
  },
};
