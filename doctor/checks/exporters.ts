/** Whether traces and metrics arrive where the environment of the gateway sends them, and which version Langfuse has. */
import { counted } from '../../terminal/figures';
import { reasonOf } from '../ask';
import { fault, note, ok, warning, type Check, type Found } from '../finding';
import type { ExporterState } from '../state';

const LANGFUSE = 'langfuse';
const SETTINGS = {
  [LANGFUSE]: 'LANGFUSE_HOST, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY',
  traces: 'OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, or the same with TRACES',
  metrics: 'OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS, or the same with METRICS',
};

export const EXPORTERS: readonly Check[] = [
  {
    name: 'traces and metrics',
    needs: ['gateway'],
    find: async (facts) => {
      const { json } = await facts.admin('GET', '/site/exporters');
      const { exporters } = json as { readonly exporters: readonly ExporterState[] };
      if (exporters.length === 0) return [ok('none go out: neither Langfuse nor an OTLP endpoint is set')];
      return exporters.flatMap((exporter) => [standingOf(exporter), ...lossOf(exporter)]);
    },
  },
];

const isLangfuse = ({ exporter }: ExporterState): boolean => exporter === LANGFUSE;
const nameOf = (exporter: ExporterState): string =>
  isLangfuse(exporter)
    ? `Langfuse${exporter.look.version === null ? '' : ` ${exporter.look.version}`} at ${exporter.host}`
    : `the OTLP endpoint of ${exporter.signal} at ${exporter.host}`;

function standingOf(exporter: ExporterState): Found {
  const { look, arrives, reason, signal } = exporter;
  const name = nameOf(exporter);
  const settings = isLangfuse(exporter) ? SETTINGS[LANGFUSE] : SETTINGS[signal];
  const said = look.reason === null ? '' : ` (${look.reason})`;
  switch (look.state) {
    case 'away':
      return fault(
        `${name} does not take ${signal}: ${inWords(look.reason)}`,
        `look whether it runs, and whether the address is right: ${settings}`,
      );
    case 'refuses':
      return fault(
        isLangfuse(exporter) ? `${name} refuses the keys${said}` : `${name} refuses the headers${said}`,
        isLangfuse(exporter)
          ? "set both keys as the project's settings have them"
          : `set the headers that it wants: ${settings}`,
      );
    case 'other':
      return fault(
        isLangfuse(exporter)
          ? `${name} does not answer as Langfuse does${said}`
          : `${name} is none: it does not take a delivery${said}`,
        `set ${settings}; a proxy before it must let ${signal} through`,
      );
    case 'old':
      return warning(
        `${name} is of an old version: traces are made for version 4, and may be late or have parts missing`,
        'upgrade Langfuse to version 4',
      );
    default:
      if (arrives === false)
        return fault(
          `${name} answers, but what was sent last did not arrive: ${inWords(reason)}`,
          'look into its log; the gateway tries again by itself',
        );
      return arrives === true
        ? ok(`${name} has what was sent last`)
        : ok(`${name} would take ${signal}; none were sent yet`);
  }
}

const inWords = (reason: string | null): string =>
  reason === null ? 'without a reason' : reasonOf({ code: reason });

function lossOf({ dropped, delivered, signal, ...rest }: ExporterState): Found[] {
  // What metrics lose, the next delivery tells.
  if (dropped === 0 || signal === 'metrics') return [];
  return [
    note(
      `${counted(dropped)} spans for ${nameOf({ ...rest, dropped, delivered, signal })} were dropped since this process began, ${counted(delivered)} arrived`,
    ),
  ];
}
