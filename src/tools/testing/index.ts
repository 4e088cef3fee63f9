export { checkGradients } from './check-gradients.ts';
export type { CheckGradientsOptions } from './check-options.ts';
export type { GradientEntry, GradientReport, TensorGradient } from './report.ts';
