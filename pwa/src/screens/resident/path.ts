import type { Answers, Item, Protocol } from '../../contract';
import { holds } from '../../journal/flow';

/**
 * How many taps the way has at least, with the answers so far: what "1 of 2" may promise before the fork is reached.
 * Extras are not counted.
 */
export function leastTaps(protocol: Protocol, answers: Answers, past: Answers[]): number {
  const walk = (index: number, given: Answers): number => {
    const item = protocol.items[index];
    if (!item) return 0;
    if (!holds(item.show_if, given, past)) return walk(index + 1, given);
    const open = given[item.id] === undefined && decides(protocol, item);
    const ways = open ? choices(item).map((choice) => ({ ...given, [item.id]: choice })) : [given];
    return (item.optional ? 0 : 1) + Math.min(...ways.map((way) => walk(index + 1, way)));
  };
  return walk(0, answers);
}

const decides = (protocol: Protocol, item: Item) =>
  protocol.items.some((other) => other.show_if && 'in' in other.show_if && other.show_if.item === item.id);

function choices(item: Item): number[] {
  const count = item.type === 'slider' ? (item.max ?? 10) + 1 : Math.max(1, item.options.length);
  return Array.from({ length: count }, (_, index) => index);
}
