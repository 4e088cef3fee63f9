import { type Field, field } from '../saving/fields.ts';
import { reviveCustom } from '../saving/revive-custom.ts';
import type { Constraint } from './constraint.ts';
import { type ConstraintIdentifier, get, serialize } from './resolve.ts';

/** A field for a constraint or null, its default: the attribute is the object, and configs contain Keras's JSON of it. */
export function constraint(): Field<Constraint | null> {
  return field({
    byDefault: null,
    read: (who, _option, given) => get(given as ConstraintIdentifier | null, who),
    write: (value) => (value === null ? null : { ...serialize(value) }),
    revive: reviveCustom,
  });
}
