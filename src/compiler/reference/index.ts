export { type EvaluateOptions, type Evaluation, evaluate, evaluateNode } from './evaluate.ts';
