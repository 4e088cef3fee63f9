import { type Field, field } from '../saving/fields.ts';
import { reviveCustom } from '../saving/revive-custom.ts';
import type { Initializer } from './initializer.ts';
import { type InitializerIdentifier, get, serialize } from './resolve.ts';

/** A field for an initializer: the attribute is the object, and configs contain Keras's JSON of it. */
export function initializer(byDefault?: InitializerIdentifier): Field<Initializer> {
  return field({
    byDefault,
    read: (who, _option, given) => get(given as InitializerIdentifier, who),
    write: (value) => ({ ...serialize(value) }),
    revive: reviveCustom,
  });
}
