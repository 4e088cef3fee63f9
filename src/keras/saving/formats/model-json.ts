import type { Json } from '../../../core/config.ts';
import { checkInteger, checkOptions } from '../../../core/checks.ts';
import { show } from '../../../core/errors.ts';
import { parseJson } from '../../../formats/json/json.ts';
import { writeJson } from '../../../formats/json/write-json.ts';
import type { ObjectNode } from '../json-tree.ts';
import type { SavableModel } from '../keras-saveable.ts';
import { readLegacyModelConfig } from '../legacy/read-legacy-config.ts';
import type { CustomObjects } from '../object-registration.ts';
import type { ReadContext } from '../read-context.ts';
import { SharedObjects } from '../shared-objects.ts';
import { fromKeras, toKeras } from '../saving-lib/dialect.ts';
import { compileConfigOf, modelConfig } from './keras.ts';
import { type LoadableModel, compileIfPossible, naming, warnUncompiled } from './saving-api.ts';

/** Options of `toJson`. */
export interface ToJsonOptions {
  /** The number of spaces per level, with each entry on a line of its own; `null` writes one line. @default null */
  readonly indent?: number | null | undefined;
}

/** Options of `modelFromJson`. */
export interface ModelFromJsonOptions {
  /** The user's classes and functions, by the names that the JSON has for them. @default {} */
  readonly customObjects?: CustomObjects | undefined;
}

/** The architecture of a model, and how it is compiled, as the string of Keras's `to_json`. */
export function modelToJson(model: SavableModel, options: ToJsonOptions): string {
  const who = `${model.who} toJson`;
  checkOptions(who, options, ['indent']);
  const { indent = null } = options;
  const json = toKeras(modelConfig(model, true));
  return indent === null ? writeJson(json) : writeJson(json, { indent: checkInteger(who, 'indent', indent, 0) });
}

/** Reads the string of Keras's `to_json`, of any version. @param make makes the model that Keras's JSON describes */
export function readModelJson<Made extends LoadableModel>(
  json: string,
  options: ModelFromJsonOptions,
  make: (node: ObjectNode, context: ReadContext) => Made,
): Made {
  const who = 'modelFromJson';
  checkOptions(who, options, ['customObjects']);
  const given: unknown = json;
  if (typeof given !== 'string') {
    throw new TypeError(
      `[${who}] json must be a string, as model.toJson() returns it. Received: json=${show(given)}. Pass JSON.stringify of an object.`,
    );
  }
  const parsed: Json = fromKeras(parseJson(given, who));
  const node = readLegacyModelConfig(parsed, who, 'json');
  const context: ReadContext = { customObjects: options.customObjects ?? {}, sharedObjects: new SharedObjects() };
  const model = naming(who, 'json', () => make(node, context));
  const compileConfig = compileConfigOf(node);
  const uncompiled =
    compileConfig === null ? null : compileIfPossible(model, compileConfig, context, `[${who}] compile_config`);
  if (uncompiled !== null) warnUncompiled(uncompiled);
  return model;
}
