import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';

/** A layer whose windows have a stride and a dilation. */
interface Stepping {
  readonly who: string;
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
}

/** @throws ValueError if windows are both strided and dilated, which Keras does not support. */
export function checkSteps({ who, strides, dilationRate }: Stepping): void {
  if (Math.max(...strides) === 1 || Math.max(...dilationRate) === 1) return;
  throw new ValueError(
    `[${who}] strides and dilationRate must not both be greater than 1. Received: strides=${showShape(strides)}, dilationRate=${showShape(dilationRate)}.`,
  );
}
