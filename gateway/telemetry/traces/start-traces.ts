/** Begins traces where the environment has somewhere to send them; else nothing of theirs is loaded. */
import type { Settings } from '../../config/environment';
import type { Logger } from '../../log';
import type { CallObservers } from '../call-observers';
import type { Exporters } from '../otlp/exporters';
import type * as ExportingRoom from './exporting';
import type { Exporting } from './exporting';
import { readTraceSettings } from './trace-settings';

/** Milliseconds for what waits when the gateway ends. */
const LAST_WORDS_MS = 5_000;

export type Traces = Pick<Exporting, 'traceparentFor' | 'figures' | 'takesContent'> & {
  /** Sends what waits, within a few seconds. */
  close(): Promise<void>;
};

/** Undefined: they are off. */
export function startTraces(
  settings: Settings,
  observers: CallObservers,
  exporters: Exporters,
  logger: Logger,
): Traces | undefined {
  const read = readTraceSettings(settings);
  exporters.remark(read.remarks);
  const { otlp, langfuse } = read;
  if (otlp === undefined && langfuse === undefined) return undefined;
  const { startExporting } = require('./exporting') as typeof ExportingRoom;
  const exporting = startExporting(read, logger);
  observers.add(exporting.observe);
  for (const exporter of exporting.exporters) exporters.add(exporter);
  logger.info('traces are on', {
    endpoints: [otlp, langfuse].flatMap((endpoint) => endpoint?.name ?? []),
    sampler: read.sampler,
    traceparent_to_providers: read.passesOn,
  });
  return {
    traceparentFor: (call) => exporting.traceparentFor(call),
    figures: () => exporting.figures(),
    takesContent: exporting.takesContent,
    close: () => exporting.close(LAST_WORDS_MS),
  };
}
