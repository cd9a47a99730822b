/** Handing a file to the person. */

import { apple } from './platform';

type Sharing = Navigator & { canShare?(data: { files: File[] }): boolean };

/** An installed app on an iPhone has no downloads; there the system's own sheet saves the file. False when it was closed. */
export async function handOver(content: Blob, name: string): Promise<boolean> {
  const file = new File([content], name, { type: content.type });
  if (apple() && (navigator as Sharing).canShare?.({ files: [file] })) return shared(file);
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after the click, in its own time.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return true;
}

const shared = (file: File): Promise<boolean> =>
  navigator.share({ files: [file] }).then(
    () => true,
    () => false,
  );
