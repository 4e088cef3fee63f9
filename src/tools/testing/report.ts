import { ValueError } from '../../core/errors.ts';
import { showIndex } from '../../core/shape.ts';

/** One entry of a gradient, analytic and numeric. */
export interface GradientEntry {
  /** The name of the tensor: `input`, `input[0]` or `input.name` for several inputs, or the path of a weight. */
  readonly of: string;
  /** The index in the tensor. */
  readonly index: readonly number[];
  /** The gradient from automatic differentiation; 0 without a path to the output. */
  readonly analytic: number;
  /** The central difference. */
  readonly numeric: number;
  /** |analytic − numeric| / (floor + max(|analytic|, |numeric|, root mean square of the tensor's numeric gradient)). */
  readonly relativeError: number;
}

/** The result for one tensor. */
export interface TensorGradient {
  /** The name of the tensor, as in {@link GradientEntry}. */
  readonly of: string;
  /** Whether there is a differentiable path to the output. */
  readonly connected: boolean;
  /** The number of entries checked. */
  readonly checked: number;
  /** The number of entries whose error exceeds the tolerance. */
  readonly failed: number;
  /** The entry with the largest error. */
  readonly worst: GradientEntry;
}

/** The result of `checkGradients`. */
export interface GradientReport {
  /** Whether all errors are within the tolerance. */
  readonly passed: boolean;
  /** The total number of entries checked. */
  readonly checked: number;
  /** The entry with the largest error of all tensors. */
  readonly worst: GradientEntry;
  /** The result for each tensor: inputs, then weights. */
  readonly tensors: readonly TensorGradient[];
}

/** The slopes on either side of an entry, which differ at kinks and jumps. */
export interface Slopes {
  readonly below: number;
  readonly above: number;
}

/** A larger relative difference between the slopes indicates a kink or a jump. */
const KINK = 1e-2;

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** Makes the error for a failed report. */
export function failure(
  who: string,
  layer: string,
  report: GradientReport,
  tolerance: number,
  slopes: Slopes,
): ValueError {
  const { worst, tensors, checked } = report;
  const connected = tensors.find(({ of }) => of === worst.of)?.connected ?? true;
  const failed = tensors.reduce((sum, tensor) => sum + tensor.failed, 0);
  const place = `${worst.of}${showIndex(worst.index)}`;
  const came = connected
    ? `${short(worst.analytic)} for ${place}, but the central difference is ${short(worst.numeric)}, a relative error of ${short(worst.relativeError)}`
    : `no gradient for ${worst.of}, but the central difference is ${short(worst.numeric)}${showIndex(worst.index)}`;
  return new ValueError(
    `[${who}] the gradients of ${layer} must equal central differences to a relative error of ${tolerance}. Received: ${came}; ${failed} of ${checked} entries are wrong. ${advice(worst, connected, slopes)}`,
  );
}

function advice({ analytic, numeric }: GradientEntry, connected: boolean, { below, above }: Slopes): string {
  if (!Number.isFinite(numeric)) {
    return 'The output is not finite near these values. Use inputs further inside the range where it is.';
  }
  if (!Number.isFinite(analytic)) {
    return 'The output is finite, but its gradient is not: the operands of a branch that ops.where does not select must be in range too.';
  }
  if (Math.abs(above - below) > KINK * (1 + Math.max(Math.abs(above), Math.abs(below)))) {
    return `The slopes below and above are ${short(below)} and ${short(above)}: a kink or a jump, where there is no gradient. Use another seed, or other inputs.`;
  }
  return connected
    ? 'Check its call for stopGradient, and for roundings that pass a gradient.'
    : 'The path is cut by stopGradient, a comparison, a rounding, or a cast to integers.';
}
