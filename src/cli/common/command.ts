import type { Command } from 'commander';
import { escapeControls } from '../../core/escape.ts';
import { oneLine } from './failure.ts';
import type { Io } from './io.ts';
import { type Colors, colorsFor, escapeAllButColors } from './style.ts';

/** The environment of a command. */
export interface Session {
  readonly io: Io;
  /** Colors for standard output. */
  readonly colors: Colors;
  /** Prints the result: one JSON document if requested, otherwise text. */
  report(json: boolean | undefined, document: () => unknown, text: () => string): void;
  /** Prints a remark of one line on standard error. */
  note(text: string): void;
}

export function openSession(io: Io): Session {
  return {
    io,
    colors: colorsFor(io.stdout, io.env),
    report: (json, document, text) => {
      // The escapes of control characters are also escapes of JSON.
      const output = json === true ? escapeControls(JSON.stringify(document())) : escapeAllButColors(text());
      io.stdout.write(`${output}\n`);
    },
    note: (text) => {
      io.stderr.write(`evenkeel: ${oneLine(text)}\n`);
    },
  };
}

/** Adds a command with the parts common to all: `--json`, and examples below its help. */
export function addCommand(program: Command, name: string, description: string, examples: readonly string[]): Command {
  return program
    .command(name)
    .description(description)
    .option('--json', 'print one JSON document, for scripts')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}

/** Options for reading a model. */
export interface ModelOptions {
  readonly custom?: string;
  readonly weights?: string;
  readonly json?: boolean;
}

/** The description of an argument that is the file of a model. */
export const MODEL = 'a model: .keras, .h5 of tf.keras and Keras 2, or model.json of TensorFlow.js';

/** Adds the options of commands that read a model. */
export function addModelOptions(command: Command): Command {
  return command
    .option('--custom <file.mjs>', 'a module that exports customObjects: classes and functions that the file names')
    .option('--weights <file>', 'weights to load into the model: .weights.h5, .h5, .keras, .safetensors, model.json');
}
