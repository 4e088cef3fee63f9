/** The reasons against a release of a tag. */
export function faultsOf(
  tag: string,
  files: { readonly manifest: string; readonly source: string; readonly changelog: string },
): readonly string[];
