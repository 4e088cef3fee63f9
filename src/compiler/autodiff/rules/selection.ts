import {
  castTo,
  divide,
  equal,
  gather,
  gatherElements,
  multiply,
  scatterElements,
  scatterRows,
  where,
} from '../../builder/index.ts';
import type { Value } from '../../ir/value.ts';
import { type Application, type GradientRules, binary } from './rule.ts';

type ScatterRule = (node: Application<'scatterRows'>) => readonly [Value | null, null, Value | null];

/** Rows that several updates replace have the gradient in each, since their order is not seen. */
const replace: ScatterRule = ({ inputs: [, indices, updates], cotangents: [dy], needs }) => [
  needs[0] ? scatterRows(dy, indices, multiply(updates, 0), 'replace') : null,
  null,
  needs[2] ? gather(dy, indices, 0) : null,
];

const add: ScatterRule = ({ inputs: [, indices], cotangents: [dy] }) => [dy, null, gather(dy, indices, 0)];

/** Each factor has the product of the others, y / factor; a factor of 0 is taken to be the only one. */
const multiplied: ScatterRule = ({ inputs: [x, indices, updates], outputs: [y], cotangents: [dy], needs }) => {
  const isZero = equal(updates, 0);
  const others = scatterRows(x, indices, where(isZero, 1, updates), 'multiply');
  const share = gather(multiply(dy, y), indices, 0);
  const alone = gather(multiply(dy, others), indices, 0);
  const product = scatterRows(multiply(castTo(equal(x, x), x.dtype), 1), indices, updates, 'multiply');
  return [
    needs[0] ? multiply(dy, product) : null,
    null,
    needs[2] ? where(isZero, alone, divide(share, where(isZero, 1, updates))) : null,
  ];
};

/** The row and the updates that attain the extremum share the gradient evenly. */
const extremum: ScatterRule = ({ inputs: [x, indices, updates], outputs: [y], cotangents: [dy] }) => {
  const [fromX, fromUpdates] = [castTo(equal(x, y), x.dtype), castTo(equal(updates, gather(y, indices, 0)), x.dtype)];
  const share = divide(dy, scatterRows(fromX, indices, fromUpdates, 'add'));
  return [multiply(share, fromX), null, multiply(gather(share, indices, 0), fromUpdates)];
};

const scatterRules = { replace, add, multiply: multiplied, maximum: extremum, minimum: extremum } as const;

export const selectionRules: GradientRules<'selection'> = {
  topK: ({ inputs: [x], outputs: [, indices], attributes: { axis }, cotangents: [dy] }) => [
    dy === null ? null : scatterElements(dy, indices, { axis, size: x.knownShape[axis] ?? 0 }),
  ],
  gatherElements: binary(
    (dy, x, indices, _, { axis }) => scatterElements(dy, indices, { axis, size: x.knownShape[axis] ?? 0 }),
    (dy) => dy,
  ),
  scatterElements: binary(
    (dy, _, indices, _y, { axis }) => gatherElements(dy, indices, axis),
    (dy) => dy,
  ),
  scatterRows: (node) => scatterRules[node.attributes.combine](node),
  customGradient: ({ attributes: { gradient }, cotangents: [dy], needs }) => {
    // Values are defined above the list of primitives, so that the attribute cannot name them: the one cast of this rule.
    const pullBack = gradient.pullBack as unknown as (
      dy: Value,
      needs: readonly boolean[],
    ) => readonly (Value | null)[];
    const [first = null, ...rest] = pullBack(dy, needs.slice(1));
    return [null, first, ...rest];
  },
};
