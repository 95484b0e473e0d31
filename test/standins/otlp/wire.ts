/**
 * Protobuf as it stands on the wire, read by the field numbers of opentelemetry-proto 1.x: written out here on its own, so
 * that a slip of whoever wrote the bytes is not repeated. Gives what OTLP's JSON would be, 64-bit numbers as strings.
 */
type Kind =
  'text' | 'hex' | 'fixed64' | 'double' | 'int' | 'bool' | 'packed fixed64' | 'packed double' | Message;
interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly isList?: boolean;
}
type Message = () => Readonly<Record<number, Field>>;

const list = (name: string, kind: Kind): Field => ({ name, kind, isList: true });
const one = (name: string, kind: Kind): Field => ({ name, kind });

const ANY: Message = () => ({
  1: one('stringValue', 'text'),
  2: one('boolValue', 'bool'),
  3: one('intValue', 'int'),
  4: one('doubleValue', 'double'),
  5: one('arrayValue', () => ({ 1: list('values', ANY) })),
});
const KEY_VALUE: Message = () => ({ 1: one('key', 'text'), 2: one('value', ANY) });
const STATUS: Message = () => ({ 2: one('message', 'text'), 3: one('code', 'int') });
const SPAN: Message = () => ({
  1: one('traceId', 'hex'),
  2: one('spanId', 'hex'),
  4: one('parentSpanId', 'hex'),
  5: one('name', 'text'),
  6: one('kind', 'int'),
  7: one('startTimeUnixNano', 'fixed64'),
  8: one('endTimeUnixNano', 'fixed64'),
  9: list('attributes', KEY_VALUE),
  15: one('status', STATUS),
});
const SCOPE_SPANS: Message = () => ({
  1: one('scope', () => ({ 1: one('name', 'text') })),
  2: list('spans', SPAN),
});
const RESOURCE_SPANS: Message = () => ({
  1: one('resource', () => ({ 1: list('attributes', KEY_VALUE) })),
  2: list('scopeSpans', SCOPE_SPANS),
});
const REQUEST: Message = () => ({ 1: list('resourceSpans', RESOURCE_SPANS) });

const NUMBER_POINT: Message = () => ({
  2: one('startTimeUnixNano', 'fixed64'),
  3: one('timeUnixNano', 'fixed64'),
  4: one('asDouble', 'double'),
  7: list('attributes', KEY_VALUE),
});
const HISTOGRAM_POINT: Message = () => ({
  2: one('startTimeUnixNano', 'fixed64'),
  3: one('timeUnixNano', 'fixed64'),
  4: one('count', 'fixed64'),
  5: one('sum', 'double'),
  6: one('bucketCounts', 'packed fixed64'),
  7: one('explicitBounds', 'packed double'),
  9: list('attributes', KEY_VALUE),
});
const METRIC: Message = () => ({
  1: one('name', 'text'),
  2: one('description', 'text'),
  3: one('unit', 'text'),
  5: one('gauge', () => ({ 1: list('dataPoints', NUMBER_POINT) })),
  7: one('sum', () => ({
    1: list('dataPoints', NUMBER_POINT),
    2: one('aggregationTemporality', 'int'),
    3: one('isMonotonic', 'bool'),
  })),
  9: one('histogram', () => ({
    1: list('dataPoints', HISTOGRAM_POINT),
    2: one('aggregationTemporality', 'int'),
  })),
});
const SCOPE_METRICS: Message = () => ({
  1: one('scope', () => ({ 1: one('name', 'text') })),
  2: list('metrics', METRIC),
});
const RESOURCE_METRICS: Message = () => ({
  1: one('resource', () => ({ 1: list('attributes', KEY_VALUE) })),
  2: list('scopeMetrics', SCOPE_METRICS),
});
const METRICS_REQUEST: Message = () => ({ 1: list('resourceMetrics', RESOURCE_METRICS) });

export const readTraceRequest = (bytes: Buffer): unknown => read(bytes, REQUEST);
export const readMetricsRequest = (bytes: Buffer): unknown => read(bytes, METRICS_REQUEST);

function read(bytes: Buffer, message: Message): Record<string, unknown> {
  const fields = message();
  const found: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the bytes end in the middle of a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, type] = [tag >> 3, tag & 7];
    const field = fields[number];
    let value: unknown;
    if (type === 0) value = varint();
    else if (type === 1) value = bytes.subarray(at, (at += 8));
    else if (type === 2) {
      const length = Number(varint());
      value = bytes.subarray(at, (at += length));
    } else if (type === 5) value = bytes.subarray(at, (at += 4));
    else throw new Error(`wire type ${type}`);
    if (at > bytes.length) throw new Error('the bytes end in the middle of a field');
    if (field === undefined) continue;
    const told = tell(value, field.kind);
    if (field.isList) ((found[field.name] ??= []) as unknown[]).push(told);
    else found[field.name] = told;
  }
  return found;
}

function tell(value: unknown, kind: Kind): unknown {
  if (typeof kind === 'function') return read(value as Buffer, kind);
  if (kind === 'text') return (value as Buffer).toString('utf8');
  if (kind === 'hex') return (value as Buffer).toString('hex');
  if (kind === 'fixed64') return (value as Buffer).readBigUInt64LE().toString();
  if (kind === 'double') return (value as Buffer).readDoubleLE();
  if (kind === 'packed fixed64' || kind === 'packed double') {
    const each = kind === 'packed double' ? 'double' : 'fixed64';
    const bytes = value as Buffer;
    return Array.from({ length: bytes.length / 8 }, (_, at) =>
      tell(bytes.subarray(8 * at, 8 * at + 8), each),
    );
  }
  if (kind === 'bool') return value !== 0n;
  return String(value);
}
