/** Taking a block's group answers back, and giving them again. */

import { tell } from '../store/changes';
import { patchSheet } from '../store/sheets';

/** The next sending withdraws the block's answers at the box, or contributes them again. `id`: `<group>/<block>`. */
export async function takeBack(id: string, back = true): Promise<void> {
  await patchSheet(id, { taken_back: back, due: true });
  tell('sheets', 'outbox');
}
