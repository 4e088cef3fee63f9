import type { Budget } from './budget.ts';
import type { CustomObjects } from './object-registration.ts';
import type { SharedObjects } from './shared-objects.ts';

/** Everything that reading a config depends on, passed down explicitly to each object that is read. */
export interface ReadContext {
  /** The user's classes and functions, by the names under which configs refer to them. */
  readonly customObjects: CustomObjects;
  /** The number of elements that the objects may allocate. @default no limit */
  readonly budget?: Budget | undefined;
  /** The layers read so far, for files that mention one layer several times. @default every entry is a new layer */
  readonly sharedObjects?: SharedObjects | undefined;
  /** The names of custom classes in the file, by the layers that were read. @default they are not recorded */
  readonly classNames?: Map<object, string> | undefined;
}

/** The context of a config that refers to built-in and registered objects only. */
export const defaultContext: ReadContext = { customObjects: {} };
