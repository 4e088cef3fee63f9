import { element } from './dom.ts';

/** The part of the browser's interface to graphics processors that is used here. */
interface NavigatorWithGpu {
  readonly gpu?: { readonly requestAdapter: () => Promise<object | null> };
}

/** Offers the engine on the graphics processor where the browser has one, and otherwise says that it has none. */
export async function offerWebGpu(): Promise<void> {
  const adapter = await findAdapter();
  const option = element('engine', HTMLSelectElement).querySelector<HTMLOptionElement>('[value="webgpu"]');
  if (option !== null) option.disabled = adapter === null;
  element('engine-hint', HTMLParagraphElement).textContent =
    adapter === null
      ? 'This browser offers no graphics processor to pages (WebGPU).'
      : 'Networks as small as these may be faster on the processor.';
}

async function findAdapter(): Promise<object | null> {
  try {
    return (await (navigator as NavigatorWithGpu).gpu?.requestAdapter()) ?? null;
  } catch {
    return null;
  }
}
