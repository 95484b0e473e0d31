/** Says at start whom terms for groups bind: nobody at all, where Coder has no groups. */
import type { DocumentSource } from '../documents/document-source';
import { namedGroups } from '../config/named-groups';
import type { Logger } from '../log';
import type { CoderClient } from './client';

/** Nobody's id: whether Coder has groups is said whoever is asked about. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

const REMEDY = 'lay it down for people, templates or everyone instead';

export interface GroupsWarningOptions {
  readonly documents: DocumentSource;
  /** Undefined: nobody can be asked. */
  readonly coder: CoderClient | undefined;
  readonly token: string | undefined;
  readonly logger: Logger;
}

export async function warnOfGroups({ documents, coder, token, logger }: GroupsWarningOptions): Promise<void> {
  const groups = namedGroups(documents.current.document);
  if (groups.length === 0) return;
  const told =
    coder === undefined || token === undefined
      ? undefined
      : await coder.groupsOf(token, NOBODY).catch(() => undefined);
  const says =
    told === 'not-offered'
      ? 'this Coder has no groups, which are part of its Premium licence: floors and budgets of groups bind nobody'
      : 'floors or budgets name groups: they bind nobody where Coder has no Premium licence, which groups are part of';
  logger.warn(`${says}; ${REMEDY}`, { groups: groups.slice(0, 20) });
}
