/** What every command of administration begins with: the listener, and where its answer goes. */
import { DEFAULT_FOLDER } from '../platform/default-folder';
import { UsageError } from '../terminal/fault';
import { outputOf, type FormatWords, type Output } from '../terminal/output';
import { holdsKey } from '../terminal/typed-key';
import type * as Place from '../platform/gateway-place';
import type { GatewayPlace } from '../platform/gateway-place';
import { connect, namesGateway, type AdminClient } from './admin-client';
import type { OwnFlags } from './typed-words';

export interface Session {
  readonly client: AdminClient;
  readonly output: Output;
  /** Where `up` has made the gateway. @default - the environment names it */
  readonly platform?: GatewayPlace;
}

export interface SessionWords extends FormatWords {
  /** Folder of the platform that is meant. @default - what the environment names, else the one that `up` makes unless told otherwise */
  readonly folder?: string;
}

/**
 * @param typed arguments and option values
 * @throws UsageError when one of them is a key: what stands in a command line is seen by everybody on the machine
 */
export function begin(words: SessionWords, typed: readonly unknown[] = [], flags: OwnFlags = {}): Session {
  if (holdsKey([...typed, ...(Object.values(words) as unknown[])]))
    throw new UsageError('Name a key by its alias or its hash: what stands here is seen by others.');
  const platform = platformFor(words);
  return {
    client: connect(process.env, { flags, place: platform }),
    output: outputOf(words),
    ...(platform && { platform }),
  };
}

/** As `status` finds it. @throws CliError when there is none where one is said to be */
function platformFor({ folder }: SessionWords): GatewayPlace | undefined {
  if (folder === undefined && namesGateway(process.env)) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- of a platform alone
  const { gatewayPlaceIn, isPlatformIn } = require('../platform/gateway-place') as typeof Place;
  const path = folder ?? DEFAULT_FOLDER;
  return folder !== undefined || isPlatformIn(path) ? gatewayPlaceIn(path) : undefined;
}
