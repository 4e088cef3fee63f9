import { isFloat } from '../../../core/dtype.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import { add, broadcastTo, cond, scan } from '../../builder/index.ts';
import { closeScan } from '../../builder/close-scan.ts';
import { topologicalOrder } from '../../graph/graph.ts';
import { constant, input } from '../../graph/leaves.ts';
import { createNode } from '../../graph/node.ts';
import { substitute } from '../../graph/rewrite.ts';
import { familyOf } from '../../ir/primitives.ts';
import { Body, type Value } from '../../ir/value.ts';
import { reassociateProducts } from '../../builder/reassociate-products.ts';
import { type Total, totalOf } from '../../builder/total-over-steps.ts';
import type { Application, GradientRule, GradientRules } from './rule.ts';

const zerosOf = ({ shape, dtype }: Value): Value => broadcastTo(constant(0, dtype), shape);
const placeholderOf = (name: string, { shape, dtype }: Value): Value => input(name, shape, dtype);

/**
 * The gradient of a scan: a scan in the opposite direction, whose states are the gradients of the states. With
 *
 *     (sₜ, yₜ) = f(sₜ₋₁, xₜ, c)
 *
 * each step maps (dsₜ, dyₜ) to (dsₜ₋₁, dxₜ), and adds its part to dc. The values of the steps that it reads are kept: they become
 * further outputs of the scan, of which scan merging makes one with the original.
 */
const scanGradient: GradientRule<'scan'> = (node) => {
  const { inputs, attributes, cotangents, needs, pullBack } = node;
  const { body, states, sequences, reverse } = attributes;
  const isNeeded = withRecurrence(node);
  const active = body.inputs.slice(0, states).flatMap((_, i) => (isNeeded[i] === true ? [i] : []));
  const dStates = active.map((i) => placeholderOf(`gradient_${i}`, at(body.inputs, i)));
  const given = cotangents
    .slice(states)
    .flatMap((whole, i) => (whole === null ? [] : [{ whole, value: at(body.outputs, states + i) }]));
  const dOutputs = given.map(({ value }, i) => placeholderOf(`output_gradient_${i}`, value));
  const seeds = [
    ...active.map((i, k): [Value, Value] => [at(body.outputs, i), at(dStates, k)]),
    ...given.map(({ value }, k): [Value, Value] => [value, at(dOutputs, k)]),
  ];
  const wanted = body.inputs.flatMap((_, i) => (isNeeded[i] === true ? [i] : []));
  const found = pullBack(
    seeds,
    wanted.map((i) => at(body.inputs, i)),
  );
  const present = found.filter((value) => value !== null);
  const kept = keep(node, present);
  // All at once, so that what they share remains shared.
  const made = reassociateProducts(substitute(present, kept.replacements), dStates);
  const gradientAt = new Map(wanted.filter((_, k) => found[k] !== null).map((i, k) => [i, at(made, k)]));
  const isCapture = (i: number): boolean => i >= states + sequences;
  const isSequence = (i: number): boolean => i >= states && !isCapture(i);
  const partsOf = (isKind: (i: number) => boolean): { i: number; gradient: Value }[] =>
    [...gradientAt].flatMap(([i, gradient]) => (isKind(i) && needs[i] === true ? [{ i, gradient }] : []));
  const ofSequences = partsOf(isSequence);
  const totals = partsOf(isCapture).map(({ i, gradient }) => ({ i, gradient, total: totalOf(gradient) }));
  const accumulated = totals.filter(({ total }) => total === null);
  const sums = accumulated.map(({ gradient }) => placeholderOf('sum', gradient));
  const stacked = new Set(totals.flatMap(({ total }) => total?.reads ?? []));

  const results = closeScan({
    states: [...dStates, ...sums],
    slices: [...dOutputs, ...kept.slices],
    results: [
      ...active.map((i) => gradientAt.get(i) ?? zerosOf(at(body.inputs, i))),
      ...accumulated.map(({ gradient }, k) => add(at(sums, k), gradient)),
      ...ofSequences.map(({ gradient }) => gradient),
      ...stacked,
    ],
    initial: [...active.map((i) => cotangents[i] ?? zerosOf(at(inputs, i))), ...sums.map(zerosOf)],
    sequences: [...given.map(({ whole }) => whole), ...kept.sequences],
    reverse: !reverse,
  });
  const gradients = new Map<number, Value>();
  for (const [k, i] of active.entries()) gradients.set(i, at(results, k));
  for (const [k, { i }] of accumulated.entries()) gradients.set(i, at(results, active.length + k));
  const first = active.length + accumulated.length;
  for (const [k, { i }] of ofSequences.entries()) gradients.set(i, at(results, first + k));
  const wholes = new Map([...stacked].map((value, k) => [value, at(results, first + ofSequences.length + k)]));
  for (const { i, total } of totals) if (total !== null) gradients.set(i, finish(total, wholes));
  const [head, ...rest] = inputs.map((_, i) => (needs[i] === true ? (gradients.get(i) ?? null) : null));
  return [head ?? null, ...rest];
};

