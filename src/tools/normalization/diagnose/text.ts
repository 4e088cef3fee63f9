import { escapeDocument } from '../../../core/escape.ts';
import { groupBy } from '../common/group-by.ts';
import type { ConcernedLayer, DiagnosedLayer, Diagnosis, DiagnosisData, FaultKind, NoteKind } from './report.ts';
import { percent } from './statistics-fault.ts';

/** The diagnosis as text. */
export function textOf(diagnosis: DiagnosisData): string {
  const { model, headline, rows, layers, findings, notes } = escapeDocument(diagnosis);
  const blocks = [...findings, ...notes].map((finding, i) => {
    const title = finding.severity === 'note' ? 'note' : `${i + 1}. ${finding.severity}`;
    const lines = [`${title}: ${finding.message}`, ...namesOf(finding), finding.advice];
    return lines.join('\n   ');
  });
  return [
    `${model}: ${headline} (${rows} rows of data).`,
    ...blocks,
    ...TABLES.map((table) => tableOf(table, layers)),
  ].join('\n\n');
}

/** The layers of a finding: those with the same detail in one line. */
export function namesOf({ layers }: Diagnosis<FaultKind | NoteKind>): readonly string[] {
  const byDetail = groupBy(layers, ({ detail }) => detail);
  return [...byDetail].map(([detail, group]) => `${namesIn(group)}${detail === '' ? '' : `: ${detail}`}`);
}

const namesIn = (group: readonly ConcernedLayer[]): string => group.map(({ layer }) => layer).join(', ');

/** A column of a table of layers. */
interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
  readonly cell: (layer: DiagnosedLayer) => string;
}

/** A table with a row for each layer. */
export interface LayerTable {
  readonly title: string;
  readonly columns: readonly Column[];
  /** The meaning of the columns. */
  readonly legend: string;
}

const left = (name: string, cell: Column['cell']): Column => ({ name, align: 'left', cell });
const right = (name: string, cell: Column['cell']): Column => ({ name, align: 'right', cell });
const ofChannels = (name: string, count: (layer: DiagnosedLayer) => number): Column =>
  right(name, (layer) => (layer.entries === 0 ? '–' : String(count(layer))));

/** The tables of the layers. */
export const TABLES: readonly LayerTable[] = [
  {
    title: 'Statistics',
    columns: [
      left('Layer', ({ layer }) => layer),
      left('Class', ({ className, frozen }) => (frozen ? `${className}, frozen` : className)),
      right('Distance', ({ statistics }) => number(statistics?.distance.median)),
      right('Maximum', ({ statistics }) => number(statistics?.distance.maximum)),
      right('Divergence', ({ statistics }) => number(statistics?.divergence.median)),
      right('Variance', ({ statistics }) => times(statistics?.varianceRatio.median)),
      right('Updates', ({ updates }) => number(updates)),
      right('Warm', ({ warmUp }) => (warmUp === null ? '–' : percent(warmUp))),
      right('Entries', ({ effectiveBatchSize }) => number(effectiveBatchSize)),
      left('Verdict', ({ verdict }) => verdict),
    ],
    legend:
      'Distance, maximum: of the data from the moving statistics, median and maximum over the channels, in standard deviations. Divergence: median, in nats. Variance: of the data, as a multiple of the moving one. Warm: 1 − momentum^updates. Entries: behind each statistic of a batch.',
  },
  {
    title: 'Channels',
    columns: [
      left('Layer', ({ layer }) => layer),
      right('Channels', ({ channels }) => String(channels)),
      ofChannels('Below ε', ({ belowEpsilon }) => belowEpsilon),
      ofChannels('Dead', ({ deadChannels }) => deadChannels.length),
      ofChannels('Saturated', ({ saturatedChannels }) => saturatedChannels.length),
      left('Input', ({ placement: { previous, followsActivation } }) =>
        [previous ?? '–', ...(followsActivation ? ['activation'] : [])].join(', '),
      ),
      left('Next activation', ({ placement }) => placement.nextActivation ?? '–'),
    ],
    legend:
      'Below ε: channels whose variance is less than epsilon. Input: the layer that computes it, and whether it is the output of an activation.',
  },
];

function tableOf({ title, columns, legend }: LayerTable, layers: readonly DiagnosedLayer[]): string {
  const head = columns.map(({ name }) => name);
  const rows = layers.map((layer) => columns.map(({ cell }) => cell(layer)));
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const [cell = '', width = 0] = [cells[i], widths[i]];
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const lines = [head, widths.map((width) => '─'.repeat(width)), ...rows].map(line);
  return [`${title}:`, '', ...lines, '', legend].join('\n');
}

function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

const times = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : `× ${number(value)}`;
