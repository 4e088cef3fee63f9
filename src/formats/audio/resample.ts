/** The number of zeros of the sinc function on each side of its window. */
const ZEROS = 32;

/**
 * Resamples sound by interpolation with a sinc function in a Hann window, which cuts off what is above half of the lower rate:
 * y(t) = c Σ x(n) sinc(c (t − n)) w(c (t − n)), where c is the smaller of 1 and the ratio of the rates. (The package for WAV
 * files shifts the sound.)
 *
 * @param data - frames of `channels` numbers
 * @see https://ccrma.stanford.edu/~jos/resample/
 */
export function resampleSound(data: Float32Array, channels: number, from: number, to: number): Float32Array {
  const frames = data.length / channels;
  const count = Math.ceil((frames * to) / from);
  const cutoff = Math.min(1, to / from);
  const reach = ZEROS / cutoff;
  const made = new Float32Array(count * channels);
  for (let i = 0; i < count; i++) {
    const position = (i * from) / to;
    const last = Math.min(Math.floor(position + reach), frames - 1);
    for (let n = Math.max(Math.ceil(position - reach), 0); n <= last; n++) {
      const x = cutoff * (position - n);
      const angle = Math.PI * x;
      const weight = cutoff * (x === 0 ? 1 : Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / ZEROS));
      for (let channel = 0; channel < channels; channel++) {
        const target = i * channels + channel;
        made[target] = (made[target] ?? 0) + weight * (data[n * channels + channel] ?? 0);
      }
    }
  }
  return made;
}
