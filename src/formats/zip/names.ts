import { ValueError, show } from '../../core/errors.ts';

/** Checks that a member's name cannot escape the folder that it is unpacked into, on any system. */
export function checkName(name: string, who: string): void {
  const parts = name.split('/');
  const isInside =
    name !== '' &&
    !/[\\\0]/.test(name) &&
    !/^[a-z]:/i.test(name) &&
    parts.every((part, i) => part !== '.' && part !== '..' && (part !== '' || (i === parts.length - 1 && i > 0)));
  if (isInside) return;
  throw new ValueError(
    `[${who}] the names in a zip file must be relative and stay inside it. Received: ${show(name.slice(0, 80))}.`,
  );
}
