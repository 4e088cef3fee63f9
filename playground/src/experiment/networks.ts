/** The two networks of the page, which differ in the normalization alone. */
export type NetworkName = 'normalized' | 'plain';

export const networkNames: readonly NetworkName[] = ['normalized', 'plain'];

/** A value for each of the two networks. */
export type PerNetwork<T> = Readonly<Record<NetworkName, T>>;

/** Makes a value for each network. */
export function perNetwork<T>(make: (name: NetworkName) => T): PerNetwork<T> {
  return { normalized: make('normalized'), plain: make('plain') };
}

/** Makes a value for each network, one after the other. */
export async function perNetworkInTurn<T>(make: (name: NetworkName) => Promise<T>): Promise<PerNetwork<T>> {
  const normalized = await make('normalized');
  return { normalized, plain: await make('plain') };
}
