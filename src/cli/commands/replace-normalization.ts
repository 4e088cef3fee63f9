import { type Command, Argument } from 'commander';
import { type ReplaceReport, type ReplacementName, replaceNormalization } from '../../tools/normalization/index.ts';
import { replacements } from '../../tools/normalization/replace/replacements.ts';
import { type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { wrongCall } from '../common/failure.ts';
import { integer, names } from '../common/options.ts';
import { escapeDocument } from '../../core/escape.ts';
import { drawTable } from '../common/table.ts';
import { type EditOptions, addEditOptions, editModel } from '../common/write-model.ts';

interface ReplaceOptions extends EditOptions {
  readonly layers?: readonly string[];
  readonly groups?: number;
}

const CONTENTS = ['model'] as const;

export function addReplaceNormalization(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'replace-normalization',
    'Replace batch normalization by another normalization, and keep the weights that mean the same.',
    [
      'evenkeel replace-normalization resnet.keras GroupNormalization -o groups.keras',
      'evenkeel replace-normalization resnet.keras GroupNormalization --groups 8 --layers bn1,bn2 -o groups.keras',
    ],
  );
  addModelOptions(
    command
      .argument('<model>', MODEL)
      .addArgument(new Argument('<class>', 'the class of the replacement').choices(Object.keys(replacements))),
  );
  addEditOptions(command, CONTENTS)
    .option('--layers <names>', 'the layers, comma-separated (default: all batch normalization)', names)
    .option('--groups <count>', 'the maximum number of groups of GroupNormalization (default: 32)', integer(1))
    .action(async (file: string, className: ReplacementName, options: ReplaceOptions) =>
      replace(session, file, className, options),
    );
}

async function replace(
  session: Session,
  file: string,
  className: ReplacementName,
  options: ReplaceOptions,
): Promise<void> {
  const { layers, groups } = options;
  if (groups !== undefined && className !== 'GroupNormalization') {
    throw wrongCall(`--groups requires GroupNormalization. Received: ${className}.`);
  }
  await editModel('replace-normalization', session, file, options, CONTENTS, (model) => {
    const made = replaceNormalization(model, className, { groups, layers });
    return { model: made, document: made.replaceReport, lines: () => linesOf(made.replaceReport) };
  });
}

function linesOf(report: ReplaceReport): readonly string[] {
  const { replaced, kept } = escapeDocument(report);
  const table = drawTable(
    ['Layer', 'Replaced by', 'Weights carried over', 'Weights dropped'],
    replaced.map(({ normalization, by, carried, dropped }) => [
      normalization,
      by,
      carried.join(', ') || '–',
      dropped.join(', ') || '–',
    ]),
    ['left', 'left', 'left', 'left'],
  );
  return [table, ...(kept.length > 0 ? [`kept: ${kept.join(', ')}`] : [])];
}
