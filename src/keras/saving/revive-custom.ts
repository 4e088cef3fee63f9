import { isSerializedObject } from '../../core/config.ts';
import type { ReadContext } from './read-context.ts';
import { type ConfigClass, findCustom, functionName } from './registry.ts';

/**
 * Replaces a name, or the config of an object or function, by the custom object of that name. Other values are
 * returned unchanged, for the constructor to resolve, so that errors name the object under construction.
 */
export function reviveCustom(json: unknown, { customObjects }: ReadContext): unknown {
  const isObject = isSerializedObject(json);
  const registeredName = isObject && 'registered_name' in json ? String(json.registered_name) : null;
  const name = typeof json === 'string' ? json : (functionName(json) ?? (isObject ? json.class_name : null));
  const custom = findCustom(customObjects, registeredName, name);
  if (typeof custom !== 'function') return json;
  const isClass = isObject && 'fromConfig' in custom;
  return isClass ? (custom as unknown as ConfigClass<unknown>).fromConfig(json.config) : custom;
}
