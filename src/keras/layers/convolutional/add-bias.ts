import type { Value } from '../../../compiler/ir/value.ts';
import { add, reshape, type DataFormat } from '../../ops/index.ts';

/** A bias for each channel. It has the rank of the product, so that a change of layout can move it along. */
export function addBias(product: Value, bias: Value | null, dataFormat: DataFormat): Value {
  if (bias === null) return product;
  const channelAxis = dataFormat === 'channels_last' ? product.rank - 1 : 1;
  const size = bias.shape[0] ?? null;
  return add(
    product,
    reshape(
      bias,
      product.shape.map((_, axis) => (axis === channelAxis ? size : 1)),
    ),
  );
}
