import { addLibraryObject } from '../saving/library-objects.ts';
import { registerKerasSerializable } from '../saving/object-registration.ts';

/** The names of keras-hub's package in files: the former one, then that with which files are written. */
const PACKAGES = ['keras_nlp', 'keras_hub'];

/** Registers a class or a function of keras-hub, so that files that contain its name can be read. */
export function registerHubObject(object: object, name: string): void {
  for (const packageName of PACKAGES) registerKerasSerializable(packageName, name)(object);
  addLibraryObject(object);
}
