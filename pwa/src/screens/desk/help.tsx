import { CallIcon, MessageIcon } from '../../parts/icons';
import { CHECKED_ON, lines, now } from '../resident/help-lines';
import { words as help } from '../resident/words/help';
import { wholeDay } from './dates';

/** The same lines as on a resident's phone: coaches and coordinators are people too. Opening it leaves no trace. */
export function DeskHelp() {
  return (
    <div class="desk-help">
      <h1 tabIndex={-1}>{help.title}</h1>
      <p class="lede">{help.lede}</p>
      <h2 class="title">{help.urgent}</h2>
      <p class="calls">
        <a class="btn main" href={`tel:${now.call}`}>
          <CallIcon size="s" />
          {help.call988}
        </a>
        <a class="btn main" href={`sms:${now.text}`}>
          <MessageIcon size="s" />
          {help.text988}
        </a>
        <a class="btn" href={`tel:${now.emergency}`}>
          <CallIcon size="s" />
          {help.call911}
        </a>
      </p>
      <ul class="help-lines">
        {lines.map((line) => (
          <li key={line.tel}>
            <span>
              <b>{line.name}</b>
              <span>{line.about}</span>
            </span>
            <a class="call" href={`tel:${line.tel}`} aria-label={help.call(line.name)}>
              <CallIcon />
            </a>
          </li>
        ))}
      </ul>
      <p class="small">
        {help.note} {help.checked(wholeDay(CHECKED_ON))}
      </p>
    </div>
  );
}
