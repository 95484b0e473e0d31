/** Where traces and metrics go to, and whether they arrive. */
import { exporterLabels } from '../telemetry/metrics/exporter-labels';
import { endpoint } from './endpoint';
import { anything, answer, input, listOf, number, orNull, string } from './json-schema';

export const exporters = endpoint({
  method: 'GET',
  paths: ['/site/exporters'],
  tag: 'site',
  summary:
    'Where traces and metrics go to, what arrived and what was dropped, and whether each endpoint would take more just now: it is asked without anything of a call.',
  role: 'viewer',
  input: input({}),
  answer: answer({
    exporters: listOf(
      answer({
        exporter: string,
        signal: string,
        host: string,
        arrives: anything,
        reason: orNull(string),
        waiting: number,
        delivered: number,
        dropped: number,
        failures: number,
        look: answer({ state: string, reason: orNull(string), version: orNull(string) }),
      }),
    ),
  }),
  async handle({ services: { exporters: known } }) {
    const looks = await known.look();
    return {
      exporters: known.all.map((each, at) => {
        const figures = each.figures();
        const [exporter, signal] = exporterLabels(figures);
        const { isUp, reason, waiting, delivered, dropped, failures } = figures;
        const look = looks[at];
        return {
          exporter,
          signal,
          host: each.host,
          arrives: isUp ?? null,
          reason: reason ?? null,
          waiting,
          delivered,
          dropped,
          failures,
          look: {
            state: look?.state ?? 'away',
            reason: look?.reason ?? null,
            version: look?.version ?? null,
          },
        };
      }),
    };
  },
});
