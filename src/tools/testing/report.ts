import { ValueError } from '../../core/errors.ts';
import { showIndex } from '../../core/shape.ts';

/** One entry of a gradient, from both sides. */
export interface GradientEntry {
  /** Which tensor: `input`, `input[0]` or `input.name` where there are several, or the path of a weight. */
  readonly of: string;
  /** Where in the tensor. */
  readonly index: readonly number[];
  /** What differentiating the graph gives; 0 where no path leads to the output. */
  readonly analytic: number;
  /** What the central difference gives. */
  readonly numeric: number;
  /** |analytic − numeric| / (floor + max(|analytic|, |numeric|, root mean square of the tensor's numeric gradient)). */
  readonly relativeError: number;
}

/** What was found for one tensor. */
export interface TensorGradient {
  /** Which tensor, as in {@link GradientEntry}. */
  readonly of: string;
  /** Whether a path leads from it to the output, by which a gradient comes back. */
  readonly connected: boolean;
  /** How many of its entries were checked. */
  readonly checked: number;
  /** How many of those are off by more than the tolerance. */
  readonly failed: number;
  /** The entry with the largest error. */
  readonly worst: GradientEntry;
}

/** What `checkGradients` found. */
export interface GradientReport {
  /** Whether no entry is off by more than the tolerance. */
  readonly passed: boolean;
  /** How many entries were checked, of all tensors together. */
  readonly checked: number;
  /** The entry with the largest error of all. */
  readonly worst: GradientEntry;
  /** Each tensor: the inputs, then the weights. */
  readonly tensors: readonly TensorGradient[];
}

/** The slopes on either side of an entry, which differ at kinks and jumps. */
export interface Slopes {
  readonly below: number;
  readonly above: number;
}

/** Slopes further apart than this, beside their size, are no curvature. */
const KINK = 1e-2;

const short = (value: number): string => String(Number(value.toPrecision(6)));

/** The error for a report that did not pass. */
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
    ? `${short(worst.analytic)} for ${place}, where the differences give ${short(worst.numeric)}, a relative error of ${short(worst.relativeError)}`
    : `no gradient for ${worst.of}, where the differences give ${short(worst.numeric)}${showIndex(worst.index)}`;
  return new ValueError(
    `[${who}] the gradients of ${layer} must be those of central differences, to a relative error of ${tolerance}. Received: ${came}; ${failed} of ${checked} entries are off. ${advice(worst, connected, slopes)}`,
  );
}

function advice({ analytic, numeric }: GradientEntry, connected: boolean, { below, above }: Slopes): string {
  if (!Number.isFinite(numeric)) {
    return 'The output is not finite beside these values. Give inputs further from the border of where it is.';
  }
  if (!Number.isFinite(analytic)) {
    return 'The output is finite, its gradient is not: where an op such as where leaves out a branch, the operands of that branch must be in range all the same.';
  }
  if (Math.abs(above - below) > KINK * (1 + Math.max(Math.abs(above), Math.abs(below)))) {
    return `The slopes below and above are ${short(below)} and ${short(above)}: a kink or a jump, where there is no gradient. Another seed, or inputs of your own, may keep away from it.`;
  }
  return connected
    ? 'Look in its call for stopGradient, and for roundings that let a gradient through.'
    : 'Something on the way stops it: stopGradient, a comparison, a rounding, or a cast to integers.';
}
