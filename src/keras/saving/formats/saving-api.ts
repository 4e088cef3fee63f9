import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { escapeLine } from '../../../core/escape.ts';
import { checkBoolean, checkChoice, checkOptions } from '../../../core/checks.ts';
import { warn } from '../../../core/print.ts';
import type { FilePath, ReadOptions } from '../../../formats/files/files.ts';
import { DTypePolicy, floatPolicies, halfPoliciesIn, withPolicy } from '../../../core/dtype-policy.ts';
import { Budget } from '../budget.ts';
import type { Format } from './format.ts';
import { checkFolderName, writeFolder } from './keras-folder.ts';
import { type FileFormat, endingsOf, fileFormats, formatNamed, formatOf, formatToWrite, formats } from './formats.ts';
import { type ObjectNode, mapObjects } from '../json-tree.ts';
import { JSON_OBJECT } from './magic.ts';
import type { SavableLayer, SavableModel } from '../keras-saveable.ts';
import type { CustomObjects } from '../object-registration.ts';
import type { ReadContext } from '../read-context.ts';
import { SharedObjects } from '../shared-objects.ts';
import { type FileSource, type NeighborOptions, readSource } from './read-source.ts';
import { INDEX_ENDING, shardedPath, writeShards } from './sharded-weights.ts';
import type { SourceFile } from '../source-file.ts';
import { files } from '#files';

/** Options of `toBytes`. */
export interface ToBytesOptions {
  /** Whether to write the training configuration and the optimizer's state; safetensors never has them. @default true */
  readonly includeOptimizer?: boolean | undefined;
}

/** Options of `save`. */
export interface SaveOptions extends ToBytesOptions {
  /** Whether to replace an existing file. @default true */
  readonly overwrite?: boolean | undefined;
  /** Whether to write a file; false for a folder with the members of a `.keras` file. @default true */
  readonly zipped?: boolean | null | undefined;
}

/** Options of `saveWeights`. */
export interface SaveWeightsOptions {
  /** Whether to replace existing files. @default true */
  readonly overwrite?: boolean | undefined;
  /**
   * The maximum size of the weights in a file, in GB of 1024³ bytes: the weights are written to as many `.weights.h5` files as
   * that takes, and an index of them to the path, which ends in `.weights.json`.
   * @default null: one file
   */
  readonly maxShardSize?: number | null | undefined;
}

/** Options of `loadWeights`. */
export interface LoadWeightsOptions extends ReadOptions, NeighborOptions {
  /** Whether to skip weights that do not fit, with a warning. @default false */
  readonly skipMismatch?: boolean | undefined;
  /** Whether to match the layers of a legacy `.h5` by name, and to skip those that only the model or only the file has. @default false */
  readonly byName?: boolean | undefined;
}

/** Options of `loadModel`. */
export interface LoadModelOptions extends ReadOptions, NeighborOptions {
  /** The user's classes and functions, by the names that the file has for them. @default {} */
  readonly customObjects?: CustomObjects | undefined;
  /** Whether to compile the model as it was compiled, and restore the optimizer's state. @default true */
  readonly compile?: boolean | undefined;
  /**
   * The policy of all layers, in place of those in the file: `'float32'` for a model that was saved in half precision.
   * @default the policies in the file
   */
  readonly dtypePolicy?: (typeof floatPolicies)[number] | undefined;
  /** Only true is possible: Python code in a file is never run. @default true */
  readonly safeMode?: boolean | undefined;
}

/** Returns the bytes of a file of a model. @throws ValueError if something cannot be written. */
export async function modelBytes(
  model: SavableModel,
  format: FileFormat,
  options: ToBytesOptions,
): Promise<Uint8Array> {
  const who = `${model.who} toBytes`;
  checkOptions(who, options, ['includeOptimizer']);
  checkChoice(who, 'format', format, fileFormats);
  const includeOptimizer = checkBoolean(who, 'includeOptimizer', options.includeOptimizer ?? true);
  return write(formatNamed(format), model, includeOptimizer, who);
}

/** Writes a model to a file. @throws ValueError if something cannot be written; the file is unchanged then. */
export async function saveModel(model: SavableModel, path: FilePath, options: SaveOptions): Promise<void> {
  const who = `${model.who} save`;
  checkOptions(who, options, ['overwrite', 'zipped', 'includeOptimizer']);
  const includeOptimizer = checkBoolean(who, 'includeOptimizer', options.includeOptimizer ?? true);
  if (!checkBoolean(who, 'zipped', options.zipped ?? true)) {
    checkFolderName(who, path);
    await checkOverwrite(who, path, options.overwrite);
    await writeFolder(who, model, path, includeOptimizer);
    return;
  }
  const format = checkEnding(who, path, 'model');
  await checkOverwrite(who, path, options.overwrite);
  await files.writeFileAtomic(who, path, await write(format, model, includeOptimizer, who));
}

