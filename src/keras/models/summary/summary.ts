import { byteSize } from '../../../core/dtype.ts';
import { escapeLine } from '../../../core/escape.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkInteger, checkOptions } from '../../../core/checks.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import { Layer } from '../../layers/base/layer.ts';
import { namedLayers } from '../../layers/base/named-layers.ts';
import type { Operation } from '../../ops/base/operation.ts';
import { type Column, drawTable } from './table.ts';

/** Prints a string, such as a summary. @default the console */
export type PrintFunction = (text: string) => void;

/** The rows of a summary. */
export interface SummaryRows {
  readonly layers: readonly (Layer | Operation)[];
  /** The origin of each layer's inputs; `null` if the layers form a chain. */
  readonly connections: ReadonlyMap<Layer | Operation, string> | null;
}

/** The content of a summary. */
export interface SummarySource extends SummaryRows {
  readonly name: string;
  readonly who: string;
  readonly trainableWeights: readonly Variable[];
  readonly nonTrainableWeights: readonly Variable[];
  /** The state of the optimizer; `null` before it is built. */
  readonly optimizerVariables: readonly Variable[] | null;
}

/** Options of `summary`. */
export interface SummaryOptions {
  /** Characters in a line. @default the width of the terminal, at most 88; 108 if layers branch; 12 more with `showTrainable` */
  readonly lineLength?: number | undefined;
  /** The end of each column as a fraction of the line. @default [0.45, 0.8, 1], or [0.3, 0.56, 0.74, 1] if layers branch */
  readonly positions?: readonly number[] | undefined;
  /** Whether to show the layers of nested models. @default false */
  readonly expandNested?: boolean | undefined;
  /** Whether to show which layers are trainable. @default false */
  readonly showTrainable?: boolean | undefined;
  /** The first and the last layer to show, as names or regular expressions. @default all layers */
  readonly layerRange?: readonly [string, string] | null | undefined;
}

const OPTIONS = ['lineLength', 'positions', 'printFn', 'expandNested', 'showTrainable', 'layerRange'];

/** @throws TypeError if an option is unknown; ValueError if one does not fit. */
export function checkSummaryOptions(who: string, options: SummaryOptions): void {
  checkOptions(who, options, OPTIONS);
  if (options.lineLength !== undefined) checkInteger(who, 'lineLength', options.lineLength, 1);
}

const POSITIONS = [0.45, 0.8, 1];
/** The positions with a column for the origin of the inputs. */
const POSITIONS_CONNECTED = [0.3, 0.56, 0.74, 1];

/** Returns a summary: a table of layers, then the numbers of parameters. */
export function summaryText(source: SummarySource, options: SummaryOptions, terminalColumns: number): string {
  const showTrainable = options.showTrainable ?? false;
  const connected = source.connections !== null;
  const ends = options.positions ?? (connected ? POSITIONS_CONNECTED : POSITIONS);
  const positions = showTrainable ? [...ends.map((end) => end * 0.9), 1] : ends;
  const widest = (connected ? 108 : 88) + (showTrainable ? 12 : 0);
  const lineLength = options.lineLength ?? Math.min(widest, terminalColumns - 4);
  const columns = makeColumns(source, positions, lineLength, showTrainable);
  const rows = selectLayers(source, options.layerRange ?? null).flatMap((layer) => rowsOf(source, layer, options, 0));
  return [
    `Model: "${escapeLine(source.name)}"`,
    ...drawTable(columns, rows, lineLength),
    ...countLines(source),
    ...frozenLine(source),
  ].join('\n');
}

function makeColumns(
  { who, connections }: SummarySource,
  positions: readonly number[],
  lineLength: number,
  showTrainable: boolean,
): Column[] {
  let used = 0;
  const widths = positions.map((end) => {
    const width = Math.trunc(end * lineLength) - used;
    used += width;
    if (width < 4) {
      throw new ValueError(`[${who}] summary needs wider lines. Received: lineLength=${lineLength}.`);
    }
    return width;
  });
  const heads: readonly Omit<Column, 'width'>[] = [
    { header: 'Layer (type)', align: 'left' },
    { header: 'Output Shape', align: 'left' },
    { header: 'Param #', align: 'right' },
    ...(connections === null ? [] : [{ header: 'Connected to', align: 'left' } as const]),
    ...(showTrainable ? [{ header: 'Trainable', align: 'center' } as const] : []),
  ];
  if (heads.length !== widths.length) {
    throw new ValueError(
      `[${who}] summary needs a position for each of ${connections === null ? 3 : 4} columns. Received: ${show(positions)}.`,
    );
  }
  return heads.map((head, i) => ({ ...head, width: widths[i] ?? 0 }));
}

