import { InternalError } from '../../../core/errors.ts';
import { type KnownShape, sizeOf } from '../../../core/shape.ts';
import { BLOCKED, type Builder } from './builder.ts';
import type { EmittedEpilogue } from './context.ts';

/**
 * A value with a channel axis, seen as images. In the blocked layout it is in memory as
 *
 *     [batch, channels / b, height, width, b]
 *
 * and its shape in the model is [batch, channels, height, width], whatever the rank and the channel axis of the value are.
 */
export interface Images {
  /** The axis of the channels in the value: 1 or the last. */
  readonly channelAxis: number;
  /** The shape of the value. */
  readonly shape: KnownShape;
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A value of at least three axes as images: all spatial axes but the last are the height. */
export function imagesOf(shape: KnownShape, channelAxis: number): Images {
  const [batch, channels, width] = [
    shape[0],
    shape[channelAxis],
    shape[channelAxis === 1 ? shape.length - 1 : shape.length - 2],
  ];
  if (batch === undefined || channels === undefined || width === undefined || shape.length < 3) {
    throw new InternalError(`[${shape.join(', ')}] cannot be seen as images.`);
  }
  const spatial = sizeOf(shape.filter((_, axis) => axis !== 0 && axis !== channelAxis));
  return { channelAxis, shape, batch, channels, height: width === 0 ? 0 : spatial / width, width };
}

/** The shape of images in the model. */
export function shapeInBlocks({ batch, channels, height, width }: Images): KnownShape {
  return [batch, channels, height, width];
}

/**
 * The blocked form of a value: the original one if the value was converted from it, else converted, once.
 *
 * @param images the value as images; of a value of four axes whose channels are the second it need not be given
 */
export function toBlocks(builder: Builder, name: string, images: Images | null = null): string {
  const known = builder.blocked.get(name);
  if (known !== undefined) return known;
  if (images === null || images.channelAxis === 1) {
    const planes =
      images === null || images.shape.length === 4 ? name : reshapeOnce(builder, name, shapeInBlocks(images));
    return builder.emitOnce('ReorderInput', [planes], { domain: BLOCKED });
  }
  const { batch, channels, height, width } = images;
  const rows = images.shape.length === 4 ? name : reshapeOnce(builder, name, [batch, height, width, channels]);
  return builder.emitOnce('ReorderInput', [rows], { attributes: { channels_last: 1 }, domain: BLOCKED });
}

/** Whether a value was converted from the blocked layout. */
export function isInBlocks(builder: Builder, name: string): boolean {
  return builder.blocked.has(name);
}

/** The plain form of a value in blocks. It is emitted at once; if nothing reads it, it is dead code. */
export function fromBlocks(builder: Builder, name: string, images: Pick<Images, 'channels'> | Images): string {
  const isLast = 'channelAxis' in images && images.channelAxis !== 1;
  const attributes = { channels: images.channels, ...(isLast ? { channels_last: 1 } : {}) };
  const ordered = builder.emit('ReorderOutput', [name], { attributes, domain: BLOCKED });
  const plain = !('shape' in images) || images.shape.length === 4 ? ordered : builder.reshape(ordered, images.shape);
  builder.blocked.set(plain, name);
  return plain;
}

/** The inputs of a blocked convolution after its kernel: the bias, and a value that is added to the result. */
export function emitEpilogueInputs(
  builder: Builder,
  epilogue: EmittedEpilogue | null,
  filters: number,
): readonly string[] {
  const { bias, sum } = epilogue ?? {};
  const vector = bias === undefined ? '' : builder.reshape(bias, [filters]);
  if (sum !== undefined) return [vector, toBlocks(builder, sum)];
  return bias === undefined ? [] : [vector];
}

function reshapeOnce(builder: Builder, name: string, shape: KnownShape): string {
  return builder.emitOnce('Reshape', [name, builder.integers(shape)], { attributes: { allowzero: 1 } });
}
