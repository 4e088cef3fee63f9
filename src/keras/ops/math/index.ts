export { type ComplexOperand, fft, fft2, ifft2, irfft, rfft, type RfftOptions } from './fft.ts';
export * from './functions.ts';
export * from './selection.ts';
export * from './stft.ts';
