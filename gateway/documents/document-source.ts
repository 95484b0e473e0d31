/** The gateway document in force, and where it came from. */
import type { Directory } from '../config/directory';

export type DocumentOrigin =
  | { readonly kind: 'built-in' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'published'; readonly id: number };

export interface DocumentSource {
  /** What holds now; never touches the disk nor the store. */
  readonly current: Directory;
  readonly origin: DocumentOrigin;
  /** Looks for a change at once instead of at the next poll. */
  poll(): void;
  /** The same; resolves once what there is holds. @throws GatewayError `store_unavailable` */
  refresh(): Promise<void>;
  close(): void;
}
