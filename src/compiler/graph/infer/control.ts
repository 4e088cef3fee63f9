import { InternalError } from '../../../core/errors.ts';
import { type Shape, compatible, showShape } from '../../../core/shape.ts';
import type { Body, Value, ValueType } from '../../ir/value.ts';
import { type InferRules, shapeMismatch } from './rule.ts';

const show = ({ dtype, shape }: ValueType): string => `${dtype}${showShape(shape)}`;

function expectType(primitive: string, what: string, expected: ValueType, received: ValueType): void {
  if (expected.dtype === received.dtype && compatible(expected.shape, received.shape)) return;
  throw new InternalError(`${primitive} expects ${what} of type ${show(expected)}, received ${show(received)}.`);
}

const SCALAR: ValueType = { shape: [], dtype: 'bool' };

function expectInputs(primitive: string, { inputs }: Body, operands: readonly ValueType[]): void {
  if (inputs.length !== operands.length) {
    throw new InternalError(`${primitive} expects ${inputs.length} operands in its body, received ${operands.length}.`);
  }
  for (const [i, input] of inputs.entries()) expectType(primitive, `operand ${i}`, input, operands[i] ?? input);
}

/** The shape with the sizes that the other one knows. */
const refine = (shape: Shape, other: Shape): Shape => shape.map((size, axis) => size ?? other[axis] ?? null);

export const controlRules: InferRules<'control'> = {
  scan: (operands, { body, states, sequences }) => {
    if (body.inputs.length !== operands.length || sequences === 0) {
      throw new InternalError(
        `scan expects one operand for each of ${body.inputs.length} inputs, with at least one sequence, received ${operands.length}, with ${sequences} sequences.`,
      );
    }
    const scanned = operands.slice(states, states + sequences);
    const lengths = new Set(scanned.map(({ shape }) => shape[0]).filter((size) => size !== null));
    if (lengths.size > 1 || lengths.has(undefined)) {
      throw shapeMismatch('scan', 'the sequences must have the same length, the size of their first axis', scanned);
    }
    const [length = null] = lengths;
    for (const [i, input] of body.inputs.entries()) {
      const given = operands[i];
      if (given === undefined) continue;
      const isSequence = i >= states && i < states + sequences;
      expectType('scan', `operand ${i}`, input, isSequence ? { ...given, shape: given.shape.slice(1) } : given);
    }
    const stateAt = (i: number): ValueType => {
      const [input, next] = [body.inputs[i], body.outputs[i]];
      if (input === undefined || next === undefined) throw new InternalError(`scan expects state ${i} in its body.`);
      expectType('scan', `new state ${i}`, input, next);
      return { shape: refine(input.shape, operands[i]?.shape ?? []), dtype: input.dtype };
    };
    const stacked = ({ shape, dtype }: Value): ValueType => ({ shape: [length ?? null, ...shape], dtype });
    const results = [
      ...Array.from({ length: states }, (_, i) => stateAt(i)),
      ...body.outputs.slice(states).map(stacked),
    ];
    const [first, ...rest] = results;
    if (first === undefined) throw new InternalError('scan expects a body with at least one output.');
    return [first, ...rest];
  },

  cond: ([predicate, ...captures], { whenTrue, whenFalse }) => {
    expectType('cond', 'a predicate', SCALAR, predicate);
    for (const body of [whenTrue, whenFalse]) expectInputs('cond', body, captures);
    if (whenTrue.outputs.length !== whenFalse.outputs.length) {
      throw new InternalError('cond expects two bodies with the same number of outputs.');
    }
    const [first, ...rest] = whenTrue.outputs.map((value, i): ValueType => {
      const other = whenFalse.outputs[i] ?? value;
      expectType('cond', `output ${i}`, value, other);
      return { shape: refine(value.shape, other.shape), dtype: value.dtype };
    });
    if (first === undefined) throw new InternalError('cond expects bodies with at least one output.');
    return [first, ...rest];
  },

  whileLoop: ([predicate, ...operands], { body, states }) => {
    expectType('whileLoop', 'a predicate', SCALAR, predicate);
    expectInputs('whileLoop', body, operands);
    const [next, ...results] = body.outputs;
    if (next === undefined || results.length !== states) {
      throw new InternalError(`whileLoop expects a body with a predicate and ${states} states.`);
    }
    expectType('whileLoop', 'a next predicate', SCALAR, next);
    const [first, ...rest] = results.map((value, i): ValueType => {
      const input = body.inputs[i] ?? value;
      expectType('whileLoop', `new state ${i}`, input, value);
      return { shape: refine(input.shape, operands[i]?.shape ?? []), dtype: input.dtype };
    });
    if (first === undefined) throw new InternalError('whileLoop expects at least one state.');
    return [first, ...rest];
  },
};
