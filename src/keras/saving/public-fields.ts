/** The fields with which custom classes describe their options. */
export {
  type Bounds,
  type Field,
  type FieldDefinition,
  type Fields,
  boolean,
  choice,
  field,
  integer,
  nullable,
  number,
  string,
  under,
} from './fields.ts';
