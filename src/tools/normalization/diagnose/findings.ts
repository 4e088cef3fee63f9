import { groupBy } from '../common/group-by.ts';
import type { ConcernedLayer, Diagnosis, DiagnosedLayer, FaultKind, NoteKind } from './report.ts';
import { NOTES, REMEDIES } from './remedies.ts';
import { ACTIVITY_ENTRIES } from './thresholds.ts';

/** A finding in one layer. */
export interface Case {
  readonly kind: FaultKind;
  readonly concerned: ConcernedLayer;
  /** The effect of the remedy in this layer; null for wrong numbers. */
  readonly effect: number | null;
}

type WithoutVerdict = Omit<DiagnosedLayer, 'verdict'>;

/** Groups findings by kind, in the order of the expected effect. */
export function findingsOf(cases: readonly Case[], layers: number): readonly Diagnosis[] {
  return [...groupBy(cases, ({ kind }) => kind)]
    .map(([kind, group]): Diagnosis => {
      const { severity, message, advice } = REMEDIES[kind];
      const isBroken = group.some(({ effect }) => effect === null);
      const effect = isBroken ? null : group.reduce((sum, each) => sum + (each.effect ?? 0), 0) / layers;
      return { kind, severity, layers: group.map(({ concerned }) => concerned), message, advice, effect };
    })
    .sort((a, b) => (b.effect ?? Infinity) - (a.effect ?? Infinity) || 0);
}

/** The remedy with the largest expected effect. */
export function headlineOf([first]: readonly Diagnosis[], all: number): string {
  if (first === undefined)
    return all === 1 ? 'the normalization layer looks fine' : `all ${all} normalization layers look fine`;
  const { action, state } = REMEDIES[first.kind];
  const count = first.layers.length;
  return `${action}: ${count} of ${all} ${all === 1 ? 'layer' : 'layers'} ${state(count)}`;
}

/** The facts that need no action. */
export function notesOf(layers: readonly WithoutVerdict[], rows: number): readonly Diagnosis<NoteKind>[] {
  const note = (
    kind: NoteKind,
    condition: (layer: WithoutVerdict) => boolean,
    detail: (layer: WithoutVerdict) => string = () => '',
  ): Diagnosis<NoteKind> => ({
    ...{ kind, severity: 'note', effect: 0, ...NOTES[kind] },
    layers: layers.filter(condition).map((layer) => ({ layer: layer.layer, channels: [], detail: detail(layer) })),
  });
  return [
    note('frozen', ({ frozen }) => frozen),
    note(
      'useless-bias',
      ({ placement }) => placement.uselessBias !== null,
      ({ placement }) => placement.uselessBias ?? '',
    ),
    note(
      'noise-before',
      ({ placement, statistics }) => statistics !== null && placement.noiseBefore.length > 0,
      ({ placement }) => placement.noiseBefore.join(', '),
    ),
    note('no-data', ({ entries }) => entries === 0),
    note('little-data', ({ entries }) => entries > 0 && rows < ACTIVITY_ENTRIES),
  ].filter((each) => each.layers.length > 0);
}
