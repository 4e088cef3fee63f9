import { type Field, type Fields, readFields } from './fields.ts';

/** The values of a table of fields. */
export type FieldValues<F extends Fields> = {
  readonly [Option in keyof F]: F[Option] extends Field<infer Value> ? Value : never;
};

/** Checks the options of a function by a table of fields, and returns them with their defaults. */
export function readOptions<F extends Fields>(who: string, fields: F, options: object | undefined): FieldValues<F> {
  // Each value was read by the field of its name.
  return readFields(who, fields, options) as FieldValues<F>;
}
