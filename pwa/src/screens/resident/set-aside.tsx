import { useState } from 'preact/hooks';
import type { Protocol } from '../../contract';
import { Grip } from '../../parts/grip';
import { say } from '../../parts/live';
import { go } from '../../parts/route';
import type { Entry } from '../../store';
import { discardParked, putBackParked } from '../../store/parked';
import { asText } from './journal-days';
import { words as page } from './words/journal';

const words = page.aside;

/** What can be done with an entry the server set aside: its words are all here. */
export function SetAside({ entry, protocol }: { entry: Entry; protocol: Protocol }) {
  const [told, setTold] = useState<string | null>(null);
  const [sure, setSure] = useState(false);
  const does = (work: () => Promise<string>) => async () => {
    const line = await work().catch(() => words.failed);
    setTold(line);
    say(line);
  };
  const copy = does(async () => {
    await navigator.clipboard.writeText(asText(protocol, entry.answers));
    return words.copied;
  });
  const putBack = does(async () => {
    const id = await putBackParked(entry.id);
    if (id) go(`/entry/${id}`, { replace: true });
    return words.isBack;
  });
  const discard = does(async () => {
    await discardParked(entry.id);
    go('/journal', { replace: true });
    return words.discarded;
  });
  return (
    <div class="grips">
      <Grip main onPress={() => void putBack()}>
        {words.back}
      </Grip>
      <div class="pair">
        <Grip onPress={() => void copy()}>{words.copy}</Grip>
        <Grip onPress={() => (sure ? void discard() : setSure(true))}>{sure ? words.sure : words.discard}</Grip>
      </div>
      {told && <p class="small after-note">{told}</p>}
    </div>
  );
}
