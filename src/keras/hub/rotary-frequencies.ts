import { ValueError } from '../../core/errors.ts';

/** The scaling of the frequencies of a rotary embedding. */
export type RopeType = 'linear' | 'dynamic' | 'yarn' | 'default';

/** The options of a rotary embedding on which its frequencies depend. */
export interface FrequencyOptions {
  readonly who: string;
  readonly maxWavelength: number;
  readonly scalingFactor: number;
  readonly ropeType: RopeType;
  readonly betaFast: number;
  readonly betaSlow: number;
  readonly originalMaxPositionEmbeddings: number | null;
  readonly truncate: boolean;
  readonly denominatorDim: number | null;
}

/** The angle by which each pair of `size` features turns from one position to the next. */
export function rotaryFrequencies(size: number, options: FrequencyOptions): Float32Array {
  const { maxWavelength, scalingFactor, ropeType, denominatorDim } = options;
  if (ropeType === 'yarn') return yarnFrequencies(size, options);
  const divisor = { linear: scalingFactor, dynamic: scalingFactor ** (size / Math.max(1, size - 2)), default: 1 }[
    ropeType
  ];
  return Float32Array.from(
    { length: size / 2 },
    (_, i) => maxWavelength ** ((-2 * i) / (denominatorDim ?? size)) / divisor,
  );
}

/**
 * YaRN (Peng et al., 2023): frequencies that turn more than `betaFast` times over the original length are kept, those that
 * turn less than `betaSlow` times are divided by the factor, and those between are interpolated.
 */
function yarnFrequencies(size: number, options: FrequencyOptions): Float32Array {
  const {
    who,
    maxWavelength,
    scalingFactor,
    betaFast,
    betaSlow,
    originalMaxPositionEmbeddings: length,
    truncate,
  } = options;
  if (length === null) {
    throw new ValueError(
      `[${who}] originalMaxPositionEmbeddings must be a number with ropeType='yarn'. Received: originalMaxPositionEmbeddings=null.`,
    );
  }
  const pairOf = (turns: number): number =>
    (size * Math.log(length / (turns * 2 * Math.PI))) / (2 * Math.log(maxWavelength));
  const [first, last] = [pairOf(betaFast), pairOf(betaSlow)];
  const low = Math.max(0, truncate ? Math.floor(first) : first);
  const high = Math.min(Math.floor(size / 2) - 1, truncate ? Math.ceil(last) : last);
  const width = Math.max(high - low, 0.001);
  return Float32Array.from({ length: size / 2 }, (_, i) => {
    const frequency = maxWavelength ** ((-2 * i) / size);
    const share = Math.min(1, Math.max(0, (i - low) / width));
    return (frequency / scalingFactor) * share + frequency * (1 - share);
  });
}
