import { sizeOf } from '../../../core/shape.ts';
import { constantOf } from '../../graph/leaves.ts';
import type { Node, Value } from '../../ir/value.ts';
import type { Images } from '../emit/blocked-values.ts';
import { emitAffine } from './affine.ts';
import { isCoefficient } from './elementwise.ts';
import type { BlockedForm, BlockedRules, FormContext } from './rule.ts';
import { type TotalOptions, emitDot, emitTotal } from './totals.ts';

/** The images that a reduction sums: over all positions, and over the batch or not. Null for other axes. */
export function reducedImages(x: Value | undefined, axes: readonly number[], { imagesOf }: FormContext): Images | null {
  const images = imagesOf(x);
  if (images === null) return null;
  const isWhole = images.shape.every((_, axis) => axis === 0 || axes.includes(axis) === (axis !== images.channelAxis));
  return isWhole ? images : null;
}

export const normalizationBlockedRules: BlockedRules = {
  /** Two reads of x, for its sum and for that of its squares; one that is not centered is read and written once more. */
  moments: {
    form: (node, context) => {
      const images = reducedImages(node.inputs[0], node.attributes.axes, context);
      const { axes, centered } = node.attributes;
      // The means of single images are not coefficients, which could be subtracted.
      if (images === null || (!centered && !axes.includes(0))) return null;
      return { images, reads: [true], writes: false, work: 'moments' };
    },
    lower: (context) => {
      const { builder, images, attributes } = context;
      const [x] = context.inputs;
      const overBatch = attributes.axes.includes(0);
      const options: TotalOptions = { images, overBatch, mean: true, shape: context.results[0].knownShape };
      const mean = emitTotal(context, x, options);
      if (!attributes.centered) {
        const centered = emitAffine(builder, x, images, { offset: builder.emit('Neg', [mean]) });
        return [mean, emitDot(context, centered, centered, options)];
      }
      const meanSquare = emitDot(context, x, x, options);
      const difference = builder.emit('Sub', [meanSquare, builder.emit('Mul', [mean, mean])]);
      return [mean, builder.emit('Max', [difference, builder.scalar(0, 'float32')])];
    },
  },
  /** A read and a write; the same again where x is not centered. */
  normalize: {
    form: (node, context) => normalizeForm(node, context),
    lower: (context) => {
      const { builder, images, epilogue } = context;
      const [x, mean, scale, offset] = context.inputs;
      const [, meanType, scaleType, offsetType] = context.operands;
      const vector = (name: string, type: Value): string =>
        sizeOf(type.knownShape) === images.channels
          ? name
          : builder.emit('Expand', [builder.reshape(name, [1]), builder.integers([images.channels])]);
      const isZero = constantOf(meanType)?.data.every((entry) => entry === 0) === true;
      const centered = isZero
        ? x
        : emitAffine(builder, x, images, { offset: builder.emit('Neg', [vector(mean, meanType)]) });
      const coefficients = { scale: vector(scale, scaleType), offset: vector(offset, offsetType) };
      return [emitAffine(builder, centered, images, coefficients, epilogue)];
    },
  },
};

function normalizeForm(node: Node<'normalize'>, { imagesOf }: FormContext): BlockedForm | null {
  const images = imagesOf(node.inputs[0]);
  if (images === null || !node.inputs.slice(1).every((value) => isCoefficient(value, images))) return null;
  return { images, reads: [true, false, false, false], writes: true, work: 'normalize' };
}
