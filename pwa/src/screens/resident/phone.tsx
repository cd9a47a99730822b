import { useEffect, useState } from 'preact/hooks';
import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { BellIcon, KeyIcon, OnwardIcon, PhoneIcon, ShareIcon } from '../../parts/icons';
import { back, go } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { pushState } from '../../push';
import { keys, recoveryMade, signOut } from '../../session';
import { me, online, waiting } from '../../store';
import { setting } from '../../store/values';
import { SignOutSheet } from './sign-out';
import { Stops, TryNow } from './where';
import { words } from './words/phone';
import { words as rhythm } from './words/rhythm';
import { words as where } from './words/where';

/** Where the answers are, what happens if the phone is lost, and the way out. */
export function PhonePage() {
  useTitle(words.title);
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    if (waiting.value > 0) setLeaving(true);
    else void signOut().then(() => go('/sign-in', { replace: true }));
  };
  return (
    <Stairwell
      name="this-phone"
      fixed={words.title}
      onRail={false}
      top={
        <>
          <span>{words.title}</span>
          <span>{me.value?.name}</span>
        </>
      }
      dado={
        <>
          <div class="grips">
            <TryNow />
            <Grip center onPress={leave}>
              {words.signOut}
            </Grip>
          </div>
          <p class="small after-note">{words.signOutSub}.</p>
          <Foot back={() => back()} />
        </>
      }
    >
      <h1 class="stem" tabIndex={-1}>
        {where.title}
      </h1>
      <Stops Heading="h2" />
      <Alarms />
      <h2 class="title section-title">{words.keyTitle}</h2>
      <p class={recoveryMade.value ? 'small' : 'warn'}>{recoveryMade.value ? words.keyMade : words.keyNone}</p>
      {keys.value === 'none' && !online.value && <p class="small">{words.keyOffline}</p>}
      <div class="facts">
        {keys.value === 'ready' && (
          <a class="fact" href="/phone/words">
            <KeyIcon size="s" />
            <b>{recoveryMade.value ? words.keyAgain : words.keyMake}</b>
            <span class="end">
              <OnwardIcon size="s" />
            </span>
          </a>
        )}
        <a class="fact" href="/prompts">
          <BellIcon size="s" />
          <b>{words.prompts}</b>
          <span class="small">{pushState.value === 'on' ? rhythm.arrive.on : rhythm.arrive.off}</span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
        {keys.value === 'ready' && (
          <a class="fact" href="/phone/passkey">
            <KeyIcon size="s" />
            <b>{words.passkey}</b>
            <span class="small">{words.passkeySub}</span>
            <span class="end">
              <OnwardIcon size="s" />
            </span>
          </a>
        )}
        <a class="fact" href="/phones">
          <PhoneIcon size="s" />
          <b>{words.phones}</b>
          <span class="small">{words.phonesSub}</span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
        <a class="fact" href="/your-data">
          <ShareIcon size="s" />
          <b>{words.data}</b>
          <span class="small">{words.dataSub}</span>
          <span class="end">
            <OnwardIcon size="s" />
          </span>
        </a>
        <Storage />
      </div>
      {leaving && <SignOutSheet onClose={() => setLeaving(false)} />}
    </Stairwell>
  );
}

function Storage() {
  const [kept, setKept] = useState<boolean | null>(null);
  useEffect(() => void navigator.storage?.persisted?.().then(setKept), []);
  if (kept === null) return null;
  return (
    <div class="fact">
      <PhoneIcon size="s" />
      <b>{words.storage}</b>
      <span class="small">{kept ? words.persisted : words.notPersisted}</span>
    </div>
  );
}

/** What the pulse engine held back, in plain words: nothing of it is the person's doing. */
function Alarms() {
  const [told, setTold] = useState<string[]>([]);
  useEffect(() => {
    void setting('alarms')
      .then((alarms) => setTold([...new Set(Object.values(alarms ?? {}).map(inWords))]))
      .catch(() => {});
  }, []);
  return (
    <>
      {told.map((line) => (
        <p key={line} class="warn">
          {line}
        </p>
      ))}
    </>
  );
}

const inWords = (code: string): string => {
  if (code === 'TOKEN_LOST') return words.begunElsewhere;
  return code === 'RELEASE_DIFFERS' ? words.differs : words.alarm;
};
