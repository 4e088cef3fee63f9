import type { Command } from 'commander';
import { escapeDocument } from '../../core/escape.ts';
import {
  type InspectedNormalization,
  type NormalizationReport,
  type NormalizationVerdict,
  type Severity,
  type WeightRange,
  inspectNormalization,
} from '../../tools/normalization/index.ts';
import { type ModelOptions, type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { Failure, EXIT } from '../common/failure.ts';
import { readModel } from '../common/read-model.ts';
import { type Colors, brief } from '../common/style.ts';
import { drawTable } from '../common/table.ts';

interface InspectOptions extends ModelOptions {
  readonly strict?: boolean;
}

export function addInspect(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'inspect',
    'Inspect the normalization layers of a model: their statistics, suspicious values, and remedies.',
    ['evenkeel inspect digits.keras', 'evenkeel inspect digits.keras --strict --json > report.json'],
  );
  addModelOptions(command.argument('<model>', MODEL))
    .option('--strict', 'exit with code 1 if a layer is suspicious or broken')
    .action(async (file: string, options: InspectOptions) => {
      const model = await readModel(file, options, 'unused');
      const report = inspectNormalization(model);
      session.report(
        options.json,
        () => report,
        () => textOf(escapeDocument(report), session.colors),
      );
      if (options.strict === true && report.verdict !== 'fine') {
        const count = report.layers.filter(({ verdict }) => verdict !== 'fine').length;
        throw new Failure(
          EXIT.failed,
          `${count} of ${report.layers.length} normalization ${report.layers.length === 1 ? 'layer' : 'layers'} of ${report.model} need attention.`,
        );
      }
    });
}

function textOf({ model, verdict, layers }: NormalizationReport, colors: Colors): string {
  if (layers.length === 0) return `${model} has no normalization layers.`;
  const head = ['Layer', 'Class', 'Weight', 'Shape', 'Minimum', 'Mean', 'Maximum', 'Verdict'];
  const rows = layers.flatMap((layer) => rowsOf(layer, colors));
  const table = drawTable(head, rows, ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left']);
  const findings = groupFindings(layers).map(({ severity, advice, cases }) => {
    const lines = cases.map(({ layer, message }) => `${colors.bold(layer)}: ${message}`);
    return `${paint(severity, colors)} ${lines.join('\n    ')}\n    ${advice}`;
  });
  return [table, ...findings, `${colors.bold('Verdict')}: ${sentence(verdict, layers)}`].join('\n\n');
}

function rowsOf({ layer, className, weights, verdict }: InspectedNormalization, colors: Colors): string[][] {
  const ranges: readonly (WeightRange | null)[] = weights.length === 0 ? [null] : weights;
  return ranges.map((weight, i) => [
    ...(i === 0 ? [layer, className] : ['', '']),
    ...(weight === null
      ? ['–', '', '', '', '']
      : [weight.name, `[${weight.shape.join(', ')}]`, ...[weight.minimum, weight.mean, weight.maximum].map(brief)]),
    i === 0 ? paintVerdict(verdict, colors) : '',
  ]);
}

function paintVerdict(verdict: NormalizationVerdict, colors: Colors): string {
  return { fine: colors.green, suspicious: colors.yellow, broken: colors.red }[verdict](verdict);
}

/** Findings with the same advice, which is said once, with the layers that it is for. */
interface FindingGroup {
  readonly severity: Severity;
  readonly advice: string;
  readonly cases: readonly { readonly layer: string; readonly message: string }[];
}

function groupFindings(layers: readonly InspectedNormalization[]): readonly FindingGroup[] {
  const groups = new Map<string, { severity: Severity; advice: string; cases: Map<string, string[]> }>();
  for (const { layer, findings } of layers) {
    for (const { severity, message, advice } of findings) {
      const key = `${severity} ${advice}`;
      const group = groups.get(key) ?? { severity, advice, cases: new Map<string, string[]>() };
      group.cases.set(message, [...(group.cases.get(message) ?? []), layer]);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ severity, advice, cases }) => ({
    ...{ severity, advice },
    cases: [...cases].map(([message, names]) => ({ layer: names.join(', '), message })),
  }));
}

function paint(severity: Severity, colors: Colors): string {
  return { note: colors.cyan, suspicious: colors.yellow, broken: colors.red }[severity](severity);
}

function sentence(verdict: NormalizationVerdict, layers: readonly InspectedNormalization[]): string {
  const all = layers.length === 1 ? 'the one normalization layer' : `all ${layers.length} normalization layers`;
  if (verdict === 'fine') return `${all} ${layers.length === 1 ? 'looks' : 'look'} fine.`;
  const count = (wanted: NormalizationVerdict): number => layers.filter((layer) => layer.verdict === wanted).length;
  const parts = (['broken', 'suspicious', 'fine'] as const)
    .map((each) => [count(each), each] as const)
    .filter(([number]) => number > 0)
    .map(([number, each]) => `${number} ${each}`);
  return `of ${layers.length === 1 ? 'one normalization layer' : `${layers.length} normalization layers`}, ${parts.join(', ')}.`;
}
