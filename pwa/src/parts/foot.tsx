import type { ComponentChildren } from 'preact';
import { BackIcon, BuoyIcon, UndoIcon } from './icons';
import { partWords } from './words';

interface FootProps {
  back?: () => void;
  backLabel?: string;
  undo?: () => void;
  skip?: () => void;
  middle?: ComponentChildren;
  /** The Help screen itself has no way to Help. */
  noHelp?: boolean;
}

/** Always in this order: Back, Skip, Help; Help is always bottom right. */
export function Foot({ back, backLabel, undo, skip, middle, noHelp }: FootProps) {
  return (
    <div class="foot">
      {back && (
        <button type="button" onClick={back}>
          <BackIcon size="s" />
          {backLabel ?? partWords.back}
        </button>
      )}
      {undo && (
        <button type="button" onClick={undo}>
          <UndoIcon size="s" />
          {partWords.undo}
        </button>
      )}
      {!back && !undo && <span />}
      {skip ? (
        <button type="button" onClick={skip}>
          {partWords.skip}
        </button>
      ) : (
        (middle ?? <span />)
      )}
      {noHelp ? (
        <span />
      ) : (
        <a href="/help">
          <BuoyIcon size="s" />
          {partWords.help}
        </a>
      )}
    </div>
  );
}
