/** Platforms that a review can comment on; Forgejo answers as Gitea does. */
export const FORGES = ['github', 'gitlab', 'gitea'] as const;
export type ForgeName = (typeof FORGES)[number];
