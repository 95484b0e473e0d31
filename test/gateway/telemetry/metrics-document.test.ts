import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { METRICS } from '../../../gateway/telemetry/metrics/metric-list';
import { metricsDocument } from '../../../gateway/telemetry/metrics/metrics-document';

const DOCUMENT = join(resolve(__dirname, '..', '..', '..'), 'docs', 'metrics.md');

test('docs/metrics.md says what the list says', () => {
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(DOCUMENT, metricsDocument());
  expect(existsSync(DOCUMENT) && readFileSync(DOCUMENT, 'utf8')).toBe(metricsDocument());
});

test('no metric is left out of it', () => {
  const named = [...metricsDocument().matchAll(/^\| `(ai_gateway_\w+)` \|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name)
      .sort(),
  );
});

test('names are as people who know Prometheus expect them', () => {
  for (const { name, type, help, labels } of Object.values(METRICS)) {
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect(name).toMatch(/^ai_gateway_[a-z_]+$/);
    // Base units: no milliseconds, no nano-dollars, no kilobytes.
    expect(name).not.toMatch(/_(ms|milli\w*|nano\w*|kb|mb|minutes)(_|$)/);
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
    // Who called is nobody's business here.
    expect(labels.join()).not.toMatch(/user|owner|key|workspace|client|session|request/);
  }
});
