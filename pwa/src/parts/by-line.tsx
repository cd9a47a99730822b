/** One sentence to a line: "Noted." / "The rest can wait." */
export function ByLine({ text }: { text: string }) {
  const lines = text.match(/[^.?]+[.?]+/g)?.map((line) => line.trim()) ?? [text];
  return (
    <>
      {lines.map((line, index) => (
        <span key={line}>
          {index > 0 && <br />}
          {line}{' '}
        </span>
      ))}
    </>
  );
}
