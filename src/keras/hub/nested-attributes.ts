import { snakeCase } from '../../core/names.ts';

/** The attributes that keras-hub has for nested layers: the names here in snake case, after an underscore. */
export function privateAttributes(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, `_${snakeCase(name)}`]));
}
