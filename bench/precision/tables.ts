import { markdownTable } from '../markdown.ts';
import { median } from '../numbers.ts';
import { type ErrorSize, type Errors, type PrecisionCase, UNIT_ROUNDOFF, cases, versions } from './problems.ts';

export interface PrecisionTable {
  readonly layer: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Measured = ReadonlyMap<PrecisionCase, Errors>;

const libraries: Readonly<Record<string, string>> = {
  'keras.tensorflow': 'Keras on TensorFlow',
  'keras.jax': 'Keras on JAX',
  'keras.torch': 'Keras on PyTorch',
  torch: 'PyTorch',
  'torch.channels_last': 'PyTorch, channels_last',
};

/** The cases of each layer. */
const layers = new Map<string, readonly PrecisionCase[]>();
for (const given of cases) layers.set(given.layer, [...(layers.get(given.layer) ?? []), given]);

const show = (size: ErrorSize | null): string =>
  size === null ? 'not finite' : size.rms === 0 ? '0' : size.rms.toExponential(1);

/** A table for each layer: root mean square errors, a row for each quantity of each case. */
export function precisionTables(measured: Measured): readonly PrecisionTable[] {
  return [...layers].map(([layer, own]) => {
    const present = Object.keys(libraries).filter((library) => own.some(({ errors }) => library in errors));
    const header = ['input', 'quantity', 'evenkeel', ...present.map((library) => libraries[library]!)];
    const rows = own.flatMap((given) =>
      Object.keys(given.truthRms).map((quantity, i) => {
        const others = present.map((library) => given.errors[library]?.[quantity]);
        const cells = others.map((size) => (size === undefined ? '–' : show(size)));
        return [i === 0 ? given.name : '', quantity, show(measured.get(given)![quantity]!), ...cells];
      }),
    );
    return { layer, header, rows };
  });
}

/** The error for ratios: at least that of one rounding; infinite if a number is not finite. */
const sizeOf = (size: ErrorSize | null): number => (size === null ? Infinity : Math.max(size.rms, UNIT_ROUNDOFF));
const ratio = (error: number, other: number): number => (error === other ? 1 : error / other);
const round = (value: number): string => (value < 0.1 ? value.toExponential(0) : value.toPrecision(2));

/** For each layer, the ratios of evenkeel's errors to those of the best and of the worst of the other libraries. */
function summary(measured: Measured): string {
  const rows = [...layers].map(([layer, own]) => {
    const best: number[] = [];
    const worst: number[] = [];
    for (const given of own) {
      for (const quantity of Object.keys(given.truthRms)) {
        const others = Object.values(given.errors).flatMap((errors) =>
          errors[quantity] === undefined ? [] : [sizeOf(errors[quantity])],
        );
        const ours = sizeOf(measured.get(given)![quantity]!);
        best.push(ratio(ours, Math.min(...others)));
        worst.push(ratio(ours, Math.max(...others)));
      }
    }
    return [layer, ...[median(best), Math.max(...best), median(worst), Math.max(...worst)].map(round)];
  });
  return markdownTable(['', 'best, median', 'best, most', 'worst, median', 'worst, most'], rows);
}

/** The part of docs/precision.md between the markers. */
export function precisionMarkdown(measured: Measured): string {
  const libraries = ['keras', 'tensorflow', 'jax', 'torch'].map((name) => `${name} ${versions[name]}`).join(', ');
  const sections = precisionTables(measured).map(
    ({ layer, header, rows }) => `## ${layer}\n\n${markdownTable(header, rows)}`,
  );
  const head = `The other libraries: ${libraries}.`;
  return [head, '## Summary', `evenkeel's error divided by that of others:`, summary(measured), ...sections].join(
    '\n\n',
  );
}
