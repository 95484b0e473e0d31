/** Which calls have a trace, and what a gateway without traces loads. */
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { AlwaysOffSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { beginTrace } from '../../../gateway/telemetry/traces/call-trace';

const ROOT = resolve(__dirname, '../../..');
const PARENT = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

test('a share of the traces, always the same for one trace', () => {
  const quarter = new TraceIdRatioBasedSampler(0.25);
  const kept = Array.from({ length: 4_000 }, () => beginTrace({}, quarter)).filter(
    ({ isSampled }) => isSampled,
  );
  // Twelve standard deviations on either side.
  expect(kept.length).toBeGreaterThan(670);
  expect(kept.length).toBeLessThan(1_330);
  for (const { traceId } of kept.slice(0, 50)) {
    const again = beginTrace({ traceparent: `00-${traceId}-00f067aa0ba902b7-00` }, quarter);
    expect(again).toMatchObject({ traceId, isSampled: true });
  }
});

test('what the caller decided holds where the sampler heeds it', () => {
  const heeding = new ParentBasedSampler({ root: new AlwaysOffSampler() });
  expect(beginTrace({}, heeding).isSampled).toBe(false);
  expect(beginTrace({ traceparent: `00-${PARENT}-01` }, heeding).isSampled).toBe(true);
  expect(beginTrace({ traceparent: `00-${PARENT}-00` }, heeding).isSampled).toBe(false);
  expect(beginTrace({ traceparent: `00-${PARENT}-01` }, new AlwaysOffSampler()).isSampled).toBe(false);
});

test('without traces nothing of OpenTelemetry is loaded', () => {
  const script =
    "require('./gateway/gateway.ts'); console.log(Object.keys(require.cache).filter((file) => /@opentelemetry.(sdk|otlp|resources|exporter)/.test(file)).length)";
  const out = execFileSync(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(out.trim()).toBe('0');
});
