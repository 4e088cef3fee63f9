import type { Images } from '../emit/blocked-values.ts';
import { fromBlocks, toBlocks } from '../emit/blocked-values.ts';
import { emitPad, emitSlice } from '../emit/slices.ts';
import type { BlockedContext, BlockedRules } from './rule.ts';

/** The axes of images in memory that correspond to the axes of the value: [batch, channels / b, height, width, b]. */
const BATCH = 0;
const BLOCKS = 1;
const WIDTH = 3;

/** For each axis of a value of three or four axes, its axis in memory. */
function memoryAxes({ shape, channelAxis }: Images): readonly number[] {
  const spatial = shape.flatMap((_, axis) => (axis === 0 || axis === channelAxis ? [] : [axis]));
  return shape.map((_, axis) => {
    if (axis === 0) return BATCH;
    return axis === channelAxis ? BLOCKS : WIDTH - (spatial.length - 1 - spatial.indexOf(axis));
  });
}

type Context = Pick<BlockedContext<'pad'>, 'builder' | 'block'>;

function inMemory({ block }: Context, { batch, channels, height, width }: Images): readonly number[] {
  return [batch, channels / block, height, width, block];
}

/** The operand with the axes of its memory. */
function open(context: Context, name: string, images: Images): string {
  return context.builder.reshape(toBlocks(context.builder, name, images), inMemory(context, images));
}

function close(context: Context, name: string, images: Images): string {
  const { batch, channels, height, width } = images;
  return fromBlocks(context.builder, context.builder.reshape(name, [batch, channels, height, width]), images);
}

export const movementBlockedRules: BlockedRules = {
  /** No pass: the order in memory does not depend on the axis of the channels. */
  transpose: {
    form: (node, { imagesOf }) => {
      const [x, y] = [imagesOf(node.inputs[0]), imagesOf(node.outputs[0])];
      if (x === null || y === null) return null;
      const { permutation } = node.attributes;
      const moved = permutation.filter((axis) => axis !== x.channelAxis);
      const keepsOrder = permutation[0] === 0 && moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1));
      return keepsOrder && permutation[y.channelAxis] === x.channelAxis
        ? { images: y, reads: [true], writes: true, work: 'transpose' }
        : null;
    },
    lower: (context) => {
      const { builder, images, inputs, operands } = context;
      return [fromBlocks(builder, toBlocks(builder, inputs[0], context.imagesOf(operands[0])), images)];
    },
  },
  pad: {
    form: (node, { imagesOf }) => {
      const [x, y] = [imagesOf(node.inputs[0]), imagesOf(node.outputs[0])];
      const { before, after, between } = node.attributes;
      if (x === null || y?.channelAxis !== x.channelAxis || x.shape.length > 4) return null;
      const fits = before[x.channelAxis] === 0 && after[x.channelAxis] === 0 && between.every((count) => count === 0);
      return fits ? { images: y, reads: [true], writes: true, work: 'copy' } : null;
    },
    lower: (context) => {
      const { images, inputs, operands, attributes } = context;
      const source = context.imagesOf(operands[0]) ?? images;
      const axes = memoryAxes(source);
      const spread = (counts: readonly number[]): readonly number[] =>
        [0, 1, 2, 3, 4].map((axis) => counts[axes.indexOf(axis)] ?? 0);
      const padded = emitPad(
        context,
        open(context, inputs[0], source),
        spread(attributes.before),
        spread(attributes.after),
      );
      return [close(context, padded, images)];
    },
  },
  slice: {
    form: (node, { imagesOf, block }) => {
      const [x, y] = [imagesOf(node.inputs[0]), imagesOf(node.outputs[0])];
      const { starts, ends, strides } = node.attributes;
      if (x === null || y?.channelAxis !== x.channelAxis || x.shape.length > 4) return null;
      const axis = x.channelAxis;
      const end = Math.min(ends[axis] ?? 0, x.channels);
      const fits = (starts[axis] ?? 0) % block === 0 && end % block === 0 && strides[axis] === 1;
      return fits ? { images: y, reads: [true], writes: true, work: 'copy' } : null;
    },
    lower: (context) => {
      const { images, inputs, operands, attributes, block } = context;
      const source = context.imagesOf(operands[0]) ?? images;
      const axes = memoryAxes(source);
      const { starts, ends, strides } = attributes;
      const cut = source.shape.flatMap((size, axis) => {
        const unit = axis === source.channelAxis ? block : 1;
        const [start, end, stride] = [starts[axis] ?? 0, Math.min(ends[axis] ?? 0, size), strides[axis] ?? 1];
        return start === 0 && end === size && stride === 1
          ? []
          : [{ axis: axes[axis] ?? 0, start: start / unit, end: end / unit, stride }];
      });
      const sliced = emitSlice(
        context,
        open(context, inputs[0], source),
        cut.map(({ start }) => start),
        cut.map(({ end }) => end),
        cut.map(({ stride }) => stride),
        cut.map(({ axis }) => axis),
      );
      return [close(context, sliced, images)];
    },
  },
  concatenate: {
    form: (node, { imagesOf }) => {
      const images = imagesOf(node.outputs[0]);
      if (images === null || images.shape.length > 4) return null;
      const fits = node.inputs.every((value) => imagesOf(value)?.channelAxis === images.channelAxis);
      return fits ? { images, reads: node.inputs.map(() => true), writes: true, work: 'copy' } : null;
    },
    lower: (context) => {
      const { builder, images, inputs, operands, attributes } = context;
      const axis = memoryAxes(images)[attributes.axis] ?? 0;
      const parts = inputs.map((name, i) => open(context, name, context.imagesOf(operands[i]) ?? images));
      return [close(context, builder.emit('Concat', parts, { attributes: { axis } }), images)];
    },
  },
};
