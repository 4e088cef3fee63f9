import { Tensor } from '../../../../core/tensor.ts';
import { createNode } from '../../../../compiler/graph/node.ts';
import { constant } from '../../../../compiler/graph/leaves.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { range } from '../../../ops/image/resampling.ts';
import { standIn } from '../../../ops/image/images.ts';

/** The number of values of a pixel. */
const LEVELS = 256;

/** The upper triangle of ones, by which a product computes cumulative sums. */
export function cumulative(size: number): Value {
  const ones = Float32Array.from({ length: size * size }, (_, i) => Number(Math.floor(i / size) <= i % size));
  return constant(new Tensor(ones, [size, size]));
}

/** The counts of integers in [0, size), each in the row `[0, rows)` that `offset` adds. */
function histograms(values: Value, rows: number, size: number): Value {
  const ones = ops.onesLike(ops.cast(values, 'float32'));
  const [counts] = createNode('scatterAdd', [ops.ravel(ones), ops.ravel(values)], { axis: 0, size: rows * size });
  return ops.reshape(counts, [rows, size]);
}

/** The two tiles around each pixel of an axis, counted with a copy of the first tile before it, and the weight of the second. */
function neighbors(size: number, tile: number): { lower: Int32Array; weight: Float32Array } {
  const places = Array.from({ length: size }, (_, i) => (i - tile / 2) / tile + 1);
  return {
    lower: Int32Array.from(places, Math.floor),
    weight: Float32Array.from(places, (place) => place - Math.floor(place)),
  };
}

/**
 * A batch of images of values in [0, 255], channels last, each tile mapped by its clipped cumulative histogram. The maps of
 * the four tiles around a pixel are interpolated; images are continued by mirroring to whole tiles.
 */
export function equalizeTiles(batch: Value, [rows, columns]: readonly [number, number], clipLimit: number): Value {
  const [count = null, height = 1, width = 1, channels = 1] = batch.shape;
  // While a model is described, the batch size may be unknown, and only the shape of the result matters.
  if (count === null || height === null || width === null || channels === null) return standIn(batch, new Map());
  const [tileHeight, tileWidth] = [Math.ceil(height / rows), Math.ceil(width / columns)];
  const [below, right] = [tileHeight * rows - height, tileWidth * columns - width];
  const padded = ops.pad(
    batch,
    [
      [0, 0],
      [0, below],
      [0, right],
      [0, 0],
    ],
    { mode: 'symmetric' },
  );
  const pixels = ops.cast(ops.clip(padded, 0, LEVELS - 1), 'int32');
  const area = tileHeight * tileWidth;
  const split = ops.reshape(pixels, [count, rows, tileHeight, columns, tileWidth, channels]);
  const tiles = ops.reshape(ops.transpose(split, { axes: [0, 1, 3, 5, 2, 4] }), [-1, area]);
  const lists = count * rows * columns * channels;
  const counts = histograms(ops.add(tiles, ops.multiply(range(lists, 'int32', [lists, 1]), LEVELS)), lists, LEVELS);
  const maps = ops.reshape(tileMaps(counts, area, clipLimit), [count, rows, columns, channels, LEVELS]);
  // A copy of the outer tiles around them, so that each pixel is between two.
  const around = (size: number): Value => {
    const indices = Int32Array.from({ length: size + 2 }, (_, i) => Math.min(Math.max(i - 1, 0), size - 1));
    return constant(new Tensor(indices, [size + 2]));
  };
  const bordered = ops.take(ops.take(maps, around(rows), { axis: 1 }), around(columns), { axis: 2 });
  const flat = ops.ravel(bordered);
  const [y, x] = [neighbors(tileHeight * rows, tileHeight), neighbors(tileWidth * columns, tileWidth)];
  const strideX = LEVELS * channels;
  const strideY = strideX * (columns + 2);
  const along = (numbers: Int32Array | Float32Array, axis: 1 | 2): Value =>
    constant(new Tensor(numbers, axis === 1 ? [1, numbers.length, 1, 1] : [1, 1, numbers.length, 1]));
  const base = ops.add(
    ops.add(pixels, ops.multiply(range(count, 'int32', [count, 1, 1, 1]), strideY * (rows + 2))),
    ops.multiply(range(channels, 'int32', [1, 1, 1, channels]), LEVELS),
  );
  const mapped = (dy: 0 | 1, dx: 0 | 1): Value => {
    const tile = ops.add(
      ops.multiply(ops.add(along(y.lower, 1), dy), strideY),
      ops.multiply(ops.add(along(x.lower, 2), dx), strideX),
    );
    return ops.take(flat, ops.add(base, tile), { axis: 0 });
  };
  const between = (a: Value, b: Value, weight: Value): Value => ops.add(a, ops.multiply(ops.subtract(b, a), weight));
  const [weightX, weightY] = [along(x.weight, 2), along(y.weight, 1)];
  const top = between(mapped(0, 0), mapped(0, 1), weightX);
  const bottom = between(mapped(1, 0), mapped(1, 1), weightX);
  return ops.slice(between(top, bottom, weightY), [0, 0, 0, 0], [-1, height, width, -1]);
}

/** The maps of tiles from their histograms `[tiles, 256]`: what exceeds the limit is spread over all levels. */
function tileMaps(counts: Value, area: number, clipLimit: number): Value {
  let histogram = counts;
  if (clipLimit > 0) {
    const clipped = ops.minimum(counts, (clipLimit * area) / LEVELS);
    const excess = ops.sum(ops.subtract(counts, clipped), { axis: -1, keepdims: true });
    histogram = ops.add(clipped, ops.divide(excess, LEVELS));
  }
  const totals = ops.matmul(histogram, cumulative(LEVELS));
  const first = ops.min(totals, { axis: -1, keepdims: true });
  const rest = ops.subtract(area, first);
  const span = ops.where(ops.equal(rest, 0), 1, rest);
  return ops.clip(ops.divide(ops.multiply(ops.subtract(totals, first), 255), span), 0, 255);
}
