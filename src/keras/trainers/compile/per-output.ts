import { own } from '../../../core/own.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { isRecord } from '../../../core/config.ts';
import { functionName, isIdentifier } from '../../saving/registry.ts';
import { unknownName } from '../../../core/checks.ts';

/** The outputs that losses and metrics are assigned to. */
export interface Outputs {
  readonly count: number;
  /** Their names; `null` if they have none. */
  readonly names: readonly string[] | null;
}

const isNamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) &&
  !isIdentifier(value) &&
  functionName(value) === null &&
  Object.getPrototypeOf(value) === Object.prototype;

/**
 * Expands one entry for all outputs, a list or a record to one entry for each output.
 * @throws ValueError if a list has another length; TypeError if a record names no output.
 */
export function perOutput(who: string, argument: string, given: unknown, outputs: Outputs): readonly unknown[] {
  if (Array.isArray(given)) {
    if (given.length === outputs.count) return given;
    throw new ValueError(
      `[${who}] compile: ${argument} must have an entry for each of the ${outputs.count} outputs. Received: ${show(given)}.`,
    );
  }
  if (isNamed(given)) return fromRecord(who, argument, given, outputs);
  return Array.from({ length: outputs.count }, () => given ?? null);
}

function fromRecord(
  who: string,
  argument: string,
  given: Readonly<Record<string, unknown>>,
  outputs: Outputs,
): readonly unknown[] {
  const names = outputs.names;
  if (names === null) {
    throw new ValueError(
      `[${who}] compile: ${argument} can only be a record if the outputs have names. Received: ${show(Object.keys(given))}.`,
    );
  }
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) throw unknownName(who, `output in ${argument}`, name, names);
  }
  return names.map((name) => own(given, name) ?? null);
}

/** @throws TypeError if the metrics are neither a list nor a record. */
export function checkMetricsForm(who: string, argument: string, given: unknown): void {
  if (given === null || given === undefined || Array.isArray(given) || isNamed(given)) return;
  throw new TypeError(`[${who}] compile: ${argument} must be a list or a record of metrics. Received: ${show(given)}.`);
}

/** The metrics of each output. With a single output, a list contains its metrics, nested or not. */
export function metricsPerOutput(
  who: string,
  argument: string,
  given: unknown,
  outputs: Outputs,
): readonly (readonly unknown[])[] {
  if (given === null || given === undefined) return Array.from({ length: outputs.count }, () => []);
  if (outputs.count === 1 && Array.isArray(given)) return [given.flat().filter((entry) => entry !== null)];
  return perOutput(who, argument, given, outputs).map((entry) =>
    entry === null ? [] : Array.isArray(entry) ? (entry as unknown[]) : [entry],
  );
}

/** All losses or metrics in an option, at any depth. */
export function leavesOf(given: unknown): readonly unknown[] {
  if (given === null || given === undefined) return [];
  if (Array.isArray(given)) return given.flatMap(leavesOf);
  if (isNamed(given)) return Object.values(given).flatMap(leavesOf);
  return [given];
}

/** The same structure with every loss or metric replaced. */
export function mapLeaves(given: unknown, write: (leaf: unknown) => unknown): unknown {
  if (given === null || given === undefined) return null;
  if (Array.isArray(given)) return given.map((entry) => mapLeaves(entry, write));
  if (isNamed(given)) {
    return Object.fromEntries(Object.entries(given).map(([key, entry]) => [key, mapLeaves(entry, write)]));
  }
  return write(given);
}
