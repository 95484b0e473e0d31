/** Begins metrics by OTLP where the environment has somewhere to send them; else nothing of theirs is loaded. */
import type { Services } from '../../services';
import { readExportSettings } from './export-settings';
import type * as ExportingRoom from './exporting';
import type { Readout } from './readout';

/** Milliseconds for the last figures when the gateway ends. */
const LAST_WORDS_MS = 5_000;

/** @returns what ends it */
export function startMetricExport(
  { settings, exporters, logger }: Services,
  read: () => Promise<readonly Readout[]>,
): () => Promise<void> {
  const exportSettings = readExportSettings(settings);
  const { endpoint, intervalMs, remarks } = exportSettings;
  if (endpoint === undefined) return () => Promise.resolve();
  exporters.remark(remarks);
  const { startExport } = require('./exporting') as typeof ExportingRoom;
  const started = startExport(endpoint, exportSettings, read, logger);
  exporters.add(started);
  logger.info('metrics go out by OTLP', {
    host: started.host,
    encoding: endpoint.encoding,
    interval_ms: intervalMs,
  });
  return () => started.close(LAST_WORDS_MS);
}
