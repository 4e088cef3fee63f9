import type { Json } from '../../core/config.ts';
import { type Field, field } from '../saving/fields.ts';
import { reviveCustom } from '../saving/revive-custom.ts';
import { type Activation, type ActivationIdentifier, get, serialize } from './resolve.ts';

/** A field for an activation: the attribute is the function, and configs contain its name. Null is linear. */
export function activation(byDefault: ActivationIdentifier | null = null): Field<Activation> {
  return field<Activation>({
    byDefault,
    read: (who, _option, given) => get(given as ActivationIdentifier | null, who),
    write: (value): Json => {
      const written = serialize(value);
      return typeof written === 'string' ? written : { ...written };
    },
    revive: reviveCustom,
  });
}
