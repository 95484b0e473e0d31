/** Where something goes by OTLP: what is for it alone goes before what is for all. */
import type { Settings } from '../../config/environment';
import type { OtelReader } from './otel-values';

export type Signal = 'traces' | 'metrics';

export interface OtlpEndpoint {
  readonly name: 'OTLP' | 'Langfuse';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  readonly isCompressed: boolean;
  /** Milliseconds a delivery may take, the answer included. */
  readonly timeoutMs: number;
}

/** Values of `OTEL_EXPORTER_OTLP_<SIGNAL>_…`. */
interface OwnValues {
  readonly endpoint: string | undefined;
  readonly headers: string | undefined;
  readonly protocol: string | undefined;
  readonly compression: string | undefined;
  readonly timeout: string | undefined;
}

/** Undefined: nowhere. */
export function endpointOf(
  signal: Signal,
  own: OwnValues,
  { otlpEndpoint, otlpHeaders, otlpProtocol, otlpCompression }: Settings,
  read: OtelReader,
  commonMs: number,
): OtlpEndpoint | undefined {
  const url = own.endpoint ?? (otlpEndpoint === undefined ? undefined : `${otlpEndpoint}/v1/${signal}`);
  if (url === undefined) return undefined;
  const variable = (what: string): string => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`;
  const [protocolName, protocol] = given(
    [variable('PROTOCOL'), own.protocol],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', otlpProtocol],
  );
  const [compressionName, compression] = given(
    [variable('COMPRESSION'), own.compression],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', otlpCompression],
  );
  const form = read.oneOf(protocolName, protocol, ['http/protobuf', 'http/json'], 'http/protobuf');
  return {
    name: 'OTLP',
    url,
    headers: {
      ...read.headers('OTEL_EXPORTER_OTLP_HEADERS', otlpHeaders),
      ...read.headers(variable('HEADERS'), own.headers),
    },
    encoding: form === 'http/json' ? 'json' : 'protobuf',
    isCompressed: read.oneOf(compressionName, compression, ['none', 'gzip'], 'none') === 'gzip',
    timeoutMs: read.count(variable('TIMEOUT'), own.timeout, commonMs),
  };
}

type Given = readonly [name: string, value: string | undefined];
const given = (own: Given, common: Given): Given => (own[1] === undefined ? common : own);
