/** The share of values in bins of equal width. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  /** The fraction of the values in each bin; values beyond the ends are in none. */
  readonly shares: readonly number[];
}

/** Mean and standard deviation of a channel. */
export interface ChannelMoments {
  readonly mean: number;
  readonly deviation: number;
}

/** The number of values that are sorted to find a range. */
const SAMPLE = 4096;
/** The fraction of the values that a range leaves out at each end. */
const TAIL = 0.005;

/** Returns a range with round ends that contains 99 % of the finite values of each list, and 0; null if there are none. */
export function commonRange(lists: readonly Float32Array[]): readonly [number, number] | null {
  let [low, high] = [0, 0];
  for (const list of lists) {
    const sample = spreadSample(list).filter(Number.isFinite).sort();
    if (sample.length === 0) continue;
    low = Math.min(low, sample[Math.floor(TAIL * (sample.length - 1))] ?? 0);
    high = Math.max(high, sample[Math.ceil((1 - TAIL) * (sample.length - 1))] ?? 0);
  }
  if (low === high) return null;
  const step = roundStep(high - low);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

/** Returns 1, 2 or 5 times a power of ten, between a tenth and a fourth of a width. */
function roundStep(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width / 10));
  return power * ([1, 2, 5].find((factor) => factor * power >= width / 10) ?? 10);
}

/** The part of the golden ratio after the point, whose multiples are spread evenly. */
const GOLDEN = 0.618033988749895;

/** Values from places that are spread evenly, in no step with the channels. */
function spreadSample(list: Float32Array): Float32Array {
  if (list.length <= SAMPLE) return list;
  return Float32Array.from({ length: SAMPLE }, (_, i) => list[Math.floor(((i * GOLDEN) % 1) * list.length)] ?? 0);
}

/** Counts values in bins. */
export function histogram(values: Float32Array, [low, high]: readonly [number, number], bins: number): Histogram {
  const counts = new Uint32Array(bins);
  const scale = bins / (high - low);
  for (const value of values) {
    const bin = Math.floor((value - low) * scale);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, shares: Array.from(counts, (count) => count / values.length) };
}

/** Returns mean and standard deviation of each channel, in two passes; channels are the last axis. */
export function channelMoments(values: Float32Array, channels: number): readonly ChannelMoments[] {
  const rows = values.length / channels;
  const means = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) means[i % channels] = (means[i % channels] ?? 0) + (values[i] ?? 0) / rows;
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    squares[channel] = (squares[channel] ?? 0) + ((values[i] ?? 0) - (means[channel] ?? 0)) ** 2 / rows;
  }
  return Array.from(means, (mean, channel) => ({ mean, deviation: Math.sqrt(squares[channel] ?? 0) }));
}
