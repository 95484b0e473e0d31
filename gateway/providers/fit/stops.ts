/** The texts that end an answer, as many and such as the server takes. */
import type { ModelRequest } from '../../model/request';
import type { Server } from './server';

export interface FittedStops {
  readonly stopSequences: readonly string[];
  readonly dropped: readonly string[];
}

export function fitStops({ stopSequences, dialect }: ModelRequest, server: Server): FittedStops {
  const isTaken = (stop: string): boolean => (server.blankStops ? stop !== '' : stop.trim() !== '');
  if (stopSequences.length <= server.stops && stopSequences.every(isTaken))
    return { stopSequences, dropped: [] };
  return {
    stopSequences: stopSequences.filter(isTaken).slice(0, server.stops),
    dropped: [dialect === 'anthropic' ? 'stop_sequences' : 'stop'],
  };
}
