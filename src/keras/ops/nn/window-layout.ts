import { ValueError, show } from '../../../core/errors.ts';
import { checkChoice } from '../../../core/checks.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { transpose } from '../../../compiler/builder/index.ts';

/** The position of the channels: the last axis, or the one after the batch. */
export type DataFormat = 'channels_last' | 'channels_first';
/** `valid`: windows are within x. `same`: x is padded with zeros to ⌈size / stride⌉ windows on each axis. */
export type Padding = 'valid' | 'same';

export interface Layout {
  readonly padding: Padding;
  readonly dataFormat: DataFormat;
}

export function checkLayout(
  who: string,
  { padding = 'valid', dataFormat }: { padding?: unknown; dataFormat?: unknown },
): Layout {
  return {
    padding: checkChoice(who, 'padding', typeof padding === 'string' ? padding.toLowerCase() : padding, [
      'valid',
      'same',
    ]),
    dataFormat: checkChoice(who, 'dataFormat', dataFormat ?? 'channels_last', ['channels_last', 'channels_first']),
  };
}

/** An argument as one number for each spatial axis. */
export function perAxis(
  value: number | readonly number[],
  axes: number,
  who: string,
  argument: string,
): readonly number[] {
  const list: unknown = typeof value === 'number' ? new Array<number>(axes).fill(value) : value;
  const isSize = (entry: unknown): boolean => Number.isInteger(entry) && Number(entry) >= 1;
  if (!Array.isArray(list) || list.length !== axes || !list.every(isSize)) {
    throw new ValueError(
      `[${who}] ${argument} must be an integer ≥ 1, or one for each of the ${axes} spatial axes. Received: ${argument}=${show(value)}.`,
    );
  }
  return list as readonly number[];
}

/** The number of spatial axes. @throws ValueError if there is none */
export function spatialRankOf(who: string, { rank, shape }: Value): number {
  if (rank >= 3) return rank - 2;
  throw new ValueError(
    `[${who}] inputs must have a batch axis, spatial axes and channels: a rank ≥ 3. Received: shape ${showShape(shape)}.`,
  );
}

/**
 * The zeros before and after each axis. `same` pads to ⌈size / stride⌉ outputs, with the odd zero at the end, as in
 * TensorFlow; the size matters only if the stride is not 1.
 */
export function paddingOf(
  padding: Padding,
  spatial: Shape,
  window: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): readonly (readonly [number, number])[] {
  return window.map((extent, i) => {
    if (padding === 'valid') return [0, 0];
    const reach = (extent - 1) * (dilations[i] ?? 1) + 1;
    const stride = strides[i] ?? 1;
    const size = spatial[i] ?? stride * reach;
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

const channelsFirst = (rank: number): readonly number[] => [
  0,
  rank - 1,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 1),
];
const channelsLast = (rank: number): readonly number[] => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];

export function moveChannelsFirst(x: Value, dataFormat: DataFormat): Value {
  return dataFormat === 'channels_last' ? transpose(x, channelsFirst(x.rank)) : x;
}

export function moveChannelsBack(y: Value, dataFormat: DataFormat): Value {
  return dataFormat === 'channels_last' ? transpose(y, channelsLast(y.rank)) : y;
}
