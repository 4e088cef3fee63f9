import { ValueError } from '../../core/errors.ts';

/** A class that may declare its name. */
export interface NamedClass {
  readonly name: string;
  readonly className?: string;
}

/** The name of a class in configs and messages: its own static `className`, which survives minifiers, or its name. */
export function classNameOf(constructor: NamedClass): string {
  return Object.hasOwn(constructor, 'className') ? (constructor.className ?? constructor.name) : constructor.name;
}

/** Minifiers give more than 50,000 classes names of at most so many characters. */
const LONGEST_MINIFIED = 3;

/**
 * The name of a custom class in files.
 * @throws ValueError if a minifier has given the class its name: the next build may give it another, or another class the same.
 */
export function nameInFiles(constructor: NamedClass, who: string): string {
  if (!Object.hasOwn(constructor, 'className') && isMinified(constructor)) {
    throw new ValueError(
      `[${who}] a file contains the names of its custom classes, and a minifier has replaced that of this class. Received: class ${constructor.name}. Give the class a name that stays: static className = 'Scale'.`,
    );
  }
  return classNameOf(constructor);
}

/** Whether the name is short, and the code has no space before the body of the class, which people and formatters write. */
function isMinified(constructor: NamedClass): boolean {
  if (constructor.name.length > LONGEST_MINIFIED) return false;
  const code = Function.prototype.toString.call(constructor);
  const body = code.indexOf('{');
  return code.startsWith('class') && body > 0 && !/\s/.test(code.charAt(body - 1));
}
