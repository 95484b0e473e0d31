/** What can be chosen for a recipe. */
import type { Severity } from '../findings/finding';

export interface RecipeOptions {
  readonly image: string;
  /** Label of the machine. @default - the platform's usual one; GitLab: any */
  readonly runner?: string;
  readonly failOn?: Severity;
  /** US dollars. */
  readonly maxCost?: number;
  readonly codeScanning: boolean;
}
