export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
