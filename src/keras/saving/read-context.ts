import type { CustomObjects } from './registry.ts';

/** Everything that reading a config depends on, passed down explicitly to each object that is read. */
export interface ReadContext {
  /** The user's classes and functions, by the names under which configs refer to them. */
  readonly customObjects: CustomObjects;
}

/** The context of a config that refers to built-in and registered objects only. */
export const defaultContext: ReadContext = { customObjects: {} };
