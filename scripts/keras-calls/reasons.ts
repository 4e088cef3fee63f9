import { readFileSync } from 'node:fs';
import type { CallRecord } from './record-types.ts';
import type { Outcome } from './replay.ts';

/** Why calls of Keras's tests are refused, or have another result, here. FEATURES.md prints the reasons. */
export interface Reason {
  /** The outcomes that it explains. */
  readonly outcomes: readonly Outcome[];
  /** The kinds of records, all if it is left out. */
  readonly kinds?: readonly string[];
  /** The names of classes and functions, all if it is left out. */
  readonly names?: readonly string[];
  /** A regular expression that the message matches, and one that the object's JSON does. */
  readonly message?: string;
  readonly object?: string;
  readonly reason: string;
}

/** All reasons. */
export const reasons: readonly Reason[] = JSON.parse(
  readFileSync(new URL('reasons.json', import.meta.url), 'utf8'),
) as readonly Reason[];

/** The reason for an outcome; null if it is not explained. */
export function explanationOf({ kind, name, object }: CallRecord, outcome: Outcome, message: string): string | null {
  const found = reasons.find(
    (each) =>
      each.outcomes.includes(outcome) &&
      each.kinds?.includes(kind) !== false &&
      each.names?.includes(name) !== false &&
      (each.message === undefined || new RegExp(each.message).test(message)) &&
      (each.object === undefined || new RegExp(each.object).test(JSON.stringify(object ?? null))),
  );
  return found?.reason ?? null;
}
