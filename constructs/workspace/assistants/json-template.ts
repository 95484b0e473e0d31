/**
 * A JSON file with values that Terraform fills in, for `templatefile`: pretty, because people read it, and
 * exact, because every value arrives through `jsonencode`.
 */

/** Stands for a value in a document under construction: an HCL expression over the template's variables. */
export class Slot {
  constructor(readonly expression: string) {}
}

const MARK = /"@slot:(\d+)@"/g;

/**
 * @param document plain JSON with `Slot`s as values
 * @returns text for `templatefile`; literal `${` and `%{` in the document stay literal
 */
export function renderJsonTemplate(document: unknown): string {
  const slots: Slot[] = [];
  const marked = JSON.stringify(
    document,
    (_, value: unknown) => (value instanceof Slot ? `@slot:${slots.push(value) - 1}@` : value),
    2,
  );
  return `${marked
    .replace(/\$\{/g, '$$$${')
    .replace(/%\{/g, '%%{')
    .replace(MARK, (_, index: string) => `\${jsonencode(${slots[Number(index)]?.expression ?? ''})}`)}\n`;
}
