import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { MinusIcon, OnwardIcon } from '../../parts/icons';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { ExportPart } from './export-part';
import { RescuePart } from './rescue-part';
import { words as journal } from './words/journal';
import { words } from './words/your-data';
import '../../style/your-data.css';

/** What a resident can take along, rescue, put back and erase, without asking anybody. */
export function YourData() {
  useTitle(words.title);
  return (
    <Stairwell
      name="your-data"
      fixed={words.title}
      onRail={false}
      top={<span>{words.title}</span>}
      dado={
        <>
          <div class="grips">
            <Grip center href="/journal">
              {journal.gone.journal}
            </Grip>
          </div>
          <Foot back={() => back('/phone')} />
        </>
      }
    >
      <h1 class="stem smaller" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.lede}</p>
      <ExportPart />
      <RescuePart />
      <div class="facts erase">
        <a class="fact" href="/erase">
          <MinusIcon size="s" />
          <b>{words.erase}</b>
          <span class="small">{words.eraseSub}</span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
      </div>
    </Stairwell>
  );
}
