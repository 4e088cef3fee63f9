/**
 * Weights of windows, as `scipy.signal.get_window` of SciPy returns them, for the windows without parameters.
 */

/** a₀ + a₁ cos θ + a₂ cos 2θ + …, θ from −π at the first sample to π at the last. */
const cosines =
  (...weights: readonly number[]) =>
  (i: number, length: number): number =>
    weights.reduce((sum, weight, k) => sum + weight * Math.cos(k * (-Math.PI + (2 * Math.PI * i) / (length - 1))), 0);

/** The names of the windows. */
export type WindowName =
  | 'bartlett'
  | 'blackman'
  | 'blackmanharris'
  | 'boxcar'
  | 'cosine'
  | 'flattop'
  | 'hamming'
  | 'hann'
  | 'nuttall'
  | 'triang';

const windows: Readonly<Record<WindowName, (i: number, length: number) => number>> = {
  bartlett: (i: number, length: number): number => 1 - Math.abs((2 * i) / (length - 1) - 1),
  blackman: cosines(0.42, 0.5, 0.08),
  blackmanharris: cosines(0.35875, 0.48829, 0.14128, 0.01168),
  boxcar: (): number => 1,
  cosine: (i: number, length: number): number => Math.sin((Math.PI * (i + 0.5)) / length),
  flattop: cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
  hamming: cosines(0.54, 0.46),
  hann: cosines(0.5, 0.5),
  nuttall: cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
  // The ends are not zero: the corners of the triangle are half a step, or a whole one, outside the window.
  triang: (i: number, length: number): number =>
    1 - Math.abs(2 * i - (length - 1)) / (length % 2 === 0 ? length : length + 1),
};

export const windowNames: readonly WindowName[] = Object.keys(windows) as readonly WindowName[];

/** A symmetric window, or one period of a periodic one: the symmetric window with one more sample, without the last. */
export function windowOf(name: WindowName, length: number, periodic: boolean): Float64Array {
  if (length === 1) return new Float64Array([1]);
  const whole = periodic ? length + 1 : length;
  return Float64Array.from({ length }, (_, i) => windows[name](i, whole));
}
