import { Command } from 'commander';
import { VERSION } from '../core/version.ts';
import type { Session } from './common/command.ts';
import { addConvert } from './commands/convert.ts';
import { addDemo } from './commands/demo.ts';
import { addDiagnose } from './commands/diagnose.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addFreeze, addUnfreeze } from './commands/freeze.ts';
import { addInspect } from './commands/inspect.ts';
import { addNew } from './commands/new.ts';
import { addPredict } from './commands/predict.ts';
import { addAdapt, addRecalibrate } from './commands/recalibrate.ts';
import { addReplaceNormalization } from './commands/replace-normalization.ts';
import { addSummary } from './commands/summary.ts';

/** A fixed width, so that the help is the same in every terminal and in the documentation. */
const HELP_WIDTH = 100;

const EPILOGUE = `
Exit codes: 0 success; 1 operation failed; 2 invalid usage or input; 130 interrupted.
Errors are one line on standard error. NO_COLOR=1 disables colors.`;

/** Makes the parser of all commands. */
export function makeProgram(session: Session): Command {
  const { stdout } = session.io;
  const program = new Command('evenkeel')
    .description('Describe, run and convert Keras models, and examine and change their normalization layers.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print the description and the options of a command')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // Errors are thrown, and printed in run.ts.
      writeErr: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
    })
    .addHelpText('after', EPILOGUE);
  const commands = [
    ...[addNew, addDemo, addSummary, addInspect, addDiagnose, addPredict, addEvaluate, addConvert],
    ...[addRecalibrate, addAdapt, addFreeze, addUnfreeze, addReplaceNormalization],
  ];
  for (const add of commands) add(program, session);
  return program;
}
