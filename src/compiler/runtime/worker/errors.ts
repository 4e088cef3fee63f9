import { InternalError, NotImplementedError, ValueError } from '../../../core/errors.ts';

/** An error in a message. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly cause: SentError | null;
}

/** The classes whose errors stay errors of that class. */
const CLASSES = {
  Error,
  TypeError,
  RangeError,
  ValueError,
  NotImplementedError,
  InternalError,
} satisfies Readonly<Record<string, new (message: string) => Error>>;

/** An error as a message contains it: cloning keeps neither the classes of this package nor, everywhere, the cause. */
export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), cause: null };
  const { name, message, cause } = error;
  return { name, message, cause: cause === undefined ? null : packError(cause) };
}

/** The error in a message, of its class, with its message and cause. */
export function unpackError({ name, message, cause }: SentError): Error {
  const Class = Object.hasOwn(CLASSES, name) ? CLASSES[name as keyof typeof CLASSES] : Error;
  const error: Error = new Class('');
  // A constructor may complete its message, which is complete already.
  error.message = message;
  if (error.name !== name) error.name = name;
  if (cause !== null) error.cause = unpackError(cause);
  return error;
}
