import { Foot } from '../../parts/foot';
import { Grip } from '../../parts/grip';
import { CallIcon, MessageIcon } from '../../parts/icons';
import { back } from '../../parts/route';
import { Stairwell } from '../../parts/stairwell';
import { useTitle } from '../../parts/title';
import { CHECKED_ON, lines, now } from './help-lines';
import { words } from './words/help';

/** Help asks nothing, needs no sign-in, no network and no storage, and keeps no trace of being opened. */
export function Help() {
  useTitle(words.top);
  return (
    <Stairwell
      name="help"
      top={
        <>
          <span>{words.top}</span>
          <span>{words.offline}</span>
        </>
      }
      dado={
        <>
          <p class="label grips-label loud">{words.urgent}</p>
          <div class="grips">
            <div class="pair">
              <Grip main href={`tel:${now.call}`} icon={<CallIcon />}>
                {words.call988}
              </Grip>
              <Grip main href={`sms:${now.text}`} icon={<MessageIcon />}>
                {words.text988}
              </Grip>
            </div>
            <Grip center href={`tel:${now.emergency}`} icon={<CallIcon />}>
              {words.call911}
            </Grip>
          </div>
          <Foot back={() => back()} noHelp />
        </>
      }
    >
      <h1 class="stem">{words.title}</h1>
      <p class="lede">{words.lede}</p>
      <ul class="help-lines">
        {lines.map((line) => (
          <li key={line.tel}>
            <span>
              <b>{line.name}</b>
              <span>{line.about}</span>
            </span>
            <a class="call" href={`tel:${line.tel}`} aria-label={words.call(line.name)}>
              <CallIcon />
            </a>
          </li>
        ))}
      </ul>
      <p class="small note">
        {words.note} {words.checked(said(CHECKED_ON))}
      </p>
    </Stairwell>
  );
}

const said = (day: string) => {
  const [year, month, date] = day.split('-').map(Number);
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year ?? 0, (month ?? 1) - 1, date),
  );
};
