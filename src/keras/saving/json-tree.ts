import { type Config, type Json, isRecord, isSerializedObject } from '../../core/config.ts';

/** A config object in a JSON tree. */
export type ObjectNode = Config & { readonly class_name: string; readonly config: Config };

export function isObjectNode(value: Json | undefined): value is ObjectNode {
  return isSerializedObject(value);
}

/** A copy of a JSON tree in which every config object went through a function, the inner ones first. */
export function mapObjects(tree: Json, change: (node: ObjectNode) => Json): Json {
  if (isJsonList(tree)) return tree.map((entry) => mapObjects(entry, change));
  if (!isRecord(tree)) return tree;
  const entries = Object.entries(tree as Config).map(([key, entry]) => [key, mapObjects(entry, change)] as const);
  const copy: Config = Object.fromEntries(entries);
  return isObjectNode(copy) ? change(copy) : copy;
}

export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A record without some of its keys. */
export function without(config: Config, ...keys: readonly string[]): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
}
