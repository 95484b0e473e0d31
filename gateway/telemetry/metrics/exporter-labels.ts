/** How an endpoint that traces or metrics go to is told apart in metrics. */
import type { EndpointFigures } from '../otlp/endpoint-standing';

const NAMES: Readonly<Record<EndpointFigures['name'], string>> = { OTLP: 'otlp', Langfuse: 'langfuse' };

export const exporterLabels = ({ name, signal }: EndpointFigures): [exporter: string, signal: string] => [
  NAMES[name],
  signal,
];
