/** Values as OTLP's JSON has them. */
export interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
export function millisecondsOf(nano: unknown): number {
  if (typeof nano !== 'string' || !/^\d{16,20}$/.test(nano)) throw new Error('64 bits must be a string');
  return Number(BigInt(nano) / 1_000n) / 1_000;
}

export const valuesOf = (attributes: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: KeyValue['value']): unknown {
  const [[kind, given] = []] = Object.entries(value);
  if (kind === 'arrayValue')
    return (given as { values?: KeyValue['value'][] }).values?.map((each) => valueOf(each)) ?? [];
  if (kind === 'intValue') return Number(given);
  return given;
}
