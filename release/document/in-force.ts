/** The gateway's document as the gateway tells it. */
import type { AdminClient } from '../../administration/admin-client';

export interface Publication {
  readonly id: number;
  readonly published_at: string;
  readonly published_by: string;
  readonly note: string | null;
  /** The one that it is a copy of, where somebody went back. */
  readonly copy_of: number | null;
  readonly sha256: string;
}

export interface Standing {
  readonly origin: 'built-in' | 'file' | 'published';
  readonly publication: Publication | null;
  readonly sha256: string;
  /** Seconds after which every process has what is published. */
  readonly in_force_within: number;
}

export interface InForce extends Standing {
  readonly document: Readonly<Record<string, unknown>>;
}

export type Published = Publication & Pick<InForce, 'document'>;

export const readInForce = (client: AdminClient): Promise<InForce> => client.get<InForce>('/document');

export const readPublished = (client: AdminClient, id: number): Promise<Published> =>
  client.get<Published>('/document/info', { id });

/** `3, by eve`: as reports name it. */
export function nameOf({ origin, publication }: Standing): string {
  if (publication !== null) return `${publication.id}, by ${publication.published_by}`;
  return origin === 'file' ? 'in force, from a file' : 'in force, built in';
}