const finish = ({ finish: make }: Total, wholes: ReadonlyMap<Value, Value>): Value =>
  make((value) => wholes.get(value) ?? value);

function at<T>(list: readonly T[], i: number): T {
  const found = list[i];
  if (found === undefined) throw new RangeError(`no entry ${i} of ${list.length}`);
  return found;
}

/** The inputs of the body whose gradients are needed: those of the operands, and the states that depend on them. */
function withRecurrence({ attributes: { body, states }, needs }: Application<'scan'>): readonly boolean[] {
  const isNeeded = needs.map((each, i) => each && isFloat(at(body.inputs, i).dtype));
  const order = topologicalOrder(body.outputs);
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    const reached = new Set(body.inputs.filter((_, i) => isNeeded[i]));
    for (const node of order) {
      if (node.inputs.some((value) => reached.has(value))) for (const value of node.outputs) reached.add(value);
    }
    for (let i = 0; i < states; i++) {
      const value = at(body.outputs, i);
      if (isNeeded[i] === true || !isFloat(value.dtype) || !reached.has(value)) continue;
      isNeeded[i] = true;
      hasChanged = true;
    }
  }
  return isNeeded;
}

interface Kept {
  /** For each value of the body that the gradients read, the slice or the value around the scan that has it. */
  readonly replacements: ReadonlyMap<Value, Value>;
  readonly slices: readonly Value[];
  readonly sequences: readonly Value[];
}

/** Keeps the values of the steps that gradients read. What only rearranges elements is made again from what it is made of. */
function keep({ inputs, outputs, attributes }: Application<'scan'>, gradients: readonly Value[]): Kept {
  const { body, states, sequences } = attributes;
  const order = topologicalOrder(body.outputs);
  const forward = new Set(
    order
      .filter(({ primitive }) => familyOf(primitive) !== 'movement' && primitive !== 'constant' && primitive !== 'cast')
      .flatMap((node) => node.outputs),
  );
  for (const value of body.inputs) forward.add(value);
  // The first sequence tells the number of steps, even if no gradient reads it.
  const read = new Set([...gradients, at(body.inputs, states)]);
  for (const node of topologicalOrder(gradients, forward)) for (const value of node.inputs) read.add(value);
  const replacements = new Map<Value, Value>();
  const pairs: { slice: Value; sequence: Value | null; value: Value }[] = [];
  for (const value of read) {
    if (!forward.has(value)) continue;
    const operand = body.inputs.indexOf(value);
    if (operand >= states + sequences) {
      replacements.set(value, at(inputs, operand));
      continue;
    }
    const slice = placeholderOf('kept', value);
    replacements.set(value, slice);
    const output = body.outputs.indexOf(value, states);
    const sequence = operand >= states ? at(inputs, operand) : output >= 0 ? at(outputs, output) : null;
    pairs.push({ slice, sequence, value });
  }
  const further = pairs.flatMap(({ sequence, value }) => (sequence === null ? [value] : []));
  const extended =
    further.length === 0
      ? []
      : createNode('scan', inputs, { ...attributes, body: new Body(body.inputs, [...body.outputs, ...further]) });
  let next = body.outputs.length;
  return {
    replacements,
    slices: pairs.map(({ slice }) => slice),
    sequences: pairs.map(({ sequence }) => sequence ?? at(extended, next++)),
  };
}