/** Options of `save` of a FeatureSpace. */
export interface SaveFileOptions {
  /** Whether to replace an existing file. @default true */
  readonly overwrite?: boolean | undefined;
}

/** Writes the bytes of a `.keras` file. @throws ValueError if the name has another ending; the file is unchanged then. */
export async function saveKerasFile(
  who: string,
  path: FilePath,
  options: SaveFileOptions,
  bytes: () => Promise<Uint8Array>,
): Promise<void> {
  const subject = `${who} save`;
  checkOptions(subject, options, ['overwrite']);
  const name = String(path);
  if (!name.endsWith('.keras')) {
    throw new ValueError(`[${subject}] the name must end in .keras. Received: path=${show(name)}.`);
  }
  await checkOverwrite(subject, path, options.overwrite);
  await files.writeFileAtomic(subject, path, await bytes());
}

/** Writes the weights of a model to a file. @throws ValueError if that is not possible; the file is unchanged then. */
export async function saveModelWeights(
  model: SavableModel,
  path: FilePath,
  options: SaveWeightsOptions,
): Promise<void> {
  const who = `${model.who} saveWeights`;
  checkOptions(who, options, ['overwrite', 'maxShardSize']);
  const { maxShardSize = null } = options;
  if (maxShardSize !== null) {
    await saveShards(who, model, path, maxShardSize, options.overwrite);
    return;
  }
  const format = checkEnding(who, path, 'weights');
  await checkOverwrite(who, path, options.overwrite);
  await files.writeFileAtomic(who, path, await write(format, model, true, who));
}

/** Writes the weights of a model to several files, and then an index of them, which loadWeights reads. */
async function saveShards(
  who: string,
  model: SavableModel,
  path: FilePath,
  maxShardSize: number,
  overwrite: boolean | undefined,
): Promise<void> {
  const indexPath = shardedPath(who, path);
  const written = writeShards(model, indexPath, maxShardSize, who);
  const targets = written.map((file) => ({
    ...file,
    target: file.name === null ? indexPath : files.neighborOf(who, indexPath, file.name),
  }));
  for (const { target } of targets) await checkOverwrite(who, target, overwrite);
  for (const file of targets) await files.writeFileAtomic(who, file.target, await file.bytes());
}

async function write(
  format: Format | undefined,
  model: SavableModel,
  includeOptimizer: boolean,
  who: string,
): Promise<Uint8Array> {
  if (format?.write !== undefined) return format.write(model, includeOptimizer, who);
  throw new NotImplementedError(`[${who}] the format ${format?.name ?? 'given'} cannot be written.`);
}

function checkEnding(who: string, path: FilePath, holds: Format['holds']): Format {
  const name = String(path);
  const format = formatToWrite(name, holds);
  if (format !== undefined) return format;
  const method = holds === 'model' ? 'saveWeights' : 'save';
  const other = formatToWrite(name, holds === 'model' ? 'weights' : 'model');
  const content = holds === 'model' ? 'weights alone' : 'whole models';
  const isIndex = holds === 'weights' && name.endsWith(INDEX_ENDING);
  const hint = isIndex
    ? ', the index of several files: set maxShardSize.'
    : other === undefined
      ? '.'
      : `, which is for ${content}: use ${method}.`;
  throw new ValueError(
    `[${who}] the name must end in ${listOf(endingsOf(holds))}. Received: path=${show(name)}${hint}`,
  );
}

/** `.keras, .h5 or .hdf5` */
const listOf = (endings: readonly string[]): string => `${endings.slice(0, -1).join(', ')} or ${endings.at(-1) ?? ''}`;

async function checkOverwrite(who: string, path: FilePath, overwrite: boolean | undefined): Promise<void> {
  if (checkBoolean(who, 'overwrite', overwrite ?? true) || !(await files.exists(who, path))) return;
  throw new ValueError(
    `[${who}] with overwrite=false, the file must not exist. Received: path=${show(String(path))}. Choose another name, or overwrite: true.`,
  );
}

const READ_OPTIONS = ['onProgress', 'signal', 'weightPathPrefix', 'weightUrlConverter'];

