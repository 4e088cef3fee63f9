import * as evenkeel from 'evenkeel';
import { Variable, constraints, initializers, jit, losses, metrics, optimizers, regularizers, tensor } from 'evenkeel';
import type { Trace, Value } from 'evenkeel';
import { type Difference, compareArray, compareShape, compareTree, worst } from '../compare.ts';
import { Absent, type CallRecord, NoSuchArgument, NotReplayable, type RecordedEvent } from '../record-types.ts';
import { runTraced } from '../trace.ts';
import { asTensor, checkType, isArray, isTensor, plain, readArray, toConfig } from '../values.ts';

/** A call of a loss. */
export async function replayLoss({ object, args = {}, mask, dtype, output }: CallRecord): Promise<Difference | null> {
  if (dtype !== undefined) checkType(dtype);
  const loss = losses.deserialize(toConfig(object) as never);
  const [yTrue, yPred, weight, ofMask] = [args['y_true'], args['y_pred'], args['sample_weight'], mask].map(asTensor);
  const feeds = [yTrue, yPred, weight, ofMask].filter(isTensor);
  const got = await jit<readonly Value[], Value>((...values) => {
    const rest = values.slice(2).values();
    const [sampleWeight, maskValue] = [weight, ofMask].map((each) =>
      isTensor(each) ? (rest.next().value ?? null) : null,
    );
    return loss.apply(values[0] as Value, values[1] as Value, {
      sampleWeight: sampleWeight ?? null,
      mask: maskValue ?? null,
    });
  })(...feeds);
  return compareTree(got, output, 'loss');
}

/** A call of a regularizer or a constraint. */
export const replayWeightFunction =
  (room: typeof regularizers | typeof constraints) =>
  async ({ object, args = {}, output }: CallRecord): Promise<Difference | null> => {
    const made = room.deserialize(toConfig(object) as never);
    const x = asTensor(Object.values(args)[0]);
    if (x === null) throw new NotReplayable('no weight');
    return compareTree(await jit((value: Value) => made?.call(value) ?? value)(x), output, 'result');
  };

/** A call of an initializer. */
export function replayInitializer({ object, args = {}, output }: CallRecord): Difference | null {
  const made = initializers.deserialize(toConfig(object) as never);
  const shape = plain(args['shape'] ?? null);
  const dtype = typeof args['dtype'] === 'string' ? checkType(args['dtype']) : undefined;
  return compareTree(made.call((typeof shape === 'number' ? [shape] : shape) as never, dtype), output, 'result');
}

/** A call of a learning-rate schedule. */
export function replaySchedule({ object, args = {}, output }: CallRecord): Difference | null {
  const schedule = optimizers.schedules.deserialize(toConfig(object) as never);
  const { step = null } = args;
  const at = isArray(step) ? readArray(step).item() : plain(step);
  return compareTree(tensor(schedule.at(Number(at))), output, 'rate');
}

/** The life of a metric: updates, results and resets. */
export async function replayMetric({ object, events = [] }: CallRecord): Promise<Difference | null> {
  const metric = metrics.deserialize(toConfig(object) as never);
  const found: (Difference | null)[] = [];
  for (const event of events) {
    const work = (): Promise<Difference | null> => replayMetricEvent(metric, event);
    if (event.error === undefined) found.push(await work());
    else return worst([...found, await expectError(work)]);
  }
  return worst(found);
}

type AnyMetric = ReturnType<typeof metrics.deserialize>;

async function replayMetricEvent(metric: AnyMetric, event: RecordedEvent): Promise<Difference | null> {
  if (event.event === 'reset') metric.resetState();
  if (event.event === 'set') {
    const { variables = [] } = event;
    if (metric.variables.length !== variables.length) throw new NotReplayable('variables that are set by hand');
    for (const [i, value] of variables.entries()) metric.variables[i]?.assign(readArray(value));
  }
  if (event.event === 'update') {
    const entries = Object.entries(event.args ?? {}).map(([name, value]) => [name, asTensor(value)] as const);
    const feeds = entries.map(([, value]) => value).filter(isTensor);
    await runTraced(feeds, (values, trace) => {
      const rest = values.values();
      const given = new Map(
        entries.map(([name, value]) => [name, value === null ? null : (rest.next().value ?? null)]),
      );
      const update = metric.updateState.bind(metric) as (trace: Trace, ...args: readonly unknown[]) => void;
      const weight = given.get('sample_weight') ?? null;
      if (given.has('values')) update(trace, given.get('values'), weight);
      else update(trace, given.get('y_true'), given.get('y_pred'), weight);
      return values.slice(0, 1);
    });
  }
  if (event.event !== 'result') return null;
  const result = await runTraced([tensor(0)], (_, trace) => [metric.result(trace)].flat<Value[]>());
  return compareTree(result.length === 1 ? result[0] : result, event.value, 'result');
}

