/** Stands for `lowering/emit/blocked-channels.ts` in tests of the plain forms: an engine without blocked operators. */
export type BlockedChannels = 0 | 8 | 16;

export function findBlockedChannels(): Promise<BlockedChannels> {
  return Promise.resolve(0);
}
