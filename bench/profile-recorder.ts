/** Records what this process does, by V8's sampling profiler, and says which parts of the gateway it was for. */
import { Session, type Profiler } from 'node:inspector';
import { shareOfParts, type PartShare } from './where-time-goes';

/** Microseconds between two samples. */
const INTERVAL = 250;

export interface ProfileRecorder {
  start(): Promise<void>;
  stop(): Promise<PartShare[]>;
}

export function recordProfile(): ProfileRecorder {
  const session = new Session();
  const post = (method: string, parameters?: object): Promise<unknown> =>
    new Promise((resolve, reject) =>
      session.post(method, parameters, (fault, result) =>
        fault ? reject(new Error(`the profiler: ${fault.message}`)) : resolve(result),
      ),
    );
  return {
    async start() {
      session.connect();
      await post('Profiler.enable');
      await post('Profiler.setSamplingInterval', { interval: INTERVAL });
      await post('Profiler.start');
    },
    async stop() {
      const { profile } = (await post('Profiler.stop')) as Profiler.StopReturnType;
      session.disconnect();
      return shareOfParts(profile);
    },
  };
}
