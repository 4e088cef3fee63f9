import { isRecord } from '../../core/config.ts';
import { show } from '../../core/errors.ts';

/** The user's classes and functions, by the names under which configs refer to them. */
export type CustomObjects = Readonly<Record<string, unknown>>;

const none: CustomObjects = {};

/** The open scopes, the innermost last. Asynchronous ones may end in any order. */
const scopes: { readonly customObjects: CustomObjects }[] = [];

/** The custom objects of the innermost scope. */
export function scopedObjects(): CustomObjects {
  return scopes.at(-1)?.customObjects ?? none;
}

/**
 * Runs a function with custom classes and functions, which configs and files then refer to without `customObjects`. Where an
 * argument `customObjects` has the same name, the argument has priority; registered objects come after both. As in Keras, the
 * objects of an inner scope replace those of an outer one.
 *
 * If the function returns a promise, the scope lasts until it is settled; other code that runs in the meantime is in the scope
 * as well.
 *
 * @returns what the function returns
 * @throws TypeError if the first argument is not a record of objects by name, or the second not a function.
 * @example
 * class Doubled extends Layer {
 *   static className = 'Doubled';
 *   call(x) { return ops.multiply(x, 2); }
 * }
 * const written = layers.serialize(new Doubled());
 * utils.customObjectScope({ Doubled }, () => layers.deserialize(written)) instanceof Doubled;    // true
 * @see https://keras.io/api/models/model_saving_apis/serialization_utils/#customobjectscope-class
 */
export function customObjectScope<T>(customObjects: CustomObjects, run: () => T): T {
  const who = 'utils.customObjectScope';
  if (!isRecord(customObjects)) {
    throw new TypeError(
      `[${who}] customObjects must be an object: classes and functions by name. Received: ${show(customObjects)}.`,
    );
  }
  if (typeof run !== 'function') {
    throw new TypeError(
      `[${who}] the second argument must be a function, which runs in the scope. Received: ${show(run)}.`,
    );
  }
  const scope = { customObjects: { ...customObjects } };
  const leave = (): void => {
    scopes.splice(scopes.indexOf(scope), 1);
  };
  scopes.push(scope);
  let isPending = false;
  try {
    const result = run();
    if (!(result instanceof Promise)) return result;
    isPending = true;
    return result.finally(leave) as T;
  } finally {
    if (!isPending) leave();
  }
}