/**
 * The gradient of a conditional: a conditional of the gradients of its branches, each of which computes its branch again. Only
 * one of them runs.
 */
const condGradient: GradientRule<'cond'> = ({ inputs, attributes, cotangents, needs, pullBack }) => {
  const { whenTrue, whenFalse } = attributes;
  const wanted = inputs.flatMap((value, i) => (i > 0 && needs[i] === true && isFloat(value.dtype) ? [i] : []));
  const given = cotangents.flatMap((cotangent, i) => (cotangent === null ? [] : [{ cotangent, i }]));
  const gradientOf = (body: Body): Body => {
    // The inputs of a body have distinct names, in the gradient of a gradient too.
    const seeds = given.map(({ i }, k) => placeholderOf(`gradient_${body.inputs.length + k}`, at(body.outputs, i)));
    const targets = wanted.map((i) => at(body.inputs, i - 1));
    const found = pullBack(
      given.map(({ i }, k) => [at(body.outputs, i), at(seeds, k)]),
      targets,
    );
    return new Body(
      [...body.inputs, ...seeds],
      targets.map((target, k) => found[k] ?? zerosOf(target)),
    );
  };
  const results = createNode('cond', [...inputs, ...given.map(({ cotangent }) => cotangent)], {
    whenTrue: gradientOf(whenTrue),
    whenFalse: gradientOf(whenFalse),
  });
  return [null, ...inputs.slice(1).map((_, i) => results[wanted.indexOf(i + 1)] ?? null)];
};

/**
 * The gradient of a loop with a limit: that of a scan of as many steps, which does nothing after the last round. The states of
 * all rounds must be kept, and their number must be known.
 */
const whileLoopGradient: GradientRule<'whileLoop'> = ({ inputs, attributes, cotangents, pullBack }) => {
  const { body, states, limit } = attributes;
  if (limit === null) {
    throw new NotImplementedError(
      '[gradients] a loop must have a maximum number of rounds to be differentiated, since the states of all rounds are kept. Received: a whileLoop without one. Set maximumIterations, or use foriLoop or scan.',
    );
  }
  // One operand may depend on another one: the gradients are those of independent values.
  const standIns = inputs.map((value) => placeholderOf('operand', value));
  const [predicate = at(inputs, 0), ...operands] = standIns;
  const captures = operands.slice(states);
  const { states: final } = scan(
    ([goesOn = predicate, ...before]) => {
      const given = [...before, ...captures];
      const round = (): readonly Value[] =>
        substitute(body.outputs, new Map(body.inputs.map((value, i) => [value, at(given, i)])));
      return { states: cond(goesOn, round, () => [goesOn, ...before]), outputs: [] };
    },
    [predicate, ...operands.slice(0, states)],
    [constant(Int32Array.from({ length: limit }, (_, i) => i))],
  );
  const seeds = cotangents.flatMap((cotangent, i): [Value, Value][] =>
    cotangent === null ? [] : [[at(final, i + 1), cotangent]],
  );
  const found = pullBack(seeds, standIns);
  const present = found.filter((value) => value !== null);
  const made = substitute(present, new Map(standIns.map((value, i) => [value, at(inputs, i)])));
  const [first = null, ...rest] = found.map((value) => (value === null ? null : at(made, present.indexOf(value))));
  return [first, ...rest];
};

export const controlRules: GradientRules<'control'> = {
  scan: scanGradient,
  cond: condGradient,
  whileLoop: whileLoopGradient,
};
