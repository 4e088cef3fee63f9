import { constraints, initializers, losses, metrics, optimizers, regularizers } from 'evenkeel';
import type { Difference } from './compare.ts';
import { hasLayer } from './objects.ts';
import { findFunction, replayFunction } from './players/functions.ts';
import {
  Mismatch,
  replayAdapt,
  replayLayer,
  replayShape,
  replaySymbolicLayer,
  replayTraining,
} from './players/layers.ts';
import {
  Lenient,
  replayConstructor,
  replayInitializer,
  replayLoss,
  replayMetric,
  replayOptimizer,
  replaySchedule,
  replayWeightFunction,
} from './players/objects.ts';
import { Absent, type CallRecord, NoSuchArgument, NotReplayable } from './record-types.ts';
import { explanationOf } from './reasons.ts';
import { NoSuchType } from './values.ts';

/**
 * The outcome of a replayed call.
 *
 * - equal: the same numbers, or an error where Keras has one
 * - differs: other numbers or shapes; type: the same numbers in another dtype; lenient: accepted where Keras refuses
 * - refused: an error where Keras has none; crash: an error that is not one of evenkeel's own
 * - explained: one of the four above, for a reason in reasons.json
 * - absent: evenkeel has no such class or function; unavailable: the call cannot be made outside of Python
 */
export type Outcome =
  'equal' | 'differs' | 'type' | 'lenient' | 'refused' | 'crash' | 'explained' | 'absent' | 'unavailable';

/** The outcome of a record, with what was seen. */
export interface Replayed {
  readonly outcome: Outcome;
  readonly message: string;
  readonly record: CallRecord;
}

type Player = (record: CallRecord) => Difference | null | Promise<Difference | null>;

const players: Readonly<Record<string, Player>> = {
  layer: replayLayer,
  layer_symbolic: replaySymbolicLayer,
  layer_shape: replayShape,
  layer_adapt: replayAdapt,
  layer_train: replayTraining,
  init_error: replayConstructor,
  loss: replayLoss,
  metric: replayMetric,
  regularizer: replayWeightFunction(regularizers),
  constraint: replayWeightFunction(constraints),
  initializer: replayInitializer,
  schedule: replaySchedule,
  optimizer: replayOptimizer,
  op: replayFunction,
  op_symbolic: replayFunction,
  loss_fn: replayFunction,
  metric_fn: replayFunction,
  activation: replayFunction,
};

const rooms: Readonly<Record<string, object>> = {
  loss: losses,
  metric: metrics,
  regularizer: regularizers,
  constraint: constraints,
  initializer: initializers,
  optimizer: optimizers,
  schedule: optimizers.schedules,
};

/** Whether evenkeel has the class or the function of a record. */
function exists(record: CallRecord): boolean {
  const { kind, name } = record;
  if (kind.startsWith('layer')) return hasLayer(name);
  const room = rooms[kind];
  if (room !== undefined) return Object.hasOwn(room, name);
  return kind === 'init_error' || findFunction(record) !== undefined;
}

/** Errors that are not evenkeel's own: a fault of it. */
const CRASH =
  /InternalError|is not a function|is not iterable|Cannot read prop|undefined is|is undefined|engine failed/;

/** Makes a recorded call again, and compares. */
export async function replay(record: CallRecord): Promise<Replayed> {
  const result = (outcome: Outcome, message = ''): Replayed => {
    const reason = explanationOf(record, outcome, message);
    return reason === null ? { outcome, message, record } : { outcome: 'explained', message: reason, record };
  };
  if (!exists(record)) return result('absent', record.name);
  if (record.unencodable !== undefined) return result('unavailable', record.unencodable);
  const player = players[record.kind];
  if (player === undefined) return result('unavailable', `calls of kind ${record.kind}`);
  try {
    const difference = await player(record);
    if (record.error !== undefined) return result('lenient', `Keras: ${record.error.type}: ${record.error.message}`);
    if (difference === null) return result('equal');
    return result(difference.isTypeOnly ? 'type' : 'differs', difference.message);
  } catch (error) {
    return result(...classify(error, record));
  }
}

function classify(error: unknown, record: CallRecord): readonly [Outcome, string] {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (error instanceof Absent) return ['absent', error.message];
  if (error instanceof NotReplayable || error instanceof NoSuchType) return ['unavailable', error.message];
  if (error instanceof Mismatch) return ['differs', error.message];
  if (error instanceof Lenient) return ['lenient', 'Keras refuses one of the calls'];
  if (error instanceof NoSuchArgument) return [record.error === undefined ? 'refused' : 'unavailable', error.message];
  if (CRASH.test(message)) return ['crash', message];
  return [record.error === undefined ? 'refused' : 'equal', message];
}
