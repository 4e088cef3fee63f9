import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CustomObjects } from '../../keras/saving/registry.ts';
import { loadModelAnd } from '../../keras/models/load-model.ts';
import type { AnyModel } from '../../keras/models/index.ts';
import type { ModelOptions } from './command.ts';
import { Failure, lineOf, reading, wrongCall } from './failure.ts';

/** The use that a command makes of the training configuration in a file: loss, metrics and optimizer. */
export type Compilation =
  /** None. */
  | 'unused'
  /** It is kept if its classes and functions are known; otherwise the model is read without it. */
  | { readonly ifUnknown: (reason: string) => void };

/** Reads the model named on the command line, with its custom objects and weights. */
export async function readModel(
  file: string,
  { custom, weights }: ModelOptions,
  compilation: Compilation,
): Promise<AnyModel> {
  const customObjects = custom === undefined ? {} : await readCustomObjects(custom);
  const compile = compilation !== 'unused';
  const onUncompiled = ({ message }: Error): void => {
    if (compile) compilation.ifUnknown(message);
  };
  try {
    return await reading(async () => {
      const model = await loadModelAnd(onUncompiled, file, { customObjects, compile });
      if (weights !== undefined) await model.loadWeights(weights);
      return model;
    });
  } catch (error) {
    throw withHint(error);
  }
}

/** Translates the library's advice into options of the command line. */
function withHint(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { message } = error;
  const hint = message.includes('customObjects')
    ? 'On the command line: --custom FILE.mjs, a module that exports customObjects.'
    : message.includes('a file of weights alone')
      ? 'On the command line: the model that it belongs to, with --weights FILE.'
      : null;
  return hint === null ? error : wrongCall(`${message} ${hint}`, error);
}

async function readCustomObjects(file: string): Promise<CustomObjects> {
  const module = await importModule(file);
  const { customObjects } = module as { readonly customObjects?: unknown };
  if (typeof customObjects !== 'object' || customObjects === null || Array.isArray(customObjects)) {
    throw wrongCall(
      `the module of --custom must export customObjects, an object of classes and functions by name. Received: ${file}.`,
    );
  }
  return customObjects as CustomObjects;
}

async function importModule(file: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as unknown;
  } catch (error) {
    throw wrongCall(`the module of --custom cannot be imported. Received: ${file}. ${lineOf(error)}`, error);
  }
}
