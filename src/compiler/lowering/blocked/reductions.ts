import type { Node } from '../../ir/value.ts';
import { reducedImages } from './normalization.ts';
import type { BlockedContext, BlockedForm, BlockedRules, FormContext } from './rule.ts';
import { emitDot, emitTotal } from './totals.ts';

type Sum = 'reduceSum' | 'reduceMean';

function formOf(node: Node<Sum>, context: FormContext): BlockedForm | null {
  const images = reducedImages(node.inputs[0], node.attributes.axes, context);
  return images === null ? null : { images, reads: [true], writes: false, work: 'sum' };
}

const lower =
  (primitive: Sum) =>
  (context: BlockedContext<Sum>): readonly [string] => {
    const { images, factors, attributes, results } = context;
    const options = {
      images,
      overBatch: attributes.axes.includes(0),
      mean: primitive === 'reduceMean',
      shape: results[0].knownShape,
    };
    return [factors === null ? emitTotal(context, context.inputs[0], options) : emitDot(context, ...factors, options)];
  };

export const reductionBlockedRules: BlockedRules = {
  reduceSum: { form: formOf, lower: lower('reduceSum') },
  reduceMean: { form: formOf, lower: lower('reduceMean') },
};
