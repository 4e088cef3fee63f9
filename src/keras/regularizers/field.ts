import { type Field, field } from '../saving/fields.ts';
import { reviveCustom } from '../saving/revive-custom.ts';
import type { Regularizer } from './regularizer.ts';
import { type RegularizerIdentifier, get, serialize } from './resolve.ts';

/** A field for a regularizer or null, its default: the attribute is the object, and configs contain Keras's JSON of it. */
export function regularizer(): Field<Regularizer | null> {
  return field({
    byDefault: null,
    read: (who, _option, given) => get(given as RegularizerIdentifier | null, who),
    write: (value) => (value === null ? null : { ...serialize(value) }),
    revive: reviveCustom,
  });
}
