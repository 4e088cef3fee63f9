import { type Field, field, nullIsDefault } from '../saving/fields.ts';
import { reviveCustom } from '../saving/revive-custom.ts';
import type { Initializer } from './initializer.ts';
import { type InitializerIdentifier, get, serialize } from './resolve.ts';

/**
 * A field for an initializer: the attribute is the object, and configs contain Keras's JSON of it. Keras accepts None for an
 * initializer too.
 */
export function initializer(byDefault?: InitializerIdentifier): Field<Initializer> {
  return nullIsDefault(
    field({
      byDefault,
      read: (who, _option, given) => get(given as InitializerIdentifier, who),
      write: (value) => ({ ...serialize(value) }),
      revive: reviveCustom,
    }),
  );
}
