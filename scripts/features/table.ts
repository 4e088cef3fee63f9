import { readFileSync } from 'node:fs';
import type { Signatures } from './accepted.ts';
import { configDifferences } from './configs.ts';
import { counterpartOf, knowsAlias } from './exports.ts';
import { type Feature, isMember, keyOf } from './inventory.ts';
import { passedOtherwise } from './members.ts';
import { abstractClasses, limits, meantDifferences } from './limits.ts';

/** Feature → test file → how many of its tests count for the feature. */
export type Evidence = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type State = 'works' | 'partly' | 'untested' | 'absent';

export interface Row {
  readonly feature: Feature;
  readonly state: State;
  /** What is missing, each in a few words. */
  readonly lacks: readonly string[];
  /** What differs on purpose. */
  readonly remarks: readonly string[];
  /** How many tests count for it. */
  readonly tests: number;
}

/** What `npm run features` noted of the tests that passed. */
export function readEvidence(): Evidence {
  return JSON.parse(readFileSync(new URL('evidence.json', import.meta.url), 'utf8')) as Evidence;
}

/** Each feature with what the code and the tests say of it. */
export function makeTable(inventory: readonly Feature[], evidence: Evidence, signatures: Signatures): readonly Row[] {
  return inventory.map((feature) => makeRow(feature, evidence, signatures));
}

function makeRow(feature: Feature, evidence: Evidence, signatures: Signatures): Row {
  const key = keyOf(feature);
  const counterpart = counterpartOf(feature);
  if (counterpart === null) return { feature, state: 'absent', lacks: [], remarks: [], tests: 0 };
  const tests = Object.values(evidence[key] ?? {}).reduce((sum, count) => sum + count, 0);
  const otherwise = passedOtherwise[key] ?? {};
  const missing = signatures.missing(feature, counterpart).filter((name) => !Object.hasOwn(otherwise, name));
  const different = abstractClasses.has(key) ? [] : configDifferences(feature, counterpart);
  const meant = meantDifferences[key] ?? {};
  const lacks = [
    ...listed('not taken', missing),
    ...listed('another default', signatures.otherDefaults(feature, counterpart)),
    ...listed(
      'config differs',
      different.filter((name) => !Object.hasOwn(meant, name)),
    ),
    ...listed(
      'no alias',
      (feature.aliases ?? []).filter((alias) => !knowsAlias(feature, alias)),
    ),
    ...(limits[key] ?? []).map((limit) => limit.lacks),
  ];
  const state = lacks.length > 0 ? 'partly' : tests > 0 || isMember(feature) ? 'works' : 'untested';
  const passed = Object.entries(otherwise).map(([name, how]) => `\`${name}\`: ${how}`);
  return { feature, state, lacks, remarks: [...Object.values(meant), ...passed], tests };
}

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${quoted(names)}`];
}
