/** A class that may declare its name. */
export interface NamedClass {
  readonly name: string;
  readonly className?: string;
}

/** The name of a class in configs and messages: its own static `className`, which survives minifiers, or its name. */
export function classNameOf(constructor: NamedClass): string {
  return Object.hasOwn(constructor, 'className') ? (constructor.className ?? constructor.name) : constructor.name;
}
