const TERM = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)(?:[-+][\w.+-]*)?$/;

interface Term {
  readonly sign: string;
  readonly version: readonly number[];
}

/** The terms of a version constraint; nothing when Terraform could not read it. */
function termsOf(constraint: string): Term[] | undefined {
  const terms = constraint.split(',').map((text): Term | undefined => {
    const [, sign = '=', version] = TERM.exec(text.trim()) ?? [];
    return version === undefined ? undefined : { sign, version: version.split('.').map(Number) };
  });
  return terms.every((term) => term !== undefined) ? terms : undefined;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i += 1) {
    const difference = (one[i] ?? 0) - (other[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a term alone admits no version from `limit` on. */
function staysBelow({ sign, version }: Term, limit: readonly number[]): boolean {
  switch (sign) {
    case '=':
    case '<=':
      return compare(version, limit) < 0;
    case '<':
      return compare(version, limit) <= 0;
    case '~>': {
      // The last number may grow, so one number alone bounds nothing.
      if (version.length < 2) return false;
      const kept = version.slice(0, -1);
      const next = [...kept.slice(0, -1), (kept.at(-1) ?? 0) + 1];
      return compare(next, limit) <= 0;
    }
    default:
      return false;
  }
}

export const isVersionConstraint = (text: string): boolean => termsOf(text) !== undefined;

/** Whether a constraint admits only versions before `limit`, such as "2.4.0". */
export function admitsOnlyBefore(constraint: string, limit: string): boolean {
  const numbers = limit.split('.').map(Number);
  return (termsOf(constraint) ?? []).some((term) => staysBelow(term, numbers));
}
