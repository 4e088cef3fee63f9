import { ValueError } from '../../../core/errors.ts';
import { type Shape, broadcastShapes, showShape } from '../../../core/shape.ts';
import type {
  ContractionName,
  ConvolutionAttributes,
  PoolingAttributes,
  PoolingName,
  WindowAttributes,
} from '../primitives.ts';
import type { ValueType } from '../value.ts';
import { type InferRules, misfit, one, sameDType, three, two } from './rule.ts';

/** How many positions a window has along each spatial axis. */
function positions(
  primitive: string,
  x: ValueType,
  window: readonly (number | null)[],
  { strides, padding }: WindowAttributes,
  dilations: readonly number[] = [],
): Shape {
  return x.shape.slice(2).map((size, i) => {
    const extent = window[i] ?? null;
    if (size === null || extent === null) return null;
    const [before, after] = padding[i] ?? [0, 0];
    const reach = (extent - 1) * (dilations[i] ?? 1) + 1;
    const count = Math.floor((size + before + after - reach) / (strides[i] ?? 1)) + 1;
    if (count < 1) {
      throw new ValueError(
        `[ops.${primitive}] the window must fit into the input: it reaches over ${reach} elements of spatial axis ${i}. Received: spatial shape ${showShape(x.shape.slice(2))}; use padding="same" or a smaller window.`,
      );
    }
    return count;
  });
}

function checkChannels(inputs: readonly ValueType[], x: ValueType, kernel: ValueType, groups: number): void {
  const [channels, perGroup, filters] = [x.shape[1] ?? null, kernel.shape[1] ?? null, kernel.shape[0] ?? null];
  const fits =
    x.shape.length === kernel.shape.length &&
    (channels === null || perGroup === null || channels === perGroup * groups) &&
    (filters === null || filters % groups === 0);
  if (!fits)
    throw misfit('conv', `the kernel must have as many input channels as x, divided by groups=${groups}`, inputs);
}

const pooled =
  (primitive: 'maxPool' | 'averagePool') =>
  (inputs: readonly ValueType[], attributes: PoolingAttributes): readonly ValueType[] => {
    const x = one(primitive, inputs);
    return [
      { shape: [...x.shape.slice(0, 2), ...positions(primitive, x, attributes.window, attributes)], dtype: x.dtype },
    ];
  };

export const contractionRules: InferRules<ContractionName | PoolingName> = {
  matmul: (inputs, { transposeA, transposeB }) => {
    const [a, b] = two('matmul', inputs);
    if (a.shape.length < 2 || b.shape.length < 2)
      throw misfit('matmul', 'the operands must have rank 2 or more', inputs);
    const [rowsA, columnsA] = lastTwo(a.shape, transposeA);
    const [rowsB, columnsB] = lastTwo(b.shape, transposeB);
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (batch === null || (columnsA !== null && rowsB !== null && columnsA !== rowsB)) {
      throw misfit('matmul', 'the inner sizes must be equal and the batch axes must broadcast', inputs);
    }
    return [{ shape: [...batch, rowsA, columnsB], dtype: sameDType('matmul', inputs) }];
  },
  conv: (inputs, attributes) => {
    const [x, kernel] = two('conv', inputs);
    checkChannels(inputs, x, kernel, attributes.groups);
    const spatial = positions('conv', x, kernel.shape.slice(2), attributes, attributes.dilations);
    return [{ shape: [x.shape[0] ?? null, kernel.shape[0] ?? null, ...spatial], dtype: sameDType('conv', inputs) }];
  },
  convInputGradient: (inputs, { inputShape, groups }) => {
    const [dy, kernel] = two('convInputGradient', inputs);
    const channels = kernel.shape[1] ?? null;
    const shape = [dy.shape[0] ?? null, channels === null ? null : channels * groups, ...inputShape];
    return [{ shape, dtype: sameDType('convInputGradient', inputs) }];
  },
  convKernelGradient: (inputs, attributes: ConvolutionAttributes & { kernelShape: readonly number[] }) => {
    const [x, dy] = two('convKernelGradient', inputs);
    const channels = x.shape[1] ?? null;
    const shape = [
      dy.shape[1] ?? null,
      channels === null ? null : channels / attributes.groups,
      ...attributes.kernelShape,
    ];
    return [{ shape, dtype: sameDType('convKernelGradient', inputs) }];
  },
  maxPool: pooled('maxPool'),
  maxPoolGradient: (inputs) => {
    const [x] = three('maxPoolGradient', inputs);
    return [{ shape: x.shape, dtype: sameDType('maxPoolGradient', inputs) }];
  },
  averagePool: pooled('averagePool'),
  averagePoolGradient: (inputs, { inputShape }) => {
    const dy = one('averagePoolGradient', inputs);
    return [{ shape: [...dy.shape.slice(0, 2), ...inputShape], dtype: dy.dtype }];
  },
};

function lastTwo(shape: Shape, transposed: boolean): readonly [number | null, number | null] {
  const [rows, columns] = [shape.at(-2) ?? null, shape.at(-1) ?? null];
  return transposed ? [columns, rows] : [rows, columns];
}