/** Runs something that Keras refuses. @returns a difference if it is accepted. */
async function expectError(work: () => Promise<unknown>): Promise<Difference | null> {
  try {
    await work();
  } catch {
    return null;
  }
  throw new Lenient();
}

/** Thrown where something is accepted that Keras refuses. */
export class Lenient extends Error {}

/** The life of an optimizer: its steps, and all state after each. */
export async function replayOptimizer(record: CallRecord): Promise<Difference | null> {
  const { object, variables: given = [], events = [], decays = [] } = record;
  // That test replaces all assignments, so that neither variables nor the counter of steps change.
  if (record.test.includes('optimizer_sparse_test')) throw new NotReplayable('assignments that the test replaces');
  if (record.iterations !== 0) throw new NotReplayable('an optimizer that has made steps');
  if (given.some(({ overwrite }) => overwrite)) throw new NoSuchArgument('variables have no overwrite_with_gradient');
  const optimizer = optimizers.get(toConfig(object) as never);
  const variables = given.map(
    ({ name, path, value }, i) => new Variable(readArray(value), { name, path: `${path}_${i}` }),
  );
  const limits = new Map<Variable, constraints.Constraint>();
  for (const [i, { constraint }] of given.entries()) {
    const variable = variables[i];
    const made = constraint === null ? null : constraints.deserialize(toConfig(constraint) as never);
    if (made !== null && variable !== undefined) limits.set(variable, made);
  }
  const excluded = variables.filter((_, i) => decays[i] === false);
  if (excluded.length > 0) optimizer.excludeFromWeightDecay({ varList: excluded });
  optimizer.build(variables);
  const found: (Difference | null)[] = [];
  for (const event of events) {
    const work = (): Promise<Difference | null> => replayStep(optimizer, variables, limits, event);
    if (event.error !== undefined) return worst([...found, await expectError(work)]);
    found.push(await work());
    if (worst(found)?.isTypeOnly === false) break;
  }
  return worst(found);
}

async function replayStep(
  optimizer: optimizers.Optimizer,
  variables: readonly Variable[],
  constraintsOf: ReadonlyMap<Variable, constraints.Constraint>,
  event: RecordedEvent,
): Promise<Difference | null> {
  const { values = [] } = event;
  if (event.event === 'set') {
    for (const [i, value] of values.entries()) variables[i]?.assign(readArray(value));
    return null;
  }
  if (event.event === 'finalize') optimizer.finalizeVariableValues();
  else {
    const rate = optimizer.learningRate;
    if (typeof rate === 'number' && event.rate !== undefined && Math.abs(event.rate - rate) > 1e-6 * rate) {
      optimizer.learningRate = event.rate;
    }
    const gradients = (event.grads ?? []).map(asTensor);
    const listed = (event.places ?? []).flatMap((place) => variables[place] ?? []);
    await optimizer.apply(gradients, listed, { constraints: constraintsOf });
  }
  const state = optimizer.variables;
  const names = (event.state ?? []).map(({ path }) => path);
  return worst([
    ...values.map((value, i) => compareArray(variables[i]?.value, value, `variable ${i}`)),
    event.state === undefined ? null : compareShape(state.length, names.length, 'the number of state variables'),
    ...(event.state ?? []).map(({ path, value }, i) =>
      ignoreType(compareArray(state[i]?.value, value, `state ${path}`)),
    ),
  ]);
}

/** Counters have other integer types. */
const ignoreType = (difference: Difference | null): Difference | null =>
  difference?.isTypeOnly === true ? null : difference;

/** A constructor that refuses its arguments. */
export function replayConstructor({ export: path = '', args = {} }: CallRecord): null {
  const parts = path.split('.').slice(1);
  const className = parts.at(-1) ?? '';
  const room = parts
    .slice(0, -1)
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], evenkeel);
  const found =
    (room as Record<string, unknown> | undefined)?.[className] ?? (evenkeel as Record<string, unknown>)[className];
  if (typeof found !== 'function') throw new Absent(className);
  if (Object.keys(args).some((name) => name.startsWith('#'))) throw new NotReplayable('arguments that do not bind');
  const config = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, plain(value)]));
  (found as unknown as { fromConfig(config: unknown): unknown }).fromConfig(config);
  return null;
}
