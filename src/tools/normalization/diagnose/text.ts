import { groupBy } from '../common/group-by.ts';
import type { ConcernedLayer, DiagnosedLayer, Diagnosis, DiagnosisData, FaultKind, NoteKind } from './report.ts';

/** The diagnosis as text. */
export function textOf({ model, headline, rows, layers, findings, notes }: DiagnosisData): string {
  const blocks = [...findings, ...notes].map((finding, i) => {
    const title = finding.severity === 'note' ? 'note' : `${i + 1}. ${finding.severity}`;
    const lines = [`${title}: ${finding.message}`, ...namesOf(finding), finding.advice];
    return lines.join('\n   ');
  });
  return [`${model}: ${headline} (${rows} rows of data).`, ...blocks, tableOf(layers)].join('\n\n');
}

/** The layers of a finding: those with the same detail in one line. */
export function namesOf({ layers }: Diagnosis<FaultKind | NoteKind>): readonly string[] {
  const byDetail = groupBy(layers, ({ detail }) => detail);
  return [...byDetail].map(([detail, group]) => `${namesIn(group)}${detail === '' ? '' : `: ${detail}`}`);
}

const namesIn = (group: readonly ConcernedLayer[]): string => group.map(({ layer }) => layer).join(', ');

/** The columns of the table of layers. */
export const COLUMNS: readonly (readonly [string, (layer: DiagnosedLayer) => string])[] = [
  ['Layer', ({ layer }) => layer],
  ['Class', ({ className, frozen }) => (frozen ? `${className}, frozen` : className)],
  ['Distance', ({ statistics }) => number(statistics?.distance.median)],
  ['Maximum', ({ statistics }) => number(statistics?.distance.maximum)],
  ['Variance', ({ statistics }) => times(statistics?.varianceRatio.median)],
  ['Warm', ({ warmUp }) => (warmUp === null ? '–' : `${Math.floor(100 * warmUp)} %`)],
  ['Entries', ({ effectiveBatchSize }) => number(effectiveBatchSize)],
  ['Dead', ({ deadChannels, channels }) => share(deadChannels.length, channels)],
  ['Saturated', ({ saturatedChannels, channels }) => share(saturatedChannels.length, channels)],
  ['Verdict', ({ verdict }) => verdict],
];

const LEGEND = [
  'Distance, Maximum: of the data from the moving statistics, median and maximum over the channels, in standard deviations.',
  'Variance: of the data, as a multiple of the moving one. Warm: 1 − momentum^updates. Entries: behind each statistic of a batch.',
];

function tableOf(layers: readonly DiagnosedLayer[]): string {
  const head = COLUMNS.map(([name]) => name);
  const rows = layers.map((layer) => COLUMNS.map(([, cell]) => cell(layer)));
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isLeft = (i: number): boolean => i < 2 || i === head.length - 1;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isLeft(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [...[head, widths.map((width) => '─'.repeat(width)), ...rows].map(line), '', ...LEGEND].join('\n');
}

function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

const times = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : `× ${number(value)}`;

const share = (count: number, all: number): string => (count === 0 ? '0' : `${count} of ${all}`);
