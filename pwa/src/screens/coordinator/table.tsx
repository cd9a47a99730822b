import type { ComponentChildren } from 'preact';

interface RowsProps {
  name: string;
  heads: string[];
  children: ComponentChildren;
}

/**
 * A table whose rows fold on a phone. The roles are written out because folding needs another CSS display,
 * and some browsers then forget that it is a table.
 */
export function Table({ name, heads, children }: RowsProps) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: the role must survive the folding, see above.
    <table role="table" aria-label={name} class="rows">
      {/* biome-ignore lint/a11y/noRedundantRoles: as above. */}
      <thead role="rowgroup">
        {/* biome-ignore lint/a11y/noRedundantRoles: as above. */}
        <tr role="row">
          {heads.map((head) => (
            // biome-ignore lint/a11y/noRedundantRoles: as above.
            <th key={head} scope="col" role="columnheader">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: as above. */}
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

interface RowProps {
  head: string;
  cells: ComponentChildren[];
  /** Just added: marked with oak, so the eye finds it. */
  fresh: boolean;
}

export function Row({ head, cells, fresh }: RowProps) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as in Table.
    <tr role="row" class={fresh ? 'fresh' : undefined}>
      {/* biome-ignore lint/a11y/noRedundantRoles: as in Table. */}
      <th scope="row" role="rowheader">
        {head}
      </th>
      {cells.map((cell, index) => (
        // biome-ignore lint/a11y/noRedundantRoles: as in Table.
        <td key={index} role="cell">
          {cell}
        </td>
      ))}
    </tr>
  );
}