/** @throws TypeError if an option has another type. */
function checkReadOptions(who: string, options: ReadOptions & NeighborOptions): ReadOptions & NeighborOptions {
  const { onProgress, signal, weightPathPrefix, weightUrlConverter } = options;
  const given: Readonly<Record<keyof typeof options, unknown>> = {
    onProgress,
    signal,
    weightPathPrefix,
    weightUrlConverter,
  };
  if (onProgress !== undefined && typeof given.onProgress !== 'function') {
    throw new TypeError(`[${who}] onProgress must be a function. Received: onProgress=${show(onProgress)}.`);
  }
  if (signal !== undefined && signal !== null && !(given.signal instanceof AbortSignal)) {
    throw new TypeError(`[${who}] signal must be an AbortSignal. Received: signal=${show(signal)}.`);
  }
  const { weightPathPrefix: prefix, weightUrlConverter: convert } = given;
  if (prefix !== undefined && typeof prefix !== 'string' && !(prefix instanceof URL)) {
    throw new TypeError(
      `[${who}] weightPathPrefix must be a path or an address. Received: weightPathPrefix=${show(prefix)}.`,
    );
  }
  if (convert !== undefined && typeof convert !== 'function') {
    throw new TypeError(
      `[${who}] weightUrlConverter must be a function. Received: weightUrlConverter=${show(convert)}.`,
    );
  }
  return { onProgress, signal, weightPathPrefix, weightUrlConverter };
}

/** @throws ValueError if a file that names no others is read with a place of others. */
function checkNeighbors(who: string, format: Format, { weightPathPrefix, weightUrlConverter }: NeighborOptions): void {
  if (format.hasNeighbors === true) return;
  const option = weightPathPrefix !== undefined ? 'weightPathPrefix' : 'weightUrlConverter';
  if (weightPathPrefix === undefined && weightUrlConverter === undefined) return;
  throw new ValueError(
    `[${who}] ${option} is for files that name others, such as model.json. Received: a file of the format ${format.name}. Omit ${option}.`,
  );
}

/** Reads the weights of a model. @throws ValueError if they do not fit; the model is unchanged then. */
export async function loadModelWeights(
  model: SavableModel,
  source: FileSource,
  options: LoadWeightsOptions,
): Promise<void> {
  checkOptions(`${model.who} loadWeights`, options, ['skipMismatch', 'byName', ...READ_OPTIONS]);
  const file = await readSource('loadWeights', source, checkReadOptions('loadWeights', options));
  const { who } = file;
  const byName = checkBoolean(who, 'byName', options.byName ?? false);
  const skipMismatch = checkBoolean(who, 'skipMismatch', options.skipMismatch ?? false);
  if (!model.built) {
    throw new ValueError(
      `[${who}] a model must be built before its weights are read. Received: ${model.who}, without weights. Call build([…]), or call the model on data first.`,
    );
  }
  const format = await formatOf(file);
  if (format === undefined) {
    throw new ValueError(
      `[${who}] the file must have one of the formats ${listOf([...new Set(formats.flatMap(({ endings }) => endings))])}. Received: ${file.bytes.length} bytes of another format.`,
    );
  }
  checkNeighbors(who, format, options);
  if (byName && format.supportsByName !== true) {
    throw new ValueError(
      `[${who}] only the layers of a legacy .h5 can be matched by name. Received: byName=true for a file of another format. Omit byName.`,
    );
  }
  const advice =
    'Load the file into a model of the same layers, or skip weights that do not fit with { skipMismatch: true }.';
  const plan = await format.readWeights(model, file, { who, member: '', skipMismatch, advice, byName });
  plan.commit();
  for (const warning of plan.warnings) warn(warning);
}

/** A model that can be read from a file. */
export interface LoadableModel extends SavableModel {
  /** Compiles with what a file contains of `compile`'s arguments. */
  compileFromConfig(config: ObjectNode['config'], context: ReadContext): void;
}

/** Makes what Keras's JSON describes. Its weights must not be allocated: their sizes are subtracted from the context's budget first. */
export type Maker<Made> = (node: ObjectNode, context: ReadContext) => Made;

/** The elements that weights and metrics may have in addition to four times those in the file. */
const FREE_ELEMENTS = 2 ** 22;

/**
 * Reads a model from a file.
 *
 * @param makerOf returns the maker for a file's JSON, and loads its code if that is done on use
 * @param onUncompiled is called if the loss, a metric or the optimizer of the file cannot be made
 */
