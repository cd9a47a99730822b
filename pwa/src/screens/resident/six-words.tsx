/** Six words that must be the same on two phones; read aloud in their order, translated by nobody. */
export function SixWords({ label, words }: { label: string; words: string[] }) {
  return (
    <ol class="word-list" translate={false} aria-label={label}>
      {words.map((word, index) => (
        // Two of six may be the same word, so the place is part of the key.
        <li key={`${index}-${word}`}>{word}</li>
      ))}
    </ol>
  );
}