function rowsOf(source: SummarySource, layer: Layer | Operation, options: SummaryOptions, depth: number): string[][] {
  const prefix = depth === 0 ? '' : `${'   '.repeat(depth)}└ `;
  const weights = layer instanceof Layer ? layer.weights : [];
  const isUnbuilt = layer instanceof Layer && !layer.built;
  const row = [
    `${prefix}${escapeLine(`${layer.name} (${layer.className})`)}`,
    showOutput(layer),
    isUnbuilt ? '0 (unbuilt)' : count(weights).toLocaleString('en-US'),
  ];
  if (source.connections !== null) row.push(escapeLine(source.connections.get(layer) ?? '-'));
  if (options.showTrainable === true)
    row.push(weights.length === 0 ? '-' : layer instanceof Layer && layer.trainable ? 'Y' : 'N');
  const inner = options.expandNested === true && 'layers' in layer ? (layer.layers as readonly Layer[]) : [];
  return [row, ...inner.flatMap((child) => rowsOf(source, child, options, depth + 1))];
}

/** The frozen layers that would otherwise normalize by the batch in training; Keras does not print them. */
function frozenLine({ layers }: SummarySource): string[] {
  const frozen = namedLayers(layers.filter((layer) => layer instanceof Layer)).filter(
    ({ layer }) => !layer.trainable && layer.normalizationParts?.momentum !== undefined,
  );
  return frozen.length === 0 ? [] : [` Frozen normalization: ${frozen.map(({ name }) => escapeLine(name)).join(', ')}`];
}

/** The output shape of a layer's last symbolic call, or for the shape that it was built with. */
function showOutput(layer: Layer | Operation): string {
  const [first, ...others] = (layer.inboundNodes.at(-1)?.outputs ?? []).map(({ shape }) => showAsTuple(shape));
  if (first !== undefined) return others.length === 0 ? first : `[${[first, ...others].join(', ')}]`;
  const shape = layer instanceof Layer ? layer.builtShape : null;
  return layer instanceof Layer && Array.isArray(shape) && layer.built
    ? showAsTuple(layer.computeOutputShape(shape))
    : '?';
}

/** Formats a shape as Python does: `(None, 10)`. */
function showAsTuple(shape: Shape): string {
  return `(${shape.map((size) => size ?? 'None').join(', ')})`;
}

function selectLayers(source: SummarySource, range: readonly [string, string] | null): readonly (Layer | Operation)[] {
  if (range === null) return source.layers;
  const matches = (pattern: string): number[] => {
    const expression = new RegExp(`^(?:${pattern})`);
    return source.layers.flatMap((layer, i) => (expression.test(layer.name) ? [i] : []));
  };
  const [first, last] = [matches(range[0]), matches(range[1])];
  if (first.length === 0 || last.length === 0) {
    throw new ValueError(
      `[${source.who}] summary: layerRange must name layers of the model. Received: ${show(range)}.`,
    );
  }
  const [from, to] = [Math.min(...first), Math.max(...last)];
  return from <= to
    ? source.layers.slice(from, to + 1)
    : source.layers.slice(Math.min(...last), Math.max(...first) + 1);
}

function countLines(source: SummarySource): string[] {
  const { trainableWeights, nonTrainableWeights, optimizerVariables } = source;
  const line = (label: string, variables: readonly Variable[]): string =>
    ` ${label} params: ${count(variables).toLocaleString('en-US')} (${readableSize(bytes(variables))})`;
  return [
    line('Total', [...trainableWeights, ...nonTrainableWeights, ...(optimizerVariables ?? [])]),
    line('Trainable', trainableWeights),
    line('Non-trainable', nonTrainableWeights),
    ...(optimizerVariables === null ? [] : [line('Optimizer', optimizerVariables)]),
  ];
}

function count(variables: readonly Variable[]): number {
  return variables.reduce((sum, variable) => sum + variable.size, 0);
}

function bytes(variables: readonly Variable[]): number {
  return variables.reduce((sum, variable) => sum + variable.size * byteSize(variable.dtype), 0);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Formats a size in bytes: `217.91 KB`. */
export function readableSize(size: number): string {
  let scaled = size;
  let unit = 0;
  while (scaled >= 1024 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${scaled.toFixed(2)} ${UNITS[unit] ?? ''}`;
}