export async function loadModelFile<Made extends LoadableModel | SavableLayer>(
  source: FileSource,
  options: LoadModelOptions,
  makerOf: (node: ObjectNode) => Promise<Maker<Made>>,
  onUncompiled: OnUncompiled = warnUncompiled,
): Promise<Made> {
  checkOptions('loadModel', options, ['customObjects', 'compile', 'dtypePolicy', 'safeMode', ...READ_OPTIONS]);
  const reading = checkReadOptions('loadModel', options);
  const compile = checkBoolean('loadModel', 'compile', options.compile ?? true);
  if (!checkBoolean('loadModel', 'safeMode', options.safeMode ?? true)) {
    throw new ValueError(
      '[loadModel] safeMode must be true: Python code in a file cannot be run. Received: safeMode=false. Pass the functions in customObjects.',
    );
  }
  const { dtypePolicy } = options;
  if (dtypePolicy !== undefined) checkChoice('loadModel', 'dtypePolicy', dtypePolicy, floatPolicies);
  const file = await readSource('loadModel', source, reading);
  const { who } = file;
  const format = await formatOf(file);
  if (format?.readModel === undefined) {
    throw new ValueError(
      `[${who}] a model must be a ${listOf(endingsOf('model'))} file. Received: ${otherContent(file, format)}`,
    );
  }
  checkNeighbors(who, format, options);
  const stored = await format.readModel(file);
  const { compileConfig, member, compileMember } = stored;
  const node = dtypePolicy === undefined ? stored.node : withPolicies(stored.node, new DTypePolicy(dtypePolicy));
  const budget = new Budget(FREE_ELEMENTS + 4 * stored.elements);
  const { customObjects = {} } = options;
  const classNames = new Map<object, string>();
  const context: ReadContext = { customObjects, budget, sharedObjects: new SharedObjects(), classNames };
  const make = await makerOf(node);
  const model = naming(who, member, () => make(node, context));
  const uncompiled =
    compile && compileConfig !== null && isLoadable(model)
      ? compileIfPossible(model, compileConfig, context, `[${who}] ${compileMember}`)
      : null;
  const advice = 'The parts of the file contradict each other: save the model again.';
  const aboutFile = { who, member: '', skipMismatch: false, advice, classNames };
  const plan = isLoadable(model) ? stored.planWeights(model, aboutFile) : stored.planLayer?.(model, aboutFile);
  if (plan === undefined) {
    throw new ValueError(`[${who}] the file must be a .keras file. Received: a ${node.class_name} in another format.`);
  }
  plan.commit();
  if (uncompiled !== null) onUncompiled(uncompiled);
  for (const warning of [...(stored.warnings ?? []), ...plan.warnings, ...aboutPolicies(node, options, who)])
    warn(warning);
  return model;
}

const isLoadable = (made: LoadableModel | SavableLayer): made is LoadableModel => 'compileFromConfig' in made;

/** The content of a file that is not a model, and the function that reads it. */
function otherContent(file: SourceFile, format: Format | undefined): string {
  if (file.startsWith(JSON_OBJECT)) {
    return 'JSON without weights. Read the JSON of a model with modelFromJson, and weights with loadWeights.';
  }
  const content = format === undefined ? `${file.bytes.length} bytes of another format` : 'a file of weights alone';
  return `${content}. Read weights alone with loadWeights.`;
}

/** Receives the error for which a model was left uncompiled. */
export type OnUncompiled = (error: Error) => void;

/**
 * Compiles a model as a file describes. A model with a loss, a metric or an optimizer that cannot be made is left uncompiled:
 * it predicts without them.
 *
 * @returns the error for which it is not compiled, or null
 */
export function compileIfPossible(
  model: LoadableModel,
  config: ObjectNode['config'],
  context: ReadContext,
  place: string,
): Error | null {
  try {
    model.compileFromConfig(config, context);
    return null;
  } catch (error) {
    const named = namedError(error, place);
    if (named instanceof TypeError || named instanceof NotImplementedError) return named;
    throw named;
  }
}

/** Warns that a model was left uncompiled. */
export function warnUncompiled({ message }: Error): void {
  warn(
    `${message} The model is not compiled. Pass custom classes and functions in customObjects, under their names, or load without compiling: { compile: false }.`,
  );
}

/** The JSON of a model with one policy in all layers that compute in floating-point numbers. */
function withPolicies(node: ObjectNode, policy: DTypePolicy): ObjectNode {
  return mapObjects(node, (inner) => ({ ...inner, config: withPolicy(inner.config, policy) })) as ObjectNode;
}

/** Warnings about policies in the file that the arithmetic does not follow. */
function aboutPolicies(node: ObjectNode, { dtypePolicy }: LoadModelOptions, who: string): readonly string[] {
  const names = dtypePolicy === undefined ? [...halfPoliciesIn(node)].sort() : [];
  if (names.length === 0) return [];
  return [
    `[${who}] the layers have the policy ${names.join(' and ')}, which is kept, but computed in float32. Choose a policy for all layers with { dtypePolicy: 'float32' }.`,
  ];
}

/** Runs a step of reading; its errors name the file and the member that is read. */
export function naming<T>(who: string, member: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw namedError(error, `[${who}] ${member}`);
  }
}

/** An error whose message begins with the file and the member that is read. */
function namedError(error: unknown, place: string): unknown {
  const message = escapeLine(`${place}: ${error instanceof Error ? error.message : show(error)}`);
  const kind = [NotImplementedError, ValueError, TypeError].find((each) => error instanceof each);
  return kind === undefined ? error : new kind(message, { cause: error });
}
