import type { Command } from 'commander';
import { escapeLine } from '../../core/escape.ts';
import { freezeBatchNormalization, unfreezeBatchNormalization } from '../../tools/normalization/index.ts';
import { type Session, addCommand, addModelOptions, MODEL } from '../common/command.ts';
import { names } from '../common/options.ts';
import { type EditOptions, addEditOptions, editModel } from '../common/write-model.ts';

interface FreezeOptions extends EditOptions {
  readonly layers?: readonly string[];
}

const CONTENTS = ['model'] as const;

export function addFreeze(program: Command, session: Session): void {
  const command = addCommand(
    program,
    'freeze',
    'Freeze batch normalization: in training it uses its moving statistics, and does not change.',
    ['evenkeel freeze resnet.keras -o frozen.keras', 'evenkeel freeze resnet.keras --layers bn1,bn2 -o frozen.keras'],
  );
  addFreezeOptions(command, session, 'frozen', freezeBatchNormalization);
}

export function addUnfreeze(program: Command, session: Session): void {
  const command = addCommand(program, 'unfreeze', 'Undo freeze.', ['evenkeel unfreeze frozen.keras -o resnet.keras']);
  addFreezeOptions(command, session, 'unfrozen', unfreezeBatchNormalization);
}

function addFreezeOptions(
  command: Command,
  session: Session,
  state: 'frozen' | 'unfrozen',
  change: typeof freezeBatchNormalization,
): void {
  addModelOptions(command.argument('<model>', MODEL));
  addEditOptions(command, CONTENTS)
    .option('--layers <names>', 'the layers, comma-separated (default: all batch normalization)', names)
    .action(async (file: string, options: FreezeOptions) =>
      editModel(command.name(), session, file, options, CONTENTS, (model) => {
        const layers = change(model, { layers: options.layers ?? null });
        // The state of the optimizer is that of other weights.
        if (layers.length > 0 && model.compiled) model.compileFromConfig(model.getCompileConfig());
        const lines = layers.map((name) => `${state}: ${escapeLine(name)}`);
        return {
          model,
          document: { layers },
          lines: () => (lines.length > 0 ? lines : [`Batch normalization was ${state} before.`]),
        };
      }),
    );
}
