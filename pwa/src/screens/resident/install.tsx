import { Brand } from '../../parts/brand';
import { Grip } from '../../parts/grip';
import { AddSquareIcon, BuoyIcon, ShareIcon } from '../../parts/icons';
import { AppIcon } from '../../parts/marks';
import { RailReturns } from '../../parts/rail';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { install as words } from './words/prompts';

/** An iPhone's browser tab cannot be prompted and does not share its storage with the app: install first. */
export function Install({ onSkip }: { onSkip: () => void }) {
  useTitle(words.add.name);
  const [share, is] = words.here;
  return (
    <Stairwell
      name="install"
      top={
        <>
          <Brand />
          {/* The browser owns the bottom corner here, so Help is top right. */}
          <a class="pill" href="/help">
            <BuoyIcon size="s" />
            {words.help}
          </a>
        </>
      }
      rail={<RailReturns kind="share" />}
      dado={
        <>
          <Grip sub={words.useHere} onPress={onSkip}>
            {words.notNow}
          </Grip>
          <p class="here" aria-hidden="true">
            {share} <br />
            {is}
          </p>
        </>
      }
    >
      <p class="label kicker">{words.kicker}</p>
      <h1 class="stem" tabIndex={-1}>
        {words.title}
      </h1>
      <p class="lede">{words.lede}</p>
      <ol class="inst">
        <li>
          <span class="square">
            <ShareIcon size="l" />
          </span>
          <span>
            <b>{words.share.name}</b>
            <span>{words.share.say}</span>
          </span>
        </li>
        <li>
          <span class="square">
            <AddSquareIcon size="l" />
          </span>
          <span>
            <b>{words.add.name}</b>
            <span>{words.add.say}</span>
          </span>
        </li>
        <li>
          <span class="square clear">
            <AppIcon px={56} />
          </span>
          <span>
            <b>{words.open.name}</b>
            <span>{words.open.say}</span>
          </span>
        </li>
      </ol>
    </Stairwell>
  );
}
