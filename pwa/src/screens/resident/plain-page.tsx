import type { ComponentChildren } from 'preact';
import { Brand } from '../../parts/brand';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { words } from '../../words';

interface PlainPageProps {
  title: string;
  say: string;
  children?: ComponentChildren;
}

/** A page that says one thing kindly: what is so, that nothing is lost, and where to go. */
export function PlainPage({ title, say, children }: PlainPageProps) {
  useTitle(title);
  return (
    <Stairwell
      top={<Brand />}
      dado={
        <>
          <div class="grips">
            {children ?? (
              <Grip main href="/">
                {words.unknown.home}
              </Grip>
            )}
          </div>
          <Foot back={() => back()} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {title}
      </h1>
      <p class="lede rests">{say}</p>
    </Stairwell>
  );
}
