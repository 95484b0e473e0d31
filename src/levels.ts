/** How an assistant has to behave, from the loosest to the strictest. The order decides which of two wins. */
export const LEVELS = ['unrestricted', 'standard', 'design-first'] as const;

export type Level = (typeof LEVELS)[number];

/** What people read about a level. */
export interface LevelText {
  readonly label: string;
  readonly description: string;
}

export const LEVEL_TEXTS: Readonly<Record<Level, LevelText>> = {
  unrestricted: { label: 'Unrestricted', description: 'No rules beyond those of the model' },
  standard: { label: 'Standard', description: 'Think first, then small and explained changes' },
  'design-first': { label: 'Design first', description: 'A proposal and your consent before any code' },
};

/** What a value that is no level counts as: options in a form are never enforcement. */
export const STRICTEST: Level = LEVELS[LEVELS.length - 1] ?? 'design-first';

export const isLevel = (value: unknown): value is Level => LEVELS.includes(value as Level);

/** The strictest of some levels; a value that is no level counts as the strictest there is. */
export function strictest(levels: readonly string[]): Level {
  let rank = 0;
  for (const level of levels) {
    const found = LEVELS.indexOf(level as Level);
    rank = Math.max(rank, found === -1 ? LEVELS.length - 1 : found);
  }
  return LEVELS[rank] ?? STRICTEST;
}
