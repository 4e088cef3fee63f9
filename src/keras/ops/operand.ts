export { type Operand, castTo, toFloat, toValue, unify, unifyTwo } from '../../compiler/builder/operand.ts';
