import { checkNumber } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';

/**
 * The peak signal-to-noise ratio in decibels, 20 log₁₀ max − 10 log₁₀ of the mean squared difference, a scalar.
 * @throws ValueError if the shapes differ; TypeError if `maxVal` is not a number.
 * @example
 * await jit((a, b) => ops.psnr(a, b, 10))([1, 2], [2, 3]);   // 20
 * @see https://keras.io/api/ops/nn/#psnr-function
 */
export const psnr: Symbolic<(x1: Operand, x2: Operand, maxVal: number) => Value> = op(
  'nn.PSNR',
  ['x1', 'x2'],
  { maxVal: REQUIRED },
  function psnr(x1: Operand, x2: Operand, maxVal: number): Value {
    const [x, y] = unifyTwo(x1, x2).map(toFloat) as [Value, Value];
    if (!compatible(x.shape, y.shape)) {
      throw new ValueError(
        `[ops.psnr] x1 and x2 must have one shape. Received: ${showShape(x.shape)} and ${showShape(y.shape)}.`,
      );
    }
    const error = build.mean(build.square(build.subtract(x, y)), { axes: x.shape.map((_, i) => i) });
    const peak = 20 * Math.log10(checkNumber('ops.psnr', 'maxVal', maxVal));
    return build.subtract(peak, build.multiply(build.log(error), 10 * Math.LOG10E));
  },
);
