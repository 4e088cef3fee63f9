import { Command } from 'commander';
import { VERSION } from '../core/version.ts';
import type { Session } from './command.ts';
import { addConvert } from './commands/convert.ts';
import { addDemo } from './commands/demo.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addInspect } from './commands/inspect.ts';
import { addPredict } from './commands/predict.ts';
import { addSummary } from './commands/summary.ts';

/** So wide that the help reads the same in every terminal, and in the documentation. */
const HELP_WIDTH = 100;

const ENDINGS = `
Exit codes: 0 all went well; 1 it could not be done; 2 the call or a file is wrong; 130 interrupted.
What goes wrong is one line on standard error. NO_COLOR=1 turns colours off.`;

/** All commands, as the parser knows them. */
export function makeProgram(session: Session): Command {
  const { stdout } = session.io;
  const program = new Command('evenkeel')
    .description('Keras models, and what their normalization layers do.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command does and takes')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // Errors are thrown, and printed in one place.
      writeErr: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
    })
    .addHelpText('after', ENDINGS);
  for (const add of [addDemo, addSummary, addInspect, addPredict, addEvaluate, addConvert]) add(program, session);
  return program;
}
